"""What the pages of study show, put together from the catalogue and a member's standing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from flask import render_template, url_for
from flask_babel import gettext, ngettext
from markupsafe import Markup

from learnapp import catalogue, plans, study
from learnapp.errors import N_, NotFound
from learnapp.questions import Answer, Presented
from learnapp.web.doors import in_language, language
from learnapp.web.filters import hundredths, rendered


@dataclass(frozen=True)
class CourseLine:
    """A course in a list or at the head of its page."""

    course: catalogue.Course
    title: str
    summary: str
    href: str
    total: int
    done: int
    under: int
    hours: int
    begun: bool
    resume_title: str
    resume_href: str


@dataclass(frozen=True)
class ModuleLine:
    """A module on the cord of its course."""

    title: str
    href: str
    state: str
    note: str
    waits_for: str


@dataclass(frozen=True)
class Lesson:
    """A module as one member sees it. `check` is None where there is none, `questions` is the inside of its
    form, without keys, and empty once it is passed."""

    course: catalogue.Course
    course_title: str
    version: str
    info: catalogue.ModuleInfo
    text: catalogue.Text
    progress: study.Progress
    missing: tuple[str, ...]
    check: catalogue.Check | None
    check_open: bool
    questions: Markup
    seed: str
    here: str
    rule: str
    waits_for: tuple[tuple[str, str], ...]
    following: tuple[str, str] | None
    resume: tuple[str, str] | None
    old_version: str | None


def planned_hours(standing: study.Standing, minutes: int) -> int:
    """Hundredths of a study hour that the module is worth to this member, as far as one day reaches."""
    return plans.credit(minutes, 0, standing.hour_rule)


def module_href(slug: str, module_id: str, anchor: str = "") -> str:
    """The address of a module, at an anchor."""
    return url_for("study.module", course=slug, module=module_id, _anchor=anchor or None)


def course_line(standing: study.Standing) -> CourseLine:
    """A course with the member's progress and where to go on."""
    course = standing.course
    going_on = standing.next_module()
    states = [standing.state(module) for module in course.modules]
    return CourseLine(
        course=course,
        title=in_language(course.title, course.title_en),
        summary=in_language(course.summary, course.summary_en),
        href=url_for("study.course", course=course.slug),
        total=len(states),
        done=states.count("done"),
        under=states.count("under"),
        hours=sum(planned_hours(standing, module.minutes) for module in course.modules),
        begun=standing.begun,
        resume_title=in_language(going_on.title, going_on.title_en) if going_on else "",
        resume_href=module_href(course.slug, going_on.id, standing.resume_at(going_on)) if going_on else "",
    )


def module_line(standing: study.Standing, module: catalogue.ModuleInfo) -> ModuleLine:
    """A module of a course, with its hours or what it waits for."""
    waits = standing.waits_for(module)
    state = standing.state(module)
    progress = standing.of(module.id)
    left = len(study.missing_sections(module, progress))
    hours = gettext(
        "%(hours)s study hours", hours=hundredths(progress.hours or planned_hours(standing, module.minutes))
    )
    minutes = ngettext("about %(num)s minute", "about %(num)s minutes", module.minutes)
    rest = gettext("check still open")
    if left:
        rest = ngettext("%(num)s section left", "%(num)s sections left", left)
    note = {"done": hours, "under": rest, "open": f"{minutes} · {hours}"}[state]
    return ModuleLine(
        title=in_language(module.title, module.title_en),
        href=module_href(standing.course.slug, module.id, standing.resume_at(module)),
        state=state,
        note=note,
        waits_for=_opens(waits),
    )


def _opens(waits: tuple[catalogue.ModuleInfo, ...]) -> str:
    """What has to come before a module, in words; "" when nothing has to."""
    if not waits:
        return ""
    if len(waits) == 1:
        return str(gettext("Opens after “%(title)s”", title=in_language(waits[0].title, waits[0].title_en)))
    return str(gettext("Opens after %(count)s lessons before it", count=len(waits)))


