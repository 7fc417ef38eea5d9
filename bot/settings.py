"""Settings of the bot, read from the environment. What each means and its default stand here once."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from limits import RateLimitItem, parse_many
from pydantic import BaseSettings, Field, ValidationError, validator

from bot.knowledge.reviews import ContentPolicy
from bot.store.database import StoreError, url_of
from bot.web.origins import read_origin

SHORTEST_SECRET = 32
"""Characters."""
OFF = "off"
LONGEST_WINDOW = 24 * 3600
"""Seconds; what is counted gets a new name every day (``bot/web/limiting.py``)."""
REDIS = ("redis", "rediss", "redis+unix")


def read_limit(text: str) -> RateLimitItem | None:
    """A limit such as ``30/minute``; None for ``off``."""
    return None if text == OFF else parse_many(text)[0]


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
    web_address_limit: str = "300/minute"
    """Messages, reloads and erasures per network address together. Generous: a hospital or a family day is one address."""
    web_session_limit: str = "60/minute"
    """Sessions opened per network address."""
    rate_limit_store: str = ""
    """Redis that several copies of the guide count in together, such as ``redis://127.0.0.1:6379/0``. Empty: memory."""
    trusted_proxies: int = Field(0, ge=0, le=10)
    """How many proxies of our own stand in front, each of which adds to X-Forwarded-For."""
    web_turn_seconds: float = Field(8.0, gt=0, le=60)
    """How long a turn may take before the family gets the stored "not available" text."""
    web_alarm_seconds: float = Field(2.0, gt=0, le=60)
    """The same for a message that sounds like an emergency; its advice does not depend on the turn."""
    web_origins: str = ""
    """Origins of the pages that embed the chat, such as ``https://www.example.org``, with blanks between them."""
    retention_days: int = Field(30, ge=1, le=3650)
    """A conversation is deleted when its last event is older, in days."""
    tracker_db: str = ""
    """Where conversations are kept: path of an SQLite file, or a ``postgresql://`` URL. Empty: ``var/conversations.db``."""
    metrics_port: int = Field(0, ge=0, le=65535)
    """Port on which Prometheus reads what this copy counts; each copy needs its own. 0: nothing listens."""
    metrics_interface: str = "127.0.0.1"
    """Address of this machine on which that port listens. Never one that the public reaches: nobody is asked who they are."""
    var: Path = Path("var")
    """Folder of everything that is written at run time."""

    @validator("web_secret")
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < SHORTEST_SECRET:
            raise ValueError("use at least 32 characters, for example from `openssl rand -hex 32`")
        return value

    @validator("web_rate_limit", "web_address_limit", "web_session_limit")
    def _readable(cls, value: str) -> str:
        if value != OFF:
            try:
                limits = parse_many(value)
            except ValueError:
                limits = []
            if len(limits) != 1 or limits[0].amount < 1 or limits[0].get_expiry() > LONGEST_WINDOW:
                raise ValueError("write a number per time (a day at most), such as 30/minute, or off")
        return value

    @validator("rate_limit_store")
    def _is_redis(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            right = not value or (parts.scheme in REDIS and parts.port != 0)
        except ValueError:  # the port is no number
            right = False
        if not right:
            raise ValueError("write the address of a Redis server, such as redis://127.0.0.1:6379/0, or nothing")
        return value

    @validator("metrics_interface")
    def _is_address(cls, value: str) -> str:
        try:
            return str(ip_address(value))
        except ValueError:
            raise ValueError("write an IP address of this machine, such as 127.0.0.1, or 0.0.0.0 for all") from None

    @validator("retention_days")
    def _outlives_the_token(cls, value: int, values: dict[str, Any]) -> int:
        hours = values.get("web_session_hours", 0)
        if value * 24 < hours:
            raise ValueError(
                f"keep chats at least as long as a session token is valid (WEB_SESSION_HOURS is {hours}), "
                "else one could go while somebody writes in it"
            )
        return value

    @validator("tracker_db")
    def _is_database(cls, value: str) -> str:
        try:
            url_of(value)
        except StoreError as error:
            raise ValueError(str(error).removeprefix("TRACKER_DB: ")) from None
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

    @property
    def database(self) -> str:
        return self.tracker_db or str(self.var / "conversations.db")

    @classmethod
    def read(cls) -> Settings:
        """Read the environment. Raises SettingsError with the setting's name."""
        try:
            return cls()
        except ValidationError as error:
            first = error.errors()[0]
            raise SettingsError(f"{str(first['loc'][0]).upper()}: {first['msg']}") from None
