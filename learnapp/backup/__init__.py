"""A backup: one file that holds an instance, and the way back from it.

`make` copies the database as it is at one moment while others write, the pictures, the public keys and the
anchors into one archive whose manifest says what must be in it. `restore` unpacks beside the present data,
counts and verifies there, and only then switches; what was there before is kept under a dated name. `check`
does all of that but the switch. Everything is refused in one plain sentence, and then nothing has changed.
"""

from learnapp.backup.archive import Refused
from learnapp.backup.locked import SHORTEST_PASSPHRASE, is_locked
from learnapp.backup.making import make
from learnapp.backup.manifest import Manifest
from learnapp.backup.restoring import Restored, Way, check, restore

__all__ = [
    "SHORTEST_PASSPHRASE",
    "Manifest",
    "Refused",
    "Restored",
    "Way",
    "check",
    "is_locked",
    "make",
    "restore",
]
