"""Who may open what: the expectation of the permission matrix, written by hand and not read off the guard.

One line per method of an endpoint; a route without a line fails the tests. To add a page:

    "GET points.of": person({"member_id": TARGET}, own="recorder secretary", …)

* `public(…)`    also before sign-in
* `anybody(…)`   whoever is signed in; `only("auditor", …)` these roles
* `person(…)`    about a person: themselves, of branch[0], of branch[1]; nobody reaches branch[2]
* `unit(…)`      about a unit: branch[0], branch[1], general[0]; nobody reaches the committee or branch[2]
* `period(…)`    about the assessment period of such a unit
* `attempt(…)`   about a quiz attempt: one's own and nobody else's
* `certificate(…)` about somebody's certificate, as a page about them

The first argument are the values of the address (`TARGET` stands for the id of the target, a name of a
field of `Town` for its content), then come the roles per target, `data` is the form to send.
Roles: member trainer reviewer recorder secretary committee auditor operator, and `high`, a secretary on a
general branch, where "own branch" must not reach down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.web.town import PERSONAS

TARGET = "<target>"


@dataclass(frozen=True)
class Line:
    """What is expected of one method of one endpoint. `allowed` maps a target to the roles that may."""

    kind: str
    values: Mapping[str, str]
    allowed: Mapping[str, frozenset[str]]
    data: Mapping[str, str] = field(default_factory=dict)
    open: bool = False
    denied: tuple[int, ...] = (403,)


def _roles(**allowed: str) -> dict[str, frozenset[str]]:
    return {target: frozenset(roles.split()) for target, roles in allowed.items()}


EVERYBODY = " ".join(PERSONAS)
WORKERS = EVERYBODY.removeprefix("member ")


def public(values: Mapping[str, str] | None = None, **data: str) -> Line:
    """A page that is there before sign-in."""
    return Line("", values or {}, _roles(none=EVERYBODY), data, open=True)


def anybody(values: Mapping[str, str] | None = None, **data: str) -> Line:
    """A page for whoever is signed in."""
    return Line("", values or {}, _roles(none=EVERYBODY), data)


def only(roles: str, values: Mapping[str, str] | None = None, **data: str) -> Line:
    """A page about nothing in particular for some roles."""
    return Line("", values or {}, _roles(none=roles), data)


def person(values: Mapping[str, str], *, self: str = "", own: str = "", below: str = "", **data: str) -> Line:
    """A page about a person."""
    return Line("person", values, _roles(self=self, own=own, below=below, foreign=""), data)


def unit(values: Mapping[str, str], *, own: str = "", below: str = "", top: str = "", **data: str) -> Line:
    """A page about a unit."""
    allowed = _roles(own=own, below=below, top=top, root="", foreign="", elsewhere="")
    return Line("unit", values, allowed, data)


def period(*, own: str = "", below: str = "", top: str = "", **data: str) -> Line:
    """A page about the assessment period of a unit."""
    allowed = _roles(own=own, below=below, top=top, root="", foreign="", elsewhere="")
    return Line("period", {"period_id": TARGET}, allowed, data)


def listing(**data: str) -> Line:
    """A recognition list of a unit: its secretary, and committee staff of that unit or above."""
    allowed = _roles(
        own="secretary committee", below="committee", top="committee", root="", foreign="", elsewhere=""
    )
    return Line("listing", {"list_id": TARGET}, allowed, data)


def rule_set(kind: str, **data: str) -> Line:
    """A page about a draft, an adopted version or a dry run of a unit: committee staff of that unit or above."""
    values = {"rule_draft": "draft_id", "rule_version": "version_id", "dry_run": "run_id"}
    row, add = data.pop("row", ""), data.pop("add", "")
    more = {"kind": "rule", "number": "0"} if row else {"kind": "rule"} if add else {}
    allowed = _roles(own="committee", below="committee", top="committee", root="", foreign="", elsewhere="")
    return Line(kind, {values[kind]: TARGET, **more}, allowed, data)


def attempt(**data: str) -> Line:
    """A page about one's own attempt; of others' attempts nobody learns that they exist."""
    allowed = _roles(self=EVERYBODY, own="", below="", foreign="")
    return Line("attempt", {"attempt": TARGET}, allowed, data, denied=(404,))


def certificate(*, self: str = "", own: str = "", below: str = "", **data: str) -> Line:
    """A page about somebody's certificate."""
    allowed = _roles(self=self, own=own, below=below, foreign="")
    return Line("certificate", {"code": TARGET}, allowed, data)


