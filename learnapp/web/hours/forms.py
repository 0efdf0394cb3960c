"""The form in which a committee writes study rules, read into rules and filled from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms import Form as Part
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from learnapp import branches, plans
from learnapp.errors import Invalid
from learnapp.plans import Bracket, HourRule, StudyRules, Target
from learnapp.web.filters import hundredths
from learnapp.web.forms import Form

STEPS = (10, 25, 50, 100)
BRACKETS = 3
BLANK_TARGETS = 2
MOST_TARGETS = 20
_MOST = 100_000


class Hours(StringField):  # type: ignore[misc]  # WTForms brings no types
    """Study hours such as 0.25 or 8; `hundredths` is the amount, None where nothing was entered."""

    hundredths: int | None = None

    def pre_validate(self, form: Part) -> None:
        text = (self.data or "").strip().replace("，", ".").replace("。", ".")
        if not text:
            return
        try:
            self.hundredths = plans.amount(text, self.name, high=_MOST)
        except Invalid:
            raise ValidationError(gettext("Enter study hours such as 0.25, 0.5 or 8.")) from None


def _ticks(label: object) -> SelectMultipleField:
    """Several of a few words."""
    return SelectMultipleField(
        label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=True
    )


def _needed() -> InputRequired:
    return InputRequired(lazy_gettext("Fill this in."))


def _between(low: int, high: int) -> NumberRange:
    said = lazy_gettext("Enter a whole number from %(low)s to %(high)s.", low=low, high=high)
    return NumberRange(low, high, said)


class BracketPart(Part):  # type: ignore[misc]  # WTForms brings no types
    """Up to so many minutes, so many hours."""

    minutes = IntegerField(lazy_gettext("Up to so many minutes"), [Optional(), _between(1, 600)])
    hours = Hours(lazy_gettext("count so many study hours"))


class TargetPart(Part):  # type: ignore[misc]  # WTForms brings no types
    """Who is expected to study how much, and what that rests on."""

    measure = SelectField(lazy_gettext("What counts"), [_needed()])
    hours = Hours(lazy_gettext("Study hours; leave empty to drop this target"))
    free = BooleanField(lazy_gettext("Nothing is demanded of these people"))
    posts = _ticks(lazy_gettext("Posts (none ticked: whatever the post)"))
    classes = _ticks(lazy_gettext("Classes (none ticked: whatever the class)"))
    once = _ticks(lazy_gettext("At least once a year of it"))
    years = IntegerField(lazy_gettext("Within so many years"), [Optional(), _between(1, 10)])
    since = IntegerField(lazy_gettext("First year of such a span"), [Optional(), _between(1949, 2200)])
    days = IntegerField(lazy_gettext("Or so many days, as the source says"), [Optional(), _between(0, 366)])
    months = IntegerField(lazy_gettext("Or so many months"), [Optional(), _between(0, 120)])
    source = StringField(lazy_gettext("What it rests on"), [Length(max=200)])
    source_en = StringField(lazy_gettext("The same in English"), [Length(max=200)])


class RulesForm(Form):
    """Study rules of a unit from a day on."""

    on = DateField(lazy_gettext("From this day on"), [_needed()])
    minutes_per_hour = IntegerField(lazy_gettext("Minutes of one study hour"), [_needed(), _between(1, 600)])
    step = SelectField(lazy_gettext("Steps in which hours are counted"), [_needed()], coerce=int)
    daily_ceiling = Hours(lazy_gettext("Most study hours on one day"), [_needed()])
    test_credit = Hours(lazy_gettext("Study hours for a passed test; 0 for none"), [_needed()])
    online_percent = IntegerField(
        lazy_gettext("Percent of online self-study that count as organised"), [_needed(), _between(0, 100)]
    )
    brackets = FieldList(FormField(BracketPart), min_entries=BRACKETS, max_entries=BRACKETS)
    targets = FieldList(FormField(TargetPart), max_entries=MOST_TARGETS)

    def validate_brackets(self, field: FieldList) -> None:
        """Both halves of a bracket, each reaching further than the one before."""
        for entry in field:
            if (entry.minutes.data is None) != (entry.hours.hundredths is None):
                raise ValidationError(gettext("A bracket needs both its minutes and its hours."))

    def validate_daily_ceiling(self, field: Hours) -> None:
        """A day has hours, and not more than 24."""
        if field.hundredths is not None and not 1 <= field.hundredths <= 2400:
            raise ValidationError(gettext("A day can have from 0.01 to 24 study hours."))

    def validate_targets(self, field: FieldList) -> None:
        """What a target cannot do without."""
        for entry in field:
            if (entry.years.data or 1) > 1 and not entry.since.data:
                entry.since.errors = [gettext("Say in which year such a span begins.")]
                raise ValidationError(gettext("One of the targets is not complete."))
            if not entry.free.data and entry.hours.hundredths == 0:
                entry.hours.errors = [gettext("A target needs hours, unless nothing is demanded.")]
                raise ValidationError(gettext("One of the targets is not complete."))
            if (entry.free.data or entry.hours.hundredths) and not entry.source.data.strip():
                entry.source.errors = [gettext("Name what the target rests on.")]
                raise ValidationError(gettext("One of the targets is not complete."))

    def rules(self) -> StudyRules:
        """What was entered, as rules that have no version yet."""
        hour = HourRule(
            version="",
            minutes_per_hour=self.minutes_per_hour.data,
            step=self.step.data,
            daily_ceiling=self.daily_ceiling.hundredths or 0,
            test_credit=self.test_credit.hundredths or 0,
            brackets=tuple(
                Bracket(one.minutes.data, one.hours.hundredths)
                for one in self.brackets
                if one.minutes.data is not None
            ),
        )
        return StudyRules(hour, tuple(_targets(self.targets)), self.online_percent.data)


def _targets(parts: Iterable[TargetPart]) -> Iterable[Target]:
    for one in parts:
        if not one.free.data and not one.hours.hundredths:
            continue
        years = one.years.data or 1
        source = one.source.data.strip()
        yield Target(
            measure=one.measure.data,
            hours=0 if one.free.data else one.hours.hundredths or 0,
            source=source,
            source_en=(one.source_en.data or "").strip() or source,
            posts=tuple(one.posts.data or ()),
            classes=tuple(one.classes.data or ()),
            years=years,
            since=one.since.data if years > 1 else 0,
            days=one.days.data or 0,
            months=one.months.data or 0,
            at_least_once=tuple(one.once.data or ()),
            required=not one.free.data,
        )


def rules_form(start: StudyRules, on: date) -> RulesForm:
    """The form, filled with these rules until something is sent."""
    form = RulesForm(data=_filled(start, on))
    steps = {*STEPS, start.hour.step}
    form.step.choices = [(step, hundredths(step)) for step in sorted(steps)]
    for part in form.targets:
        part.measure.choices = [(code, gettext(word)) for code, word in plans.MEASURES.items()]
        part.posts.choices = _choices(branches.POSTS)
        part.classes.choices = _choices(branches.CLASSES)
        part.once.choices = _choices({code: plans.MODES[code] for code in plans.ORGANISED})
    return form


def _choices(words: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(code, gettext(word)) for code, word in words.items()]


def _filled(start: StudyRules, on: date) -> dict[str, object]:
    hour = start.hour
    return {
        "on": on,
        "minutes_per_hour": hour.minutes_per_hour,
        "step": hour.step,
        "daily_ceiling": hundredths(hour.daily_ceiling),
        "test_credit": hundredths(hour.test_credit),
        "online_percent": start.online_counts_percent,
        "brackets": [
            {"minutes": one.up_to_minutes, "hours": hundredths(one.hours)} for one in hour.brackets[:BRACKETS]
        ],
        "targets": [*(_target(one) for one in start.targets), *({} for _ in range(BLANK_TARGETS))],
    }


def _target(one: Target) -> dict[str, object]:
    return {
        "measure": one.measure,
        "hours": hundredths(one.hours) if one.required else "",
        "free": not one.required,
        "posts": list(one.posts),
        "classes": list(one.classes),
        "once": list(one.at_least_once),
        "years": one.years if one.years > 1 else None,
        "since": one.since or None,
        "days": one.days or None,
        "months": one.months or None,
        "source": one.source,
        "source_en": one.source_en,
    }
