"""Branches: the tree, who belongs where and as what, moving, invitations, and roles."""

from learnapp.web.branches import belonging, invitations, roles, transfers, tree
from learnapp.web.branches.blueprint import bp

__all__ = ["belonging", "bp", "invitations", "roles", "transfers", "tree"]
