"""An essay, marked by a person: a page or a few."""

from __future__ import annotations

from learnapp.errors import N_
from learnapp.questions.contract import Kind
from learnapp.questions.written import Written, WrittenKind

KIND: Kind[Written] = WrittenKind("essay", N_("Essay"), usual=5000, most=20_000)
