"""The ledger as files, for keeping and for checking elsewhere without this product."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

from learnapp.clock import iso
from learnapp.db import db
from learnapp.ledger.seals import public_pem
from learnapp.ledger.sources import ENTRY_COLUMNS, stored
from learnapp.ledger.verify import EXPORT, LEAF_COLUMNS, Key, Seal

README = """\
Learning ledger, exported {at}
==============================

entries.jsonl  every entry, by member and number, each column as it is stored; the last one is the hash
leaves.jsonl   the ends of streams that the seals hold: member, number of the entry, number of the seal, hash
seals.jsonl    the seals: number, text, signature, key, size and root of the log
keys.jsonl     the public keys: number, name, key, statement, signature; also as PEM in public-keys/
verify.py      checks all of this alone; it needs Python 3.10 and the package cryptography

    python verify.py --key PUBLIC.pem --anchor ANCHORS.txt --receipts RECEIPTS.txt

Take the public key and the anchors from where they were published or kept, not from this folder: whoever
alters an export could alter them too. The same holds for verify.py, whose SHA-256 is
{digest}

学习台账导出，{at}
==============================

entries.jsonl  全部条目，按人员和序号排列，各列与存储内容一致；最后一列是哈希值
leaves.jsonl   封存所含各人台账末条：人员、条目序号、封存编号、哈希值
seals.jsonl    封存：编号、正文、签名、密钥、日志长度与日志根
keys.jsonl     公钥：编号、名称、公钥、声明、签名；public-keys/ 中另有 PEM 文件
verify.py      独立核验程序，只需 Python 3.10 和 cryptography 库

公钥和锚点请从其公布或保管之处取得，不要取自本文件夹：能改动导出文件的人也能改动它们。
verify.py 同理，其 SHA-256 见上。
"""


def export(folder: Path, at: datetime) -> int:
    """Writes the ledger into an existing folder and returns the number of entries. The files are complete on
    the disk when it returns; read inside one snapshot, so that they agree with each other."""
    found = stored(db.session.connection())
    keys = found.keys()
    _write(folder / "keys.jsonl", at, Key._fields, keys)
    _write(folder / "seals.jsonl", at, Seal._fields, found.seals())
    _write(folder / "leaves.jsonl", at, LEAF_COLUMNS, found.leaves())
    entries = _write(folder / "entries.jsonl", at, ENTRY_COLUMNS, found.entries())
    (folder / "public-keys").mkdir()
    for key in keys:
        (folder / "public-keys" / f"{key.key_id}.pem").write_text(public_pem(key.public_key))
    program = program_text()
    (folder / "verify.py").write_bytes(program)
    digest = hashlib.sha256(program).hexdigest()
    (folder / "README.txt").write_text(README.format(at=iso(at), digest=digest), encoding="utf-8")
    return entries


def program_text() -> bytes:
    """The program that checks an export: the very file that this product runs."""
    return resources.files("learnapp.ledger").joinpath("verify.py").read_bytes()


def _write(path: Path, at: datetime, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> int:
    """A first line that names the format, the time and the columns; then one JSON list a row."""
    lines = 0
    with path.open("w", encoding="utf-8") as file:
        head = {"format": EXPORT, "exported_at": iso(at), "columns": list(columns)}
        file.write(json.dumps(head) + "\n")
        for row in rows:
            file.write(json.dumps(tuple(row), ensure_ascii=False, separators=(",", ":")) + "\n")
            lines += 1
        file.flush()
        os.fsync(file.fileno())
    return lines
