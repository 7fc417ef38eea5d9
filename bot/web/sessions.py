"""Signed session tokens. The server issues them; the conversation's id inside cannot be chosen or guessed by a client."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import secrets
import tempfile
import time
from pathlib import Path

from itsdangerous import BadSignature, URLSafeTimedSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from bot.settings import SHORTEST_SECRET, SettingsError

SALT = "tsc-kidney-guide.session"
MAX_TOKEN = 300


class Sessions:
    """Issues and checks tokens that expire ``hours`` after their issue."""

    def __init__(self, secret: str, hours: int) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt=SALT)
        self._lifetime = dt.timedelta(hours=hours)

    def issue(self) -> tuple[str, dt.datetime]:
        """A new conversation: its token, and when (UTC) that expires."""
        token = self._serializer.dumps(secrets.token_hex(16))
        return token, dt.datetime.now(dt.timezone.utc).replace(microsecond=0) + self._lifetime

    def conversation(self, token: object) -> str | None:
        """The conversation's id (32 hexadecimal digits), or None for a forged, foreign, expired or malformed token."""
        opened = self._open(token)
        return opened[0] if opened else None

    def expires(self, token: object) -> dt.datetime | None:
        """When (UTC) a valid token expires; None for any other."""
        opened = self._open(token)
        return opened[1] + self._lifetime if opened else None

    def _open(self, token: object) -> tuple[str, dt.datetime] | None:
        if not isinstance(token, str) or len(token) > MAX_TOKEN or not token.isascii():
            return None
        try:
            conversation, issued = self._serializer.loads(token, return_timestamp=True)
        except BadSignature:
            return None
        # Either way: a clock that was put back must not end the chats of those who came before.
        if abs(time.time() - issued.timestamp()) > self._lifetime.total_seconds():
            return None
        # Base64 can be written in several ways; only the one that was issued is a token.
        signature = token.rpartition(".")[2]
        if base64_encode(base64_decode(signature)).decode() != signature:
            return None
        return (conversation, issued) if isinstance(conversation, str) else None


def read_or_make_secret(path: Path) -> str:
    """The secret kept in ``path``, made on first use and readable by its owner only.

    Raises SettingsError for a file that holds too little: with a guessable secret anyone could sign a token.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=path.parent)  # mode 0600
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        # The link appears whole or not at all, and the first of two processes wins.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        os.unlink(draft)
    secret = path.read_text().strip()
    if len(secret) < SHORTEST_SECRET:
        raise SettingsError(f"{path} is damaged: delete it (all sessions end then), or set WEB_SECRET")
    return secret
