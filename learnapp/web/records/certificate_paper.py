"""The paper of a certificate: one page in both languages, with a QR code to where it can be checked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Literal, cast

import segno
from flask_babel import gettext

from learnapp.records import Issued, readable
from learnapp.web.paper import Paper
from learnapp.web.paper.draw import HAIRLINE, MUTED, PINE
from learnapp.web.records.verify import Proof

_SIDE = 34.0


def certificate_pdf(
    issued: Issued,
    *,
    address: str,
    proof: Proof | None,
    language: str,
    at: datetime,
    day: Callable[[date], str],
) -> bytes:
    """The page as PDF; `address` is where the QR code leads, `day` writes a day in words."""
    facts = _facts(issued, proof, day)
    below = [
        gettext("Check this certificate: scan the code, or open the address."),
        address,
        readable(issued.code),
    ]
    lacking = gettext(
        "The font of this file lacks these characters; their numbers in Unicode stand in their place:"
    )
    words = [issued.title, issued.title_en, issued.text, issued.text_en, issued.unit, *below, lacking]
    everything = "".join(words) + "".join(name + value for name, value in facts)
    spoken = cast(Literal["zh", "en"], language)
    paper = Paper(everything, title=f"{issued.title} {issued.holder}", language=spoken, at=at)
    paper.add_page()
    _frame(paper)
    _words(paper, issued)
    paper.set_y(186)
    for name, value in facts:
        _fact(paper, name, value)
    _code(paper, address, below)
    if paper.absent:
        paper.set_y(272)
        paper.pen(8, colour=MUTED)
        paper.block(f"{lacking} {', '.join(f'U+{ord(one):04X}' for one in paper.absent)}", 30, 150)
    return bytes(paper.output())


def _facts(issued: Issued, proof: Proof | None, day: Callable[[date], str]) -> list[tuple[str, str]]:
    end = day(issued.expires_on) if issued.expires_on else gettext("without end")
    if proof:
        seal = gettext("sealed in seal %(number)s", number=proof.number)
    else:
        seal = gettext("not yet sealed when this paper was made; the code tells when it is")
    return [
        (gettext("Issued"), day(issued.issued_at)),
        (gettext("Valid until"), end),
        (gettext("Ledger entry"), f"{gettext('No. %(seq)s', seq=issued.entry_seq)} · {seal}"),
        (gettext("Fingerprint"), f"{issued.entry_hash[:32]} {issued.entry_hash[32:]}"),
    ]


def _frame(paper: Paper) -> None:
    paper.set_draw_color(*PINE)
    paper.set_line_width(0.8)
    paper.rect(14, 14, paper.w - 28, paper.h - 28)
    paper.set_draw_color(*HAIRLINE)
    paper.set_line_width(0.25)
    paper.rect(17, 17, paper.w - 34, paper.h - 34)
    # The cord with its three knots, which is the mark of the product.
    paper.set_draw_color(*PINE)
    paper.set_fill_color(*PINE)
    paper.set_line_width(0.6)
    paper.line(105, 17, 105, 44)
    for height in (24, 32, 40):
        paper.ellipse(105 - 1.6, height - 1.6, 3.2, 3.2, style="F")


def _words(paper: Paper, issued: Issued) -> None:
    paper.set_y(56)
    paper.pen(32, bold=True)
    paper.block(issued.title, 25, 160, "C")
    paper.pen(14, colour=MUTED)
    paper.block(issued.title_en, 25, 160, "C")
    paper.set_y(98)
    paper.pen(15)
    paper.block(f"　　{issued.text}", 32, 146)
    paper.ln(8)
    paper.pen(11, colour=MUTED)
    paper.block(issued.text_en, 32, 146)
    paper.ln(8)
    paper.pen(13, bold=True)
    paper.block(issued.unit, 32, 146, "R")


def _fact(paper: Paper, name: str, value: str) -> None:
    top = paper.get_y()
    paper.pen(9, colour=MUTED)
    first = paper.block(name, 32, 32)
    paper.set_y(top)
    paper.pen(9)
    paper.set_y(top + max(first, paper.block(value, 64, 114)))


def _code(paper: Paper, address: str, lines: list[str]) -> None:
    """The QR code in squares of the page itself, sharp at any size, and the words beside it."""
    code = segno.make(address, error="m", micro=False)
    rows = [bytes(row) for row in code.matrix_iter(border=4)]
    unit, left, top = _SIDE / len(rows), 30.0, 222.0
    paper.set_fill_color(0, 0, 0)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                # A hair wider than a square, so that no light shows between two of them.
                paper.rect(left + x * unit, top + y * unit, unit * 1.02, unit * 1.02, style="F")
    paper.set_y(top + 6)
    for number, line in enumerate(lines):
        paper.pen(9 if number < 2 else 11, bold=number == 2, colour=MUTED if number < 2 else PINE)
        paper.block(line, left + _SIDE + 6, 178 - left - _SIDE - 6)
        paper.ln(1)
