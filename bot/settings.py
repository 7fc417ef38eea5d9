"""Settings of the bot, read from the environment. What each means and its default stand here once."""

from __future__ import annotations

from pathlib import Path

from limits import RateLimitItem, parse_many
from pydantic import BaseSettings, Field, ValidationError, validator

from bot.knowledge.reviews import ContentPolicy
from bot.web.origins import read_origin

SHORTEST_SECRET = 32
"""Characters."""


class SettingsError(Exception):
    """A setting is wrong; the message names it and says what would be right."""


class Settings(BaseSettings):
    """Each field is an environment variable of the same name in capitals."""

    content_policy: ContentPolicy = ContentPolicy.preview
    """``preview`` (texts under "awaiting clinical review") or ``approved`` (approved texts only)."""
    web_secret: str = Field("", min_length=0)
    """Signs the session tokens; at least 32 characters. Empty: made once and kept in ``var/secret``."""
    web_session_hours: int = Field(24, ge=1, le=24 * 30)
    """How long a session token is valid, in hours."""
    web_rate_limit: str = "30/minute"
    """Messages per session, such as ``30/minute``; ``off`` for load tests on the own machine."""
    web_turn_seconds: float = Field(8.0, gt=0, le=60)
    """How long a turn may take before the family gets the stored "not available" text."""
    web_alarm_seconds: float = Field(2.0, gt=0, le=60)
    """The same for a message that sounds like an emergency; its advice does not depend on the turn."""
    web_origins: str = ""
    """Origins of the pages that embed the chat, such as ``https://www.example.org``, with blanks between them."""
    var: Path = Path("var")
    """Folder of everything that is written at run time."""

    @validator("web_secret")
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < SHORTEST_SECRET:
            raise ValueError("use at least 32 characters, for example from `openssl rand -hex 32`")
        return value

    @validator("web_rate_limit")
    def _readable(cls, value: str) -> str:
        if value != "off":
            try:
                limits = parse_many(value)
            except ValueError:
                limits = []
            if len(limits) != 1 or limits[0].amount < 1:
                raise ValueError("write a number per time, such as 30/minute, or off")
        return value

    @validator("web_origins")
    def _all_origins(cls, value: str) -> str:
        for text in value.split():
            try:
                read_origin(text)
            except ValueError:
                raise ValueError(
                    f"{text} is no origin; write https, the name and perhaps a port, such as https://www.example.org, "
                    "with blanks between them (http is for localhost only)"
                ) from None
        return value

    def origins(self) -> frozenset[str]:
        return frozenset(read_origin(text) for text in self.web_origins.split())

    def rate_limit(self) -> RateLimitItem | None:
        return None if self.web_rate_limit == "off" else parse_many(self.web_rate_limit)[0]

    @classmethod
    def read(cls) -> Settings:
        """Read the environment. Raises SettingsError with the setting's name."""
        try:
            return cls()
        except ValidationError as error:
            first = error.errors()[0]
            raise SettingsError(f"{str(first['loc'][0]).upper()}: {first['msg']}") from None