def lesson(standing: study.Standing, module_id: str) -> Lesson:
    """A module of the current version as this member sees it. Raises NotFound."""
    course = standing.course
    module = catalogue.module(course.hash, module_id)
    info, progress = module.info, standing.of(module_id)
    following = standing.next_module(module_id)
    seed = study.seed(info.source_hash)
    text = module.text(language())
    missing = study.missing_sections(info, progress)
    open_check = study.check_open(info, progress)
    return Lesson(
        course=course,
        course_title=in_language(course.title, course.title_en),
        version=course.hash,
        info=info,
        text=text,
        progress=progress,
        missing=missing,
        check=module.check,
        check_open=open_check,
        questions=_questions(course.hash, module_id, language()) if open_check else Markup(),
        seed=seed,
        here=module_href(course.slug, module_id),
        rule=_rule(info, module.check, planned_hours(standing, info.minutes)),
        waits_for=tuple(
            (in_language(one.title, one.title_en), module_href(course.slug, one.id))
            for one in standing.waits_for(info)
        ),
        following=_following(course, following),
        resume=_resume(text, missing) if standing.state(info) == "under" else None,
        old_version=_old_version(info, progress, course.hash),
    )


def _rule(info: catalogue.ModuleInfo, check: catalogue.Check | None, worth: int) -> str:
    """What completes the module, in a sentence that stands before the text."""
    hours, sections = hundredths(worth), len(info.section_ids)
    if check is None:
        return str(
            ngettext(
                "To complete it, finish %(num)s section. "
                "It counts %(hours)s study hours as online self-study.",
                "To complete it, finish all %(num)s sections. "
                "It counts %(hours)s study hours as online self-study.",
                sections,
                hours=hours,
            )
        )
    return str(
        ngettext(
            "To complete it, finish %(num)s section and get %(need)s of %(count)s check questions right. "
            "It counts %(hours)s study hours as online self-study.",
            "To complete it, finish all %(num)s sections and get %(need)s of %(count)s check questions "
            "right. It counts %(hours)s study hours as online self-study.",
            sections,
            need=check.need,
            count=len(check.questions),
            hours=hours,
        )
    )


def _following(course: catalogue.Course, module: catalogue.ModuleInfo | None) -> tuple[str, str] | None:
    if module is None:
        return None
    return in_language(module.title, module.title_en), module_href(course.slug, module.id)


def _resume(text: catalogue.Text, missing: tuple[str, ...]) -> tuple[str, str]:
    """Title and anchor of what comes next in a module under way."""
    for section in text.sections:
        if section.id in missing:
            return section.title, f"#{section.id}"
    return gettext("Check"), "#check"


def _old_version(info: catalogue.ModuleInfo, progress: study.Progress, current: str) -> str | None:
    """The version the member completed, when the module reads differently today."""
    if progress.completed_version in (None, current):
        return None
    assert progress.completed_version is not None
    old = catalogue.course_version(progress.completed_version).find(info.id)
    return progress.completed_version if old and old.source_hash != info.source_hash else None


def with_answers(shown: Lesson, answers: Mapping[str, Answer | None]) -> Lesson:
    """The same lesson with the answers put back into its check."""
    assert shown.check is not None
    return replace(shown, questions=_rendered(study.present(shown.check, shown.seed, language(), answers)))


@lru_cache(maxsize=512)
def _questions(version: str, module_id: str, lang: str) -> Markup:
    """The questions of a module's check, equal for everybody before they are answered; rendered once."""
    module = catalogue.module(version, module_id)
    assert module.check is not None
    return _rendered(study.present(module.check, study.seed(module.info.source_hash), lang))


def _rendered(questions: tuple[Presented, ...]) -> Markup:
    return rendered(render_template("study/_questions.html", questions=questions))


def next_anchor(standing: study.Standing, module_id: str, after: str) -> str:
    """Where the page opens after a section: the next unfinished one behind it, else the first, the check, or
    the end."""
    info = standing.course.find(module_id)
    if info is None or standing.of(module_id).completed:
        return "end"
    missing = study.missing_sections(info, standing.of(module_id))
    if not missing:
        return "check" if study.check_open(info, standing.of(module_id)) else "end"
    ids = info.section_ids
    behind = ids[ids.index(after) + 1 :] if after in ids else ids
    return next((section for section in behind if section in missing), missing[0])


def old_lesson(course: catalogue.Course, slug: str, module_id: str) -> Lesson:
    """A module of any version of the course, to read only. Raises NotFound."""
    if course.slug != slug:
        raise NotFound("no-version", N_("There is no such version."))
    module = catalogue.module(course.hash, module_id)
    return Lesson(
        course=course,
        course_title=in_language(course.title, course.title_en),
        version=course.hash,
        info=module.info,
        text=module.text(language()),
        progress=study.NOTHING,
        missing=(),
        check=None,
        check_open=False,
        questions=Markup(),
        seed="",
        here=module_href(course.slug, module_id),
        rule="",
        waits_for=(),
        following=None,
        resume=None,
        old_version=None,
    )
