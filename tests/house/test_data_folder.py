"""What an instance keeps is nobody else's on the same machine."""

from __future__ import annotations

from pathlib import Path

from learnapp.app import create_app
from learnapp.config import load
from tests import databases


def test_a_new_data_folder_is_its_owner_s_alone(tmp_path: Path) -> None:
    """Names, memberships and hashes of passwords lie in it, in a file that SQLite makes readable for everybody."""
    for name, more in (("a", {}), ("b", {"LEARNAPP_SECRET_KEY": "x" * 40})):
        folder = tmp_path / name
        app = create_app(load({"LEARNAPP_ENV": "test", "LEARNAPP_DATA_DIR": str(folder), **more}))
        assert folder.stat().st_mode & 0o777 == 0o700
        with app.app_context():
            databases.close(app)


def test_a_secret_that_was_never_written_is_written_now(tmp_path: Path) -> None:
    """Killed between making the file and filling it, an instance would sign its sessions with nothing for ever."""
    kept = tmp_path / "secret-key"
    kept.touch()
    settings = load({"LEARNAPP_ENV": "test", "LEARNAPP_DATA_DIR": str(tmp_path)})
    assert len(settings.secret_key) > 40
    assert kept.read_text() == settings.secret_key
    assert kept.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]
