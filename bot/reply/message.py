"""One message of the guide, in the shape that the web channel promises."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypedDict

from bot.knowledge import Kind

LAST_NOTICE = "last_notice"
"""Key of the metadata of a family's message: the notice that the guide said before it."""
TOPIC = "topic:"
"""How the id of a button begins that stands for a topic."""


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

    @property
    def topics_offered(self) -> list[str]:
        """Ids of the topics that this message offers as buttons."""
        choices = [button["payload"] for button in self.buttons] + [one["choice"] for one in self.custom.get("related", [])]
        return [choice.removeprefix(TOPIC) for choice in choices if choice.startswith(TOPIC)]

    def as_dict(self) -> dict[str, Any]:
        """``{text, buttons, custom}``; ``custom`` always has ``kind``."""
        return {"text": self.text, "buttons": list(self.buttons), "custom": {"kind": self.kind.value, **self.custom}}
