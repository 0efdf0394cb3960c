"""From draft to published version.

A draft is the text of one module in one language; everybody who may write shares it, and saving over a newer
text is refused instead of losing it. Publishing goes through the catalogue's one door.
"""

from learnapp.authoring.models import Draft
from learnapp.authoring.rules import seen_text
from learnapp.authoring.service import Desk, Preview, desk, discard, drafted, drafts, preview, publish, save

__all__ = [
    "Desk",
    "Draft",
    "Preview",
    "desk",
    "discard",
    "drafted",
    "drafts",
    "preview",
    "publish",
    "save",
    "seen_text",
]
