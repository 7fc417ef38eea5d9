"""A conversation as a page shows it again after a reload."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

USER, BOT = "you", "guide"


@dataclass(frozen=True)
class Shown:
    """One line of the conversation."""

    speaker: str
    text: str
    custom: dict[str, Any] = field(default_factory=dict)
    buttons: list[dict[str, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        if self.speaker == USER:
            return {"from": USER, "text": self.text}
        return {"from": BOT, "text": self.text, "custom": self.custom, "buttons": self.buttons}
