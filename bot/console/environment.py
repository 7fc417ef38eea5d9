"""Settings read from environment variables; one that is wrong is named, with what would be right."""

from __future__ import annotations

import contextlib
import os
import secrets
import shlex
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET = 50
"""Characters: what Django's own checks ask for."""
KINDS_OF_DATABASE = ("sqlite", "postgres", "postgresql")
PORTS_OF_MAIL = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def yes_or_no(name: str) -> bool:
    """``1`` or ``0``; not set means no."""
    value = os.environ.get(name, "") or "0"
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name}: write 1 or 0")
    return value == "1"


def number(name: str, default: float, lowest: float, highest: float) -> float:
    """A number between ``lowest`` and ``highest``."""
    try:
        value = float(os.environ.get(name, "") or default)
    except ValueError:
        value = float("nan")
    if not lowest <= value <= highest:
        raise ImproperlyConfigured(f"{name}: write a number from {lowest:g} to {highest:g}")
    return value


def words(name: str) -> list[str]:
    """What stands in the variable, parted at blanks."""
    return os.environ.get(name, "").split()


def database_url(name: str, default: str) -> str:
    """``sqlite:////folder/file.db`` or ``postgresql://user:password@host/name``; ``default`` may also be the path of a file.

    The value is never repeated in an error: it may hold a password.
    """
    value = os.environ.get(name, "") or (default if "://" in default else f"sqlite:///{Path(default).resolve()}")
    kind, separator, rest = value.partition("://")
    if kind not in KINDS_OF_DATABASE or not separator or not rest.strip("/"):
        raise ImproperlyConfigured(
            f"{name}: write sqlite:////folder/file.db (four slashes before an absolute path) or "
            "postgresql://user:password@host/name"
        )
    return value


def database(url: str) -> dict[str, Any]:
    """The entry of Django's DATABASES for a URL that ``database_url`` let through."""
    return dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))


def secret(name: str, file: Path, production: bool) -> str:
    """The secret of the environment; without one, in development, it is made once and kept in ``file``."""
    value = os.environ.get(name, "")
    if value and len(value) < SHORTEST_SECRET:
        raise ImproperlyConfigured(f"{name}: use at least {SHORTEST_SECRET} characters, such as from `openssl rand -hex 32`")
    if value:
        return value
    if production:
        raise ImproperlyConfigured(f"{name}: must be set when CONSOLE_PRODUCTION is 1, such as from `openssl rand -hex 32`")
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        # Console and feed start together: the file appears complete, and the second to come takes the first one's.
        with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=file.name) as made:  # readable by its owner only
            made.write(secrets.token_hex(SHORTEST_SECRET // 2))
            made.flush()
            with contextlib.suppress(FileExistsError):
                os.link(made.name, file)
    return file.read_text().strip()


def web_address(name: str) -> str:
    """An address such as ``https://console.example.org``, without a slash at its end; empty when not set."""
    value = os.environ.get(name, "").rstrip("/")
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment):
        raise ImproperlyConfigured(f"{name}: write an address such as https://console.example.org")
    return value


def mail(name: str) -> dict[str, Any]:
    """Django's settings for a mail server; not set: mails are printed and not sent.

    ``smtps://user:password@host`` (TLS from the beginning), ``smtp+tls://...`` (STARTTLS) or ``smtp://...`` (neither, for a
    server on the same machine). The value is never repeated in an error: it may hold a password.
    """
    value = os.environ.get(name, "")
    if not value:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    try:
        parts = urlsplit(value)
        port = parts.port or PORTS_OF_MAIL[parts.scheme]
        if not parts.hostname:
            raise KeyError
    except (KeyError, ValueError):
        raise ImproperlyConfigured(f"{name}: write smtps://user:password@host, or smtp+tls:// for STARTTLS") from None
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
    }


def command(name: str, default: list[str]) -> list[str]:
    """A command line, parted as a shell would; no shell runs it."""
    try:
        return shlex.split(os.environ.get(name, "")) or default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from None
