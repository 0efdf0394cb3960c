"""Question kinds, in pure Python: what a question asks, how it is shown, read, graded and reviewed.

Promises: everything is a function of its arguments; orders and draws come from a seed and are the same for
ever; points are whole hundredths and no float takes part; what `present` returns holds no key, feedback or
explanation; an answer is stored in the definition's terms, whatever order a person saw. A kind is one
module in `kinds/`, its templates and its docs page; adding one touches nothing else.
"""

from learnapp.questions.blueprint import ENOUGH, Draw, Facility, check_draws, wanted
from learnapp.questions.contract import (
    ALL,
    Answer,
    Criterion,
    Grading,
    Json,
    Level,
    Marked,
    Order,
    Part,
    Presented,
    PresentedOption,
    Question,
    Reviewed,
    ReviewedCriterion,
    ReviewedOption,
    Score,
    Show,
    Status,
    Verdict,
)
from learnapp.questions.grading import criteria, grade, grade_marked, human, marks_fit, to_mark, worth
from learnapp.questions.kinds import discover as kinds_by_name
from learnapp.questions.loader import lines_of, parse_question, parse_questions
from learnapp.questions.paper import Drawn, compose, draw
from learnapp.questions.rules import (
    chance,
    from_canonical,
    present,
    read,
    read_form,
    review,
    right_answer,
    shown,
    shuffle,
    tells,
    to_canonical,
    with_texts,
    written_order,
)
from learnapp.questions.sameness import asks_the_same
from learnapp.questions.trail import LineOf, Trail

__all__ = [
    "ALL",
    "ENOUGH",
    "Answer",
    "Criterion",
    "Draw",
    "Drawn",
    "Facility",
    "Grading",
    "Json",
    "Level",
    "LineOf",
    "Marked",
    "Order",
    "Part",
    "Presented",
    "PresentedOption",
    "Question",
    "Reviewed",
    "ReviewedCriterion",
    "ReviewedOption",
    "Score",
    "Show",
    "Status",
    "Trail",
    "Verdict",
    "asks_the_same",
    "chance",
    "check_draws",
    "compose",
    "criteria",
    "draw",
    "from_canonical",
    "grade",
    "grade_marked",
    "human",
    "kinds_by_name",
    "lines_of",
    "marks_fit",
    "parse_question",
    "parse_questions",
    "present",
    "read",
    "read_form",
    "review",
    "right_answer",
    "shown",
    "shuffle",
    "tells",
    "to_canonical",
    "to_mark",
    "wanted",
    "with_texts",
    "worth",
    "written_order",
]
