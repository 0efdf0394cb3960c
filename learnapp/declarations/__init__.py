"""What people say about studying and serving that no system can see, and what the organisation answers.

A member declares an act, or somebody records one; a second person confirms it, and only then does a reader see
anything that may count. Waivers and equivalences are entries of this area too, from a controlled vocabulary.
Nobody confirms, waives or grants anything for themselves.
"""

from __future__ import annotations

__all__: list[str] = []
