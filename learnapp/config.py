"""The instance's settings: read once from the environment, frozen, checked before anything starts."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ROOT = Path(__file__).resolve().parent.parent


class ConfigError(Exception):
    """A setting is missing or cannot be used; the text says which and what to do."""


@dataclass(frozen=True)
class Config:
    """Settings of one instance. Every field is documented in docs/settings.md."""

    environment: str
    secret_key: str
    data_dir: Path
    database_url: str
    owner_database_url: str
    host: str
    port: int
    workers: int
    threads: int
    zone: str
    https: bool
    trusted_proxies: int
    sweep_seconds: int
    anchor_file: Path
    anchor_mail: str
    anchor_print: bool
    demo_password: str | None
    erasure_reply_days: int

    @property
    def production(self) -> bool:
        """Whether the instance runs for real people."""
        return self.environment == "production"

    @property
    def media_dir(self) -> Path:
        """Where uploaded and loaded files are kept, by content hash."""
        return self.data_dir / "media"

    @property
    def ledger_keys_dir(self) -> Path:
        """Where the private keys that sign seals are kept, outside the database."""
        return self.data_dir / "ledger-keys"

    @property
    def outbox_dir(self) -> Path:
        """Where mails lie that somebody has to send."""
        return self.data_dir / "outbox"


def _whole(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name, "").strip() or str(default)
    try:
        value = int(text)
    except ValueError:
        raise ConfigError(f"{name} is {text!r}; give a whole number from {low} to {high}.") from None
    if not low <= value <= high:
        raise ConfigError(f"{name} is {value}; give a whole number from {low} to {high}.")
    return value


def _secret(env: Mapping[str, str], environment: str, data_dir: Path) -> str:
    """The signing secret: given, or in development made once and kept beside the data."""
    given = env.get("LEARNAPP_SECRET_KEY", "")
    if environment == "production":
        if len(given) < 32:
            raise ConfigError(
                "LEARNAPP_SECRET_KEY must be set to at least 32 random characters in production. "
                "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        return given
    if given:
        return given
    kept = data_dir / "secret-key"
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not kept.exists() or not kept.stat().st_size:
        # Written beside its place and linked into it: of two processes that start at once both read the same
        # one, and none is ever seen empty.
        draft = data_dir / f".secret-key-{secrets.token_hex(8)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileNotFoundError):
            if not kept.stat().st_size:
                kept.unlink()
        with suppress(FileExistsError):
            os.link(draft, kept)
        draft.unlink()
    return kept.read_text()


def normal_url(url: str) -> str:
    """The address of a database as it is used: PostgreSQL's always go through psycopg 3, however they were written."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def load(env: Mapping[str, str] | None = None) -> Config:
    """Settings from the environment. Raises ConfigError naming the variable and the remedy."""
    env = os.environ if env is None else env
    environment = env.get("LEARNAPP_ENV", "development")
    if environment not in ("development", "production", "test"):
        raise ConfigError(f"LEARNAPP_ENV is {environment!r}; use development, production or test.")
    data_dir = Path(env.get("LEARNAPP_DATA_DIR") or ROOT / "var").resolve()
    zone = env.get("LEARNAPP_TIMEZONE") or "Asia/Shanghai"
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError(f"LEARNAPP_TIMEZONE is {zone!r}; use a name such as Asia/Shanghai.") from None
    url = normal_url(env.get("LEARNAPP_DATABASE_URL") or f"sqlite:///{data_dir / 'learnapp.sqlite3'}")
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ConfigError("LEARNAPP_DATABASE_URL must begin with sqlite:/// or postgresql://.")
    return Config(
        environment=environment,
        secret_key=_secret(env, environment, data_dir),
        data_dir=data_dir,
        database_url=url,
        owner_database_url=normal_url(env.get("LEARNAPP_DATABASE_OWNER_URL") or url),
        host=env.get("HOST") or "127.0.0.1",
        port=_whole(env, "PORT", 8000, 1, 65535),
        workers=_whole(env, "LEARNAPP_WORKERS", 2, 1, 64),
        threads=_whole(env, "LEARNAPP_THREADS", 2, 1, 256),
        zone=zone,
        https=env.get("LEARNAPP_HTTPS", "1" if environment == "production" else "0") == "1",
        trusted_proxies=_whole(env, "LEARNAPP_TRUSTED_PROXIES", 0, 0, 8),
        sweep_seconds=_whole(env, "LEARNAPP_SWEEP_SECONDS", 5, 1, 3600),
        anchor_file=Path(env.get("LEARNAPP_ANCHOR_FILE") or data_dir / "ledger-anchors.txt").resolve(),
        anchor_mail=env.get("LEARNAPP_ANCHOR_MAIL") or "",
        anchor_print=env.get("LEARNAPP_ANCHOR_PRINT", "0") == "1",
        demo_password=env.get("LEARNAPP_DEMO_PASSWORD") or None,
        erasure_reply_days=_whole(env, "LEARNAPP_ERASURE_REPLY_DAYS", 30, 1, 365),
    )
