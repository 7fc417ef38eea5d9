"""One message of the guide, in the shape that the web channel promises."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypedDict

from bot.knowledge import Kind


class Button(TypedDict):
    title: str
    payload: str


@dataclass(frozen=True)
class Message:
    """``text`` alone says all that matters (a plain client shows nothing else); ``custom`` holds it again in parts."""

    text: str
    kind: Kind
    custom: dict[str, Any] = field(default_factory=dict)
    buttons: tuple[Button, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """``{text, buttons, custom}``; ``custom`` always has ``kind``."""
        return {"text": self.text, "buttons": list(self.buttons), "custom": {"kind": self.kind.value, **self.custom}}
