"""Pictures of lessons: named by their hash, so a browser never has to ask twice."""

from __future__ import annotations

from flask import Blueprint, send_file
from werkzeug.wrappers import Response

from learnapp import media
from learnapp.web.doors import may, settings

bp = Blueprint("media", __name__, url_prefix="/media")

# A picture may be a page of its own when it is an SVG: then nothing in it runs or loads.
_ALONE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def store() -> media.Store:
    """Where this instance keeps its pictures."""
    return media.Store(settings().media_dir)


@bp.get("/<name>")
@may("media.read")
def file(name: str) -> Response:
    """The file of this hash, as what its bytes say it is."""
    info = media.info(name)
    response = send_file(store().path(name), mimetype=info.media_type, etag=info.hash)
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = _ALONE
    return response
