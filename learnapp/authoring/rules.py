"""What is true of drafts. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from learnapp.errors import N_, Conflict, Invalid

TEXT_LIMIT = 200_000


def normal_text(text: str) -> str:
    """The text as it is kept: line ends of one kind, one at the end; what a browser sends has others.

    Raises Invalid for an empty or too long text.
    """
    kept = text.replace("\r\n", "\n").replace("\r", "\n").rstrip() + "\n"
    if not kept.strip():
        raise Invalid("text-empty", N_("The lesson has no text."))
    if len(kept) > TEXT_LIMIT:
        raise Invalid(
            "text-long",
            N_("The text has %(size)s characters, the limit is %(limit)s. Split it into two modules."),
            size=len(kept),
            limit=TEXT_LIMIT,
        )
    return kept


def check_revision(seen: int, present: int) -> None:
    """Raises Conflict when somebody saved after the text that the author started from."""
    if seen != present:
        raise Conflict(
            "draft-newer",
            N_("Somebody else saved this text in the meantime. Both texts are below; nothing is lost."),
        )


def path_for(language: str, main: str, module_file: str, twins: Mapping[str, str]) -> str:
    """The file of a module in a language: its own for the main language, else its twin's, by default beside it."""
    if language == main:
        return module_file
    return twins.get(module_file) or module_file.removesuffix(".md") + f".{language}.md"


def seen_text(revisions: Mapping[str, int]) -> str:
    """The drafts that somebody has before them, by language, as a form carries them: `en:1 zh:3`."""
    return " ".join(f"{language}:{revisions[language]}" for language in sorted(revisions))