ABOUT_PERSON = {"member_id": TARGET}
ABOUT_UNIT = {"branch_id": TARGET}
ERASURE = {**ABOUT_PERSON, "request_id": "0" * 32}
COURSE = {"course": "doors"}
MODULE = {"course": "doors", "module": "before"}
QUIZ = {"slug": "five-kinds"}
VISIT = {"slug": "visits", "question": "visit"}
ACT = {"key": TARGET}
IN_PERIOD = {"period_id": "period", "branch_id": TARGET}
SUMMARY = {"period_id": "period", "member_id": TARGET}
OBJECTION = {"member_id": TARGET, "objection_id": "0" * 32}
STAFF = {"own": "committee", "below": "committee", "top": "committee"}
CARD = {"slug": "all-wrong", "question": "single-1"}

TABLE: Mapping[str, Line] = {
    "GET design.index": public(),
    "GET home.index": anybody(),
    "GET home.off": public(),
    "GET home.work": only(WORKERS),
    "POST preferences.language": public(locale="zh"),
    "POST preferences.text_size": public(text_size="large"),
    # accounts
    "GET accounts.sign_in": public(),
    "POST accounts.check_sign_in": public(name="m00", password="wrong"),
    "GET accounts.code": public(),
    "POST accounts.check_code": public(code="7KQ2"),
    "GET accounts.invitation": public({"code": "code"}),
    "POST accounts.redeem": public({"code": "code"}, password="three plain words"),
    "POST accounts.sign_out": anybody(),
    "POST accounts.sign_out_everywhere": anybody(),
    "GET accounts.me": anybody(),
    "POST accounts.reset_seen": anybody(),
    "GET accounts.password": anybody(),
    "POST accounts.change_password": anybody(present="wrong", password="three plain words"),
    "POST accounts.invite": person(ABOUT_PERSON, own="secretary operator", below="operator"),
    "POST accounts.reset": person(ABOUT_PERSON, own="secretary operator", below="operator"),
    # branches
    "GET branches.index": only("recorder secretary high committee operator"),
    "GET branches.unit": unit(
        ABOUT_UNIT,
        own="recorder secretary committee operator",
        below="committee operator",
        top="committee operator",
    ),
    "GET branches.person": person(
        ABOUT_PERSON,
        self="recorder secretary operator",
        own="recorder secretary operator",
        below="operator",
    ),
    "GET branches.invitations": unit(ABOUT_UNIT, own="secretary operator", below="operator", top="operator"),
    "POST branches.print_invitations": unit(
        ABOUT_UNIT, own="secretary operator", below="operator", top="operator"
    ),
    "GET branches.roles": unit(ABOUT_UNIT, own="operator", below="operator", top="operator"),
    "POST branches.grant": unit(
        ABOUT_UNIT, own="operator", below="operator", top="operator", sign_in="m00", role="trainer"
    ),
    "POST branches.end_role": unit(
        ABOUT_UNIT, own="operator", below="operator", top="operator", member_id="0" * 32, role="trainer"
    ),
    "GET branches.belonging": person(
        ABOUT_PERSON, self="secretary operator", own="secretary operator", below="operator"
    ),
    "POST branches.change_class": person(ABOUT_PERSON, own="secretary operator", below="operator"),
    "POST branches.take_back_change": person(ABOUT_PERSON, own="secretary operator", below="operator"),
    "POST branches.begin_guest": person(ABOUT_PERSON, own="secretary operator", below="operator"),
    "POST branches.end_guest": person(ABOUT_PERSON, own="secretary operator", below="operator"),
    # transfers: the one of branch[0] goes to branch[1], which has no secretary; that of branch[1] comes to branch[0]
    "GET branches.transfer": person(
        ABOUT_PERSON, self=EVERYBODY, own="secretary committee", below="secretary committee"
    ),
    "POST branches.ask_transfer": person(ABOUT_PERSON, self=EVERYBODY, own="secretary"),
    "POST branches.decide_transfer": Line(
        "person",
        ABOUT_PERSON,
        _roles(self="", own="committee", below="secretary", foreign=""),
        {"act": "receive"},
        denied=(403, 404),
    ),
    "POST branches.withdraw_transfer": Line(
        "person",
        ABOUT_PERSON,
        _roles(self="", own="secretary", below="committee", foreign=""),
        denied=(403, 404),
    ),
    "GET branches.waiting_transfers": only("secretary high committee"),
    "GET branches.transfers": unit(ABOUT_UNIT, own="secretary committee", below="committee", top="committee"),
    "GET audit.index": only("auditor"),
    "GET audit.seals": only("auditor"),
    "GET audit.voided": only("auditor"),
    "GET audit.proof": person({**ABOUT_PERSON, "seq": "1"}, self="auditor", own="auditor", below="auditor"),
    # ledger
    "GET ledger.mine": anybody(),
    "GET ledger.of": person(ABOUT_PERSON, self=EVERYBODY, own="secretary auditor", below="auditor"),
    "GET ledger.find": anybody(),
    "GET ledger.find_of": person(ABOUT_PERSON, self=EVERYBODY, own="secretary auditor", below="auditor"),
    # corrections, never about oneself
    "GET corrections.index": only("secretary high committee"),
    "GET corrections.person": person(ABOUT_PERSON, own="secretary committee", below="committee"),
    "GET corrections.waive": person(ABOUT_PERSON, own="secretary committee", below="committee"),
    "POST corrections.waive": person(
        ABOUT_PERSON, own="secretary committee", below="committee", do="confirm", thing="course/doors"
    ),
    "GET corrections.accept": person(ABOUT_PERSON, own="secretary committee", below="committee"),
    "POST corrections.accept": person(
        ABOUT_PERSON, own="secretary committee", below="committee", do="confirm", thing="course/doors"
    ),
    "GET corrections.find": person(ABOUT_PERSON, own="secretary committee", below="committee"),
    "GET corrections.entry": person(
        {**ABOUT_PERSON, "seq": "1"}, own="secretary committee", below="committee"
    ),
    "POST corrections.correct": person(
        {**ABOUT_PERSON, "seq": "1"}, own="secretary committee", below="committee", do="confirm"
    ),
    "POST corrections.right": person(
        {**ABOUT_PERSON, "seq": "1"}, own="secretary committee", below="committee", right="nobody"
    ),
    # study hours
    "GET hours.mine": anybody(),
    "GET hours.units": only("committee"),
    "GET hours.rules": unit(ABOUT_UNIT, own="committee", below="committee", top="committee"),
    "GET hours.change": unit(ABOUT_UNIT, own="committee", below="committee", top="committee"),
    "POST hours.adopt": unit(ABOUT_UNIT, own="committee", below="committee", top="committee", on="x"),
    "POST hours.follow_above": unit(ABOUT_UNIT, own="committee", below="committee", top="committee"),
    # records
    "GET records.mine": anybody(),
    "GET records.of": person(ABOUT_PERSON, self=EVERYBODY, own="secretary auditor", below="auditor"),
    "GET records.save": anybody({"kind": "csv"}),
    "POST records.save_of": person(
        {**ABOUT_PERSON, "kind": "json"}, self=EVERYBODY, own="secretary auditor", below="auditor"
    ),
    "POST records.issue": person(ABOUT_PERSON, self=EVERYBODY, own="secretary", template="course", seq="1"),
    "GET records.paper": certificate(self=EVERYBODY, own="secretary auditor", below="auditor"),
    "POST records.revoke": certificate(own="secretary", reason="x"),
    "GET records.look_up": public(),
    "GET records.verify": public({"code": "certificate"}),
    # points
    "GET points.mine": anybody(),
    "GET points.periods": anybody(),
    "GET points.of": person(ABOUT_PERSON, self=EVERYBODY, own="recorder secretary auditor", below="auditor"),
    "GET points.units": only("secretary high committee auditor"),
    "GET points.branch": unit(
        ABOUT_UNIT,
        own="secretary committee auditor",
        below="committee auditor",
        top="committee auditor",
    ),
    # declarations
    "GET declarations.mine": anybody(),
    "GET declarations.new": anybody(),
    "POST declarations.declare": anybody(),
    "POST declarations.withdraw": Line(
        "act", ACT, _roles(self=EVERYBODY, own="", below="", foreign=""), denied=(404,)
    ),
    "GET declarations.file": Line(
        "act", ACT, _roles(self=EVERYBODY, own="secretary", below="committee", foreign="")
    ),
    "POST declarations.decide": Line(
        "act", ACT, _roles(self="", own="secretary", below="committee", foreign=""), {"do": "confirm"}
    ),
    "GET declarations.quarter": anybody({"period_id": "period", "quarter": "2026-Q1"}),
    "POST declarations.sign": anybody({"period_id": "period", "quarter": "2026-Q1"}),
    "GET declarations.waiting": only("recorder secretary high committee"),
    "GET declarations.month": unit(
        ABOUT_UNIT, own="recorder secretary committee", below="committee", top="committee"
    ),
    "POST declarations.confirm_all": unit(
        ABOUT_UNIT, own="recorder secretary committee", below="committee", top="committee"
    ),
    "GET declarations.record_where": only("recorder secretary high"),
    "GET declarations.record": unit(ABOUT_UNIT, own="recorder secretary"),
    "POST declarations.record_these": unit(ABOUT_UNIT, own="recorder secretary"),
    # coverage
    "GET coverage.index": only("recorder secretary high committee auditor"),
    "GET coverage.unit": unit(
        ABOUT_UNIT,
        own="recorder secretary committee auditor",
        below="committee auditor",
        top="committee auditor",
    ),
    "POST coverage.export": unit(ABOUT_UNIT, own="secretary committee", below="committee", top="committee"),
    # study
    "GET study.courses": anybody(),
    "GET study.course": anybody(COURSE),
    "GET study.module": anybody(MODULE),
    "GET study.version": anybody({**MODULE, "version": "version"}),
    "POST study.finish_section": anybody({**MODULE, "section": "section"}),
    "GET study.check": anybody(MODULE),
    "POST study.answer_check": anybody(MODULE),
    "GET media.file": anybody({"name": "picture"}),
    # quiz
    "GET quiz.index": anybody(),
    "GET quiz.intro": anybody(QUIZ),
    "POST quiz.start": anybody(QUIZ),
    "GET quiz.run": attempt(),
    "POST quiz.answer": attempt(),
    "POST quiz.acts": attempt(),
    "GET quiz.overview": attempt(),
    "GET quiz.clock": attempt(),
    "POST quiz.enter": attempt(section="none"),
    "POST quiz.submit": attempt(),
    "GET quiz.review": attempt(),
    "POST quiz.show_answers": attempt(),
    "GET quiz.look_back": Line(
        "attempt",
        {"attempt": TARGET, "section": "none"},
        _roles(self=EVERYBODY, own="", below="", foreign=""),
        denied=(404,),
    ),
    "POST quiz.leaves": attempt(),
    "GET quiz.rehearse": anybody(),
    "POST quiz.start_rehearsal": anybody(),
    "GET quiz.rehearsed": attempt(),
    "GET quiz.receipt": attempt(),
    "GET quiz.receipt_text": attempt(),
    "POST quiz.ask_again": attempt(question="single-1", text=""),
    "GET quiz.marking_queue": only("trainer reviewer"),
    "GET quiz.mark_next": only("trainer reviewer", VISIT),
    "GET quiz.mark_answer": only("trainer reviewer", {"lot": "waiting_lot"}),
    "POST quiz.give_marks": only("trainer reviewer", {"lot": "waiting_lot"}),
    "GET quiz.all_appeals": only("trainer reviewer"),
    "GET quiz.appeal": only("trainer reviewer", {"lot": "appeal_lot"}),
    "POST quiz.decide_appeal": only("trainer reviewer", {"lot": "appeal_lot"}),
    "GET quiz.all_statistics": only("trainer"),
    "GET quiz.statistics": only("trainer", QUIZ),
    "GET quiz.bank": only("trainer", QUIZ),
    # quiz: corrected keys, and what members report about questions
    "GET quiz.regrade": only("trainer", QUIZ),
    "POST quiz.confirm_regrade": only("trainer", QUIZ, **{"from": "1", "to": "1"}, digest="x", reason="x"),
    "POST quiz.report_fault": attempt(fault_question="single-1", fault=""),
    "GET quiz.faults": only("trainer"),
    "POST quiz.answer_faults": only("trainer", reply="x", state="answered"),
    "GET notices.index": anybody(),
    # quiz: what came late
    "GET quiz.late_waiting": only("secretary high committee trainer"),
    "GET quiz.late_of": person(
        ABOUT_PERSON,
        self="secretary committee trainer",
        own="secretary committee trainer",
        below="committee trainer",
    ),
    "POST quiz.decide_late": person(
        ABOUT_PERSON,
        own="secretary committee trainer",
        below="committee trainer",
        attempt="0" * 32,
        number="1",
        decision="refuse",
        reason="x",
    ),
    # quiz: running one, never for oneself
    "GET quiz.conducting": only("secretary high committee trainer"),
    "GET quiz.conduct": unit(
        {**ABOUT_UNIT, **QUIZ},
        own="secretary committee trainer",
        below="committee trainer",
        top="committee trainer",
    ),
    "POST quiz.conduct_all": unit(
        {**ABOUT_UNIT, **QUIZ},
        own="secretary committee trainer",
        below="committee trainer",
        top="committee trainer",
        kind="pause",
        reason="停电",
    ),
    "GET quiz.conduct_person": person(
        ABOUT_PERSON, own="secretary committee trainer", below="committee trainer"
    ),
    "POST quiz.allow": person(
        ABOUT_PERSON, own="secretary committee trainer", below="committee trainer", percent="150"
    ),
    "GET quiz.conduct_one": person(
        {**ABOUT_PERSON, **QUIZ}, own="secretary committee trainer", below="committee trainer"
    ),
    "POST quiz.set_one": person(
        {**ABOUT_PERSON, **QUIZ},
        own="secretary committee trainer",
        below="committee trainer",
        kind="extend",
        minutes="5",
        reason="停电",
    ),
    # drill: about the asker alone; no address names a member, so that nobody's book but one's own has one
    "GET drill.index": anybody(),
    "GET drill.next_card": anybody(),
    "GET drill.book": anybody(),
    "GET drill.export": anybody(),
    "GET drill.answered": anybody(CARD),
    "POST drill.answer": anybody(CARD, number="1", know="no"),
    "POST drill.retire": anybody(CARD),
    "POST drill.restore": anybody(CARD),
    # persons: joining accounts, erasing, old data, and a member's own data
    "GET persons.index": only("committee operator"),
    "GET persons.pick": only("committee operator"),
    "POST persons.picked": only("committee operator", kept="sun", given="nobody"),
    "GET persons.look": person(
        {"kept_id": TARGET, "given_id": "spare"}, own="committee operator", below="committee operator"
    ),
    "POST persons.join": person(
        {"kept_id": TARGET, "given_id": "spare"},
        own="committee operator",
        below="committee operator",
        reason="x",
        sure="y",
    ),
    "GET persons.merges": only("committee operator"),
    "GET persons.merge": person(
        {"given_id": TARGET, "merge_id": "0" * 32},
        self="committee operator",
        own="committee operator",
        below="committee operator",
    ),
    "POST persons.undo": person(
        {"given_id": TARGET, "merge_id": "0" * 32},
        own="committee operator",
        below="committee operator",
        reason="x",
        sure="y",
    ),
    "GET persons.erasures": only("operator"),
    "POST persons.enter": only("operator", sign_in="nobody"),
    "GET persons.erasure": person(ERASURE, own="operator", below="operator"),
    "POST persons.refuse": person(ERASURE, own="operator", below="operator", reply="x"),
    "GET persons.second_look": person(ERASURE, own="operator", below="operator"),
    "POST persons.erase": person(ERASURE, own="operator", below="operator", typed="nobody"),
    "GET persons.own": anybody(),
    "POST persons.correct": anybody(phone=""),
    "POST persons.ask": anybody(),
    "POST persons.withdraw": anybody(request="0" * 32),
    "GET persons.data": anybody(),
    # the operator of the town holds the role below the top, and old data is everybody's
    "GET persons.old": only(""),
    "POST persons.delete": only("", digest="0" * 64),
    # assessment
    "GET assessment.index": only("secretary high committee"),
    "GET assessment.plan": unit(ABOUT_UNIT, **STAFF),
    "POST assessment.plan_it": unit(ABOUT_UNIT, **STAFF, title="x"),
    # rule sets of points
    "GET rulesets.index": only("committee"),
    "GET rulesets.unit": unit(ABOUT_UNIT, **STAFF),
    "POST rulesets.begin": unit(ABOUT_UNIT, **STAFF, **{"from": "shipped:municipal-2026"}),
    "GET rulesets.draft": rule_set("rule_draft"),
    "GET rulesets.file": rule_set("rule_draft"),
    "POST rulesets.discard": rule_set("rule_draft", revision="1"),
    "POST rulesets.try_it": rule_set("rule_draft"),
    "GET rulesets.adopting": rule_set("rule_draft"),
    "POST rulesets.adopt": rule_set("rule_draft", note="x", revision="1", without_run="1"),
    "GET rulesets.row": rule_set("rule_draft", row="1"),
    "POST rulesets.save": rule_set("rule_draft", row="1", do="preview"),
    "POST rulesets.preview": rule_set("rule_draft", row="1"),
    "POST rulesets.add": rule_set("rule_draft", add="1"),
    "POST rulesets.remove": rule_set("rule_draft", row="1"),
    "POST rulesets.up": rule_set("rule_draft", row="1"),
    "GET rulesets.version": rule_set("rule_version"),
    "GET rulesets.version_file": rule_set("rule_version"),
    "POST rulesets.try_version": rule_set("rule_version"),
    "GET rulesets.runs": only("secretary high committee"),
    "GET rulesets.run": rule_set("dry_run"),
    "GET rulesets.progress": rule_set("dry_run"),
    "POST rulesets.cancel": rule_set("dry_run"),
    "POST rulesets.again": rule_set("dry_run"),
    "GET rulesets.run_unit": unit(
        {"run_id": "dry_run", "branch_id": TARGET},
        own="secretary committee",
        below="committee",
        top="committee",
    ),
    "GET assessment.period": period(**STAFF),
    "POST assessment.open_": period(**STAFF),
    "GET assessment.posting": period(**STAFF),
    "POST assessment.post": period(**STAFF, days="3"),
    "GET assessment.amendment": period(**STAFF),
    "POST assessment.amend": period(**STAFF, reason="x"),
    "GET assessment.closing": period(**STAFF),
    "POST assessment.close": period(**STAFF, reason="x"),
    "GET assessment.branch": unit(IN_PERIOD, own="secretary"),
    "GET assessment.sheet": unit(IN_PERIOD, own="secretary"),
    "GET assessment.grades": unit(IN_PERIOD, **{**STAFF, "own": "secretary committee"}),
    "POST assessment.decide_grades": unit(IN_PERIOD, **{**STAFF, "own": "secretary committee"}),
    "GET assessment.recognitions": unit(IN_PERIOD, **{**STAFF, "own": "secretary committee"}),
    "POST assessment.begin_recognition": unit(IN_PERIOD, **{**STAFF, "own": "secretary committee"}),
    "GET assessment.recognition_list": listing(),
    "POST assessment.choose_recognition": listing(),
    "POST assessment.decide_recognition": listing(do="approve"),
    "POST assessment.take_recognition_back": listing(reason="x"),
    "POST assessment.certify_recognition": listing(),
    "GET assessment.recognised": anybody(),
    "GET assessment.summary": person(SUMMARY, self=EVERYBODY, own="secretary"),
    "POST assessment.summary_file": person(SUMMARY, self=EVERYBODY, own="secretary"),
    "POST assessment.summaries": unit(IN_PERIOD, own="secretary"),
    "POST assessment.export": unit(IN_PERIOD, **{**STAFF, "own": "secretary committee"}),
    "GET assessment.mine": anybody(),
    "GET assessment.object_": anybody({"period_id": "period"}),
    "POST assessment.raise_": anybody({"period_id": "period"}, text="x"),
    "GET assessment.review": only("secretary reviewer high committee"),
    "GET assessment.review_one": person(
        OBJECTION,
        self="secretary reviewer committee",
        own="secretary reviewer committee",
        below="reviewer committee",
    ),
    "POST assessment.decide": person(
        OBJECTION, own="secretary reviewer committee", below="reviewer committee", outcome="partly", reply="x"
    ),
    # authoring
    "GET authoring.index": only("trainer reviewer"),
    "GET authoring.edit": only("trainer reviewer", MODULE),
    "POST authoring.preview": only("trainer reviewer", MODULE, text="# 标题"),
    "POST authoring.save": only("trainer", MODULE, text="# 标题"),
    "POST authoring.discard": only("trainer", MODULE),
    "GET authoring.publish": only("trainer", MODULE),
    "POST authoring.publish": only("trainer", MODULE),
}
