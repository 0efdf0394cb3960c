"""Branches: the tree, who belongs where, invitations, and roles."""

from learnapp.web.branches import invitations, roles, tree
from learnapp.web.branches.blueprint import bp

__all__ = ["bp", "invitations", "roles", "tree"]
