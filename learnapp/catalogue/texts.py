"""Rendering one text of a module, and naming what could not be carried over."""

from __future__ import annotations

from collections import Counter

from learnapp.catalogue import links, notices
from learnapp.catalogue.definition import Language, Section, Text
from learnapp.catalogue.tables import Problems
from learnapp.errors import N_
from learnapp.markup import Document, Link, render

_TITLE_LIMIT = 200


def rendered(
    source: str,
    path: str,
    lang: Language,
    folder: links.Folder,
    problems: Problems,
    main: Text | None = None,
) -> tuple[Text | None, list[str]]:
    """The text and the paths of the pictures it shows. None when it holds nothing, or when it is the twin of
    `main` and has another number of sections (noted)."""

    def address(kind: str, target: str) -> str | None:
        return folder.resolve(Link("image" if kind == "image" else "link", target, 0), path).address

    document = render(source, link=address, lang=lang)
    for notice in document.notices:
        notices.note(problems, notice)
    pictures = _pictures(document, path, folder, problems)
    if not document.sections:
        problems.error("empty", N_("The file holds no text."), N_("Write the lesson, or remove the module."))
        return None, []
    if main is not None and len(document.sections) != len(main.sections):
        problems.warn(
            "twin-sections",
            N_(
                "The translation has %(count)s sections and the main text %(main)s, so it is not shown. "
                "Sections pair by their position."
            ),
            N_("Give both texts the same ## headings in the same order."),
            count=len(document.sections),
            main=len(main.sections),
        )
        return None, pictures
    return _text(document, path, problems, main), pictures


def _pictures(document: Document, path: str, folder: links.Folder, problems: Problems) -> list[str]:
    """The pictures a text uses, each once; a broken target is noted once, with its first line."""
    used: dict[str, None] = {}
    noted: Counter[tuple[str, str]] = Counter()
    for link in document.links:
        target = folder.resolve(link, path)
        if target.picture:
            used[target.picture] = None
        if target.problem:
            noted[target.problem, link.target] += 1
            if noted[target.problem, link.target] == 1:
                message, remedy = links.BROKEN[target.problem]
                problems.warn(target.problem, message, remedy, link.line, target=link.target)
    return list(used)


def _text(document: Document, path: str, problems: Problems, main: Text | None) -> Text:
    title = " ".join(document.title.split())
    if not title:
        title = main.title if main else path.rsplit("/", 1)[-1].removesuffix(".md")
        problems.warn(
            "no-title",
            N_("The text has no title; “%(title)s” is shown."),
            N_("Begin with a line # Title."),
            title=title,
        )
    sections = tuple(
        Section(
            id=main.sections[place].id if main else section.id,
            title=section.title,
            html=section.html,
            anchor=section.id,
        )
        for place, section in enumerate(document.sections)
    )
    return Text(title=title[:_TITLE_LIMIT], lead_html=document.lead_html, sections=sections)
