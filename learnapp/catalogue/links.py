"""What a link or picture of a lesson points at, seen from the folder of its course."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from learnapp.errors import N_
from learnapp.markup import Link

_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_INDEXES = ("README.md", "readme.md", "index.md")

# code -> (message, remedy) of a link that cannot be carried over.
BROKEN: Mapping[str, tuple[str, str]] = {
    "missing-image": (
        N_("The picture “%(target)s” is not there; its description is shown instead."),
        N_("Put the file into the folder, or correct the path."),
    ),
    "not-a-picture": (
        N_("“%(target)s” is not a picture of a kind that can be shown; its description is shown instead."),
        N_("Use png, jpg, gif, webp or svg."),
    ),
    "picture-size": (
        N_("The picture “%(target)s” is larger than 5 MB; its description is shown instead."),
        N_("Make it smaller; a width of 1600 pixels is plenty."),
    ),
    "missing-link": (
        N_("The link “%(target)s” leads to nothing in this folder; its words stay, the link is dropped."),
        N_("Correct the path, or link to a module of this course."),
    ),
    "link-outside": (
        N_("“%(target)s” leads out of the folder of the course and is dropped; words and description stay."),
        N_("Copy what is needed into the folder, or give a full web address."),
    ),
    "link-to-file": (
        N_("The link “%(target)s” leads to a file that is no module; its words stay, the link is dropped."),
        N_("Link to a module, or give the web address of the file."),
    ),
}


@dataclass(frozen=True)
class Target:
    """Where a link goes: the address to write, or the code of `BROKEN` that says why it cannot go.

    `picture` is the path of the file in the folder when a picture is shown or linked.
    """

    address: str | None
    problem: str | None = None
    picture: str | None = None


@dataclass(frozen=True)
class Folder:
    """What links may point at: the modules by the paths of their files, pictures by path with their hash,
    bad pictures by path with their problem, and every other path."""

    slug: str
    modules: Mapping[str, str]
    pictures: Mapping[str, str]
    bad_pictures: Mapping[str, str]
    paths: frozenset[str]

    def resolve(self, link: Link, origin: str) -> Target:
        """Where a link written in the file `origin` goes."""
        if _ELSEWHERE.match(link.target):
            return Target(link.target)
        written, _, fragment = link.target.partition("#")
        path = self._path(unquote(written.partition("?")[0]), origin)
        if path is None:
            return Target(None, "link-outside")
        if path in self.pictures:
            return Target(f"/media/{self.pictures[path]}", picture=path)
        if link.kind == "image":
            missing = "not-a-picture" if path in self.paths else "missing-image"
            return Target(None, self.bad_pictures.get(path, missing))
        module = self._module(path)
        if module is not None:
            return Target(f"/study/{self.slug}/{module}/" + (f"#{fragment}" if fragment else ""))
        return Target(None, "link-to-file" if self._is_there(path) else "missing-link")

    def _path(self, written: str, origin: str) -> str | None:
        """The path inside the folder, or None when it leads out. A leading slash means the folder itself."""
        base = "" if written.startswith("/") else posixpath.dirname(origin)
        path = posixpath.normpath(posixpath.join(base, written.lstrip("/")))
        return None if path == ".." or path.startswith("../") else path

    def _module(self, path: str) -> str | None:
        candidates = (path, *(posixpath.normpath(posixpath.join(path, index)) for index in _INDEXES))
        return next((self.modules[one] for one in candidates if one in self.modules), None)

    def _is_there(self, path: str) -> bool:
        return path == "." or path in self.paths or any(one.startswith(f"{path}/") for one in self.paths)
