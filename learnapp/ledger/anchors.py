"""Writing down elsewhere what the log was: the one thing that a holder of the key cannot sign anew."""

from __future__ import annotations

import os
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from learnapp.clock import iso
from learnapp.ledger.sealing import SealInfo
from learnapp.ledger.seals import anchor_line


def anchor_of(seal: SealInfo) -> str:
    """The line to be kept elsewhere."""
    return anchor_line(seal.stored, iso(seal.made_at))


def keep_anchor(seal: SealInfo, *, file: Path, mails: Path, to: str) -> list[Path]:
    """Writes the seal's line to the file, and a mail into the folder where somebody shall get one; returns
    what was written. Belongs behind the transaction that made the seal."""
    written = [file] if append_anchor(file, seal) else []
    return [*written, write_mail(mails, seal, to)] if to else written


def append_anchor(path: Path, seal: SealInfo) -> bool:
    """Adds the seal's line to a file, and says whether it was new there; on the disk when it returns."""
    line = anchor_of(seal) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        file.seek(0)
        if line in file:
            return False
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    return True


def write_mail(folder: Path, seal: SealInfo, to: str) -> Path:
    """Writes a mail about the seal as a file that any mail program can send; returns its path."""
    message = EmailMessage(policy=SMTP)
    message["To"] = to
    message["Subject"] = f"学习台账第 {seal.number} 号封存 / Learning ledger, seal {seal.number}"
    message.set_content(
        f"请保存本邮件。日后核验台账时，下面一行可以证明历史未被改写。\n"
        f"Please keep this mail. The line below shows later that history was not rewritten.\n\n"
        f"{anchor_of(seal)}\n\n"
        f"{seal.stored.body}signature {seal.stored.signature}\n"
    )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"ledger-seal-{seal.number:06d}.eml"
    path.write_bytes(bytes(message))
    return path
