"""`learnapp ledger sample`: entries to be checked against paper, as a table and as a sheet to print."""

from __future__ import annotations

import os
import sys
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from learnapp import accounts, audit, ledger
from learnapp.cli.running import application, read_settings
from learnapp.clock import iso, local_date
from learnapp.db import snapshot

_KINDS = {
    "study-begun": ("开始学习", "study begun"),
    "module-completed": ("学完模块", "module completed"),
    "course-completed": ("学完课程", "course completed"),
    "quiz-ended": ("测验结果", "quiz result"),
    "quiz-measured": ("测验安排", "quiz conduct"),
    "waived": ("免修", "waiver"),
    "equivalence-granted": ("等效认定", "equivalence"),
    "voided": ("作废", "voiding"),
}
_COLUMNS = ("number", "who", "day", "what", "who", "hash", "paper")
_STYLE = """
@page { size: A4; margin: 14mm; }
body { font: 10pt/1.45 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #000; }
h1 { font-size: 15pt; margin: 0 0 2mm; }
p { margin: 0 0 2mm; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
col.number { width: 5%; } col.day { width: 12%; } col.who { width: 17%; }
col.hash { width: 11%; } col.paper { width: 18%; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 0.2mm solid #555; padding: 1.2mm 1.6mm; text-align: left; }
td { vertical-align: top; overflow-wrap: anywhere; }
.box { display: inline-block; width: 3.4mm; height: 3.4mm; border: 0.3mm solid #000; margin-right: 1.2mm; }
.tick { white-space: nowrap; font-size: 8.5pt; }
.id { font-family: monospace; font-size: 7.5pt; }
.small { font-size: 8.5pt; }
.sign { margin-top: 8mm; display: flex; gap: 12mm; }
.sign span { flex: 1; border-bottom: 0.2mm solid #000; padding-bottom: 1mm; }
"""


@click.command()
@click.option("--n", "size", type=click.IntRange(1, 10_000), default=30, show_default=True, help="How many.")
@click.option("--seed", required=True, help="What decides which ones; have somebody else say it.")
@click.option(
    "--seal", type=click.IntRange(1), help="Among the entries up to this seal; the newest by default."
)
@click.option("--names", is_flag=True, help="Show people's names, not their ids.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Also write a sheet to print.")
def sample(size: int, seed: str, seal: int | None, names: bool, html: Path | None) -> None:
    """Draw entries for checking against paper; the same SEED and seal draw the same ones for ever.

    How it is drawn, so that anybody can do it again: docs/sealing.md.
    """
    if html is not None and html.exists():
        click.echo(f"{html} exists already. Give a new name.", err=True)
        sys.exit(2)
    with application(), snapshot():
        drawn = ledger.sample(seed, size, seal)
        people = _people(drawn) if names else {}
    zone = read_settings().zone
    for line in table(drawn, people, zone):
        click.echo(line)
    if html is not None:
        with os.fdopen(
            os.open(html, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(sheet(drawn, people, zone))
        click.echo(f"The sheet is {html}. Open it in a browser and print it.")


def _people(drawn: ledger.Sample) -> dict[str, str]:
    entries = [one.entry for one in drawn.drawn]
    return accounts.names({entry.member_id for entry in entries} | {entry.recorder for entry in entries})


def _who(member_id: str, people: dict[str, str]) -> str:
    return "–" if member_id == audit.INSTALLATION else people.get(member_id, member_id)


def _among(drawn: ledger.Sample) -> tuple[str, str]:
    """Chinese and English: among what was drawn."""
    number, among = len(drawn.drawn), drawn.among
    if drawn.seal is None:
        return (
            f"从全部 {among} 条中抽取 {number} 条。尚无封存：台账增加后无法重抽出同样的结果。",
            f"{number} of all {among} entries. Nothing is sealed: once the ledger grows, this cannot be drawn again.",
        )
    seal, made = drawn.seal, iso(drawn.seal.made_at)
    return (
        f"从截至第 {seal.number} 号封存（{made}，日志根 {seal.log_root}）的 {among} 条中抽取 {number} 条。",
        f"{number} of {among} entries up to seal {seal.number} ({made}, root of the log {seal.log_root}).",
    )


def table(drawn: ledger.Sample, people: dict[str, str], zone: str) -> list[str]:
    """The sample as lines of text."""
    lines = [f"Seed {drawn.seed}: {_among(drawn)[1]}"]
    for number, one in enumerate(drawn.drawn, 1):
        entry = one.entry
        void = f"  VOIDED by {one.voided_by}" if one.voided_by else ""
        lines.append(
            f"{number:>4}  {local_date(entry.occurred_at, zone)}  {_who(entry.member_id, people)}/{entry.seq}  "
            f"{_KINDS.get(entry.kind, ('', entry.kind))[1]}  {entry.subject}  {entry.hash[:16]}{void}"
        )
    return lines


def sheet(drawn: ledger.Sample, people: dict[str, str], zone: str) -> str:
    """The sample as a page to print, in Chinese and English, with boxes to tick; complete in itself."""
    chinese, english = _among(drawn)
    heads = (
        ("", ""),
        ("人员 / 序号", "person / No."),
        ("发生日期", "day"),
        ("事项", "what"),
        ("记录人 · 记录时间", "recorded by · at"),
        ("校验码", "hash"),
        ("与纸质核对", "on paper"),
    )
    cells = "".join(f"<th>{escape(zh)}<br><span class=small>{escape(en)}</span></th>" for zh, en in heads)
    columns = "".join(f'<col class="{name}">' for name in _COLUMNS)
    rows = "".join(_row(number, one, people, zone) for number, one in enumerate(drawn.drawn, 1))
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>台账抽查 Ledger sample</title>'
        f"<style>{_STYLE}</style></head><body><h1>学习台账抽查表 · Ledger sample</h1>"
        f"<p>种子 Seed: <b>{escape(drawn.seed)}</b></p><p>{escape(chinese)}</p>"
        f"<p class=small>{escape(english)}</p>"
        f"<table><colgroup>{columns}</colgroup><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table>"
        '<p class="sign"><span>核对人 Checked by:</span><span>日期 Date:</span></p></body></html>\n'
    )


def _person(member_id: str, people: dict[str, str]) -> str:
    shown = escape(_who(member_id, people))
    return shown if member_id in people else f'<span class="id">{shown}</span>'


def _row(number: int, one: ledger.Drawn, people: dict[str, str], zone: str) -> str:
    entry = one.entry
    chinese, english = _KINDS.get(entry.kind, (entry.kind, entry.kind))
    void = f"<br><b>已作废 voided: {one.voided_by}</b>" if one.voided_by else ""
    recorded = entry.recorded_at.astimezone(ZoneInfo(zone))
    boxes = "".join(
        f'<div class="tick"><span class="box"></span>{word}</div>'
        for word in ("相符 agrees", "不符 differs", "无纸质 no paper")
    )
    return (
        f"<tr><td>{number}</td><td>{_person(entry.member_id, people)} / {entry.seq}</td>"
        f"<td class=small>{local_date(entry.occurred_at, zone)}</td>"
        f"<td>{escape(chinese)} {escape(english)}<br><span class=small>{escape(entry.subject)}</span>{void}</td>"
        f"<td>{_person(entry.recorder, people)}<br><span class=small>{recorded:%Y-%m-%d %H:%M}</span></td>"
        f'<td class="id">{entry.hash[:16]}</td><td>{boxes}</td></tr>'
    )
