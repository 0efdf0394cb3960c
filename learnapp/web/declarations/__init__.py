"""Declaring, recording, confirming and signing; what the rules offer is fetched from points by this door."""

from learnapp.web.declarations import own, quiet, recording, signing, waiting
from learnapp.web.declarations.blueprint import bp

__all__ = ["bp", "own", "quiet", "recording", "signing", "waiting"]
