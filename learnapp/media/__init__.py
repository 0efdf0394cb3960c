"""Files by content hash: pictures of lessons, stored once, served unchanged."""

from learnapp.media.models import MediaFile

__all__ = ["MediaFile"]
