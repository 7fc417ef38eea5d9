"""Read what a client posted: a message or a pressed button, or a kind refusal that names the problem."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

MAX_CHARACTERS = 2_000
HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\ud800-\udfff\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Control characters, lone surrogates and invisible direction marks: some end the process of a stock Rasa with an SQL store,
the others only hide text from a reviewer. Newline and tab stay."""
STATUS = {"malformed": 400, "token": 401, "origin": 403, "too_long": 413, "not_json": 415, "too_fast": 429, "failed": 500}


class Refused(Exception):
    """A request that is not answered as a turn.

    ``code`` is a key of STATUS; ``text`` what was typed and ``choice`` the button that was pressed, if that was readable.
    """

    def __init__(self, code: str, text: str = "", choice: str = "") -> None:
        super().__init__(code)
        self.code, self.text, self.choice = code, text, choice

    @property
    def status(self) -> int:
        return STATUS[self.code]


@dataclass(frozen=True)
class Incoming:
    """A readable request: the token as it came, and either ``message`` or ``choice``."""

    sender: object
    message: str = ""
    choice: str = ""


def read_object(body: bytes, content_type: str) -> dict[str, object]:
    """The JSON object in ``body``. Raises Refused (not_json, malformed)."""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Refused("not_json")
    try:
        value = json.loads(body.decode("utf-8") or "{}")
    except (ValueError, RecursionError):
        raise Refused("malformed") from None
    if not isinstance(value, dict):
        raise Refused("malformed")
    return value


def read_incoming(body: bytes, content_type: str) -> Incoming:
    """Read ``{"sender", "message"}`` or ``{"sender", "choice"}``. Raises Refused; a too long text is in its ``text``."""
    value = read_object(body, content_type)
    message, choice = value.get("message"), value.get("choice")
    if (message is None) == (choice is None) or not isinstance(message if choice is None else choice, str):
        raise Refused("malformed")
    if choice is not None:
        if not choice:
            raise Refused("malformed")
        return Incoming(value.get("sender"), choice=str(choice)[:MAX_CHARACTERS])
    text = clean(str(message))
    if not text:
        raise Refused("malformed")
    if len(text) > MAX_CHARACTERS:
        raise Refused("too_long", text)
    return Incoming(value.get("sender"), message=text)


def clean(text: str) -> str:
    """``text`` without harmful characters and outer blanks."""
    return HARMFUL.sub("", text).strip()


def without_command(text: str) -> str:
    """Take away the meaning that Rasa gives to a leading slash; the look stays, so that a reviewer sees what was typed."""
    return f"\u2044{text[1:]}" if text.startswith("/") else text
