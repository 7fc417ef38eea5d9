"""The web channel: the only way in. Sessions, messages, health and the chat page; contract in docs/architecture.md."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.exceptions import NotFound, SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import privacy, triage
from bot.knowledge import Audience
from bot.rasa_ext import conversations, faster_rasa
from bot.rasa_ext.health import Health
from bot.rasa_ext.turns import CHANNEL, Turns, sounds_like_alarm
from bot.reply import Guide, Reader
from bot.reply.choices import resolve
from bot.settings import Settings
from bot.web import widget_files
from bot.web.history import BOT
from bot.web.incoming import Refused, read_incoming, read_object
from bot.web.origins import Origins
from bot.web.sessions import Sessions, read_or_make_secret

LARGEST_BODY = 1_000_000
"""Bytes; larger requests are refused before they are read. A text of 100,000 characters is still looked at by triage."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
logger = logging.getLogger(__name__)
Handler = Callable[..., Awaitable[HTTPResponse]]


class WebChannel(InputChannel):
    """Loads all texts and rules when Rasa makes it: what is wrong in a file stops the start."""

    def __init__(self) -> None:
        faster_rasa.apply()
        settings = Settings.read()
        triage.load()
        privacy.load()
        self.guide = Guide.load(settings.content_policy)
        secret = settings.web_secret or read_or_make_secret(settings.var / "secret")
        self.sessions = Sessions(secret, settings.web_session_hours)
        self.turns = Turns(self.guide, settings)
        self.health = Health(self.guide)
        self.origins = Origins(settings.origins())
        self.files = widget_files.load()
        self._rate = settings.rate_limit()
        self._recent = MemoryStorage()  # the limiter itself holds only a weak reference to it
        self._limiter = MovingWindowRateLimiter(self._recent)

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebChannel:
        return cls()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        blueprint = Blueprint("web", __name__)
        add = functools.partial(self._add, blueprint)
        add(self.open_session, "/session", "POST")
        add(self.show_session, "/session", "GET")
        add(self.erase_session, "/session", "DELETE")
        add(self.receive, "/webhook", "POST")
        add(self.report_health, "/health", "GET")
        add(self.page, "/", "GET")
        for path in ("/session", "/webhook"):
            blueprint.add_route(_preflight, path, methods=["OPTIONS"], name=f"preflight_{path[1:]}")
        add(self.file, "/static/<name:str>", "GET")
        blueprint.listener("before_server_start")(self._prepare)
        blueprint.middleware("request")(self._refuse_other_pages)
        blueprint.middleware("response")(self._add_headers)
        return blueprint

    def _add(self, blueprint: Blueprint, handler: Handler, path: str, method: str) -> None:
        @functools.wraps(handler)
        async def guarded(request: Request, **parts: str) -> HTTPResponse:
            try:
                return await handler(request, **parts)
            except Refused as refused:
                return self._refuse(refused)
            except SanicException:
                raise
            except Exception as error:
                # Only the kind of error: its message or trace could hold what the family wrote.
                logger.error("%s failed: %s", handler.__name__, type(error).__name__)
                return self._refuse(Refused("failed", _typed(request)))

        blueprint.add_route(guarded, path, methods=[method], name=handler.__name__)

    async def _prepare(self, app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        app.config.REQUEST_MAX_SIZE = LARGEST_BODY
        app.error_handler.add(SanicException, lambda request, error: self._refuse(_refusal_of(error), error.status_code))

    async def open_session(self, request: Request) -> HTTPResponse:
        wanted = read_object(request.body, request.content_type or "application/json")
        place, audience = wanted.get("place"), wanted.get("audience")
        reader = Reader(
            Audience(audience) if audience in Audience.__members__ else Audience.family,
            str(place) if place in self.guide.library.places else None,
        )
        token, expires = self.sessions.issue()
        conversation = self.sessions.conversation(token)
        assert conversation, "a token that was just issued is valid"
        if reader != Reader():
            await conversations.set_reader(_agent(request), conversation, reader)
        return response.json({"sender": token, "expires": expires.isoformat(), "messages": self._greeting(reader)})

    async def show_session(self, request: Request) -> HTTPResponse:
        token, conversation = self._opened(request.token)
        expires = self.sessions.expires(token)
        shown = [line.as_dict() for line in await conversations.history(_agent(request), conversation)]
        greeting = [{"from": BOT, **message} for message in self._greeting(Reader())]
        return response.json(
            {"sender": token, "expires": expires.isoformat() if expires else None, "messages": greeting + shown}
        )

    async def erase_session(self, request: Request) -> HTTPResponse:
        _, conversation = self._opened(request.token)
        count = await conversations.erase(_agent(request), conversation)
        message = self.guide.notice("fixed/erased", Reader()).as_dict()
        return response.json({"erased": {"conversation_events": count}, "text": message["text"]})

    async def receive(self, request: Request) -> HTTPResponse:
        incoming = read_incoming(request.body, request.content_type)
        conversation = self.sessions.conversation(incoming.sender)
        if conversation is None:
            raise Refused("token", incoming.message)
        if self._rate and not self._limiter.hit(self._rate, conversation):
            raise Refused("too_fast", incoming.message)
        agent = _agent(request)
        if incoming.choice:
            choice = resolve(incoming.choice, self.guide.library)
            if choice is None:
                raise Refused("malformed")
            answers = await self.turns.choice(agent, conversation, choice)
        else:
            answers = await self.turns.message(agent, conversation, incoming.message)
        return response.json([{**answer, "recipient_id": incoming.sender} for answer in answers])

    async def report_health(self, request: Request) -> HTTPResponse:
        failing = await self.health.failing_part(request.app.ctx.agent)
        return response.json({"status": "failing", "part": failing} if failing else {"status": "ok"}, 503 if failing else 200)

    async def page(self, request: Request) -> HTTPResponse:
        if not request.path.endswith("/"):
            return response.redirect(f"{request.path}/")  # the page's own addresses are relative to it
        return await self.file(request, "index.html")

    async def file(self, request: Request, name: str) -> HTTPResponse:
        """A file of the chat. It is the same for everyone, so a browser may keep it and ask whether it is still good."""
        found = self.files.get(name)
        if found is None:
            raise NotFound(name)
        known, encodings = (request.headers.get(header, "") for header in ("if-none-match", "accept-encoding"))
        status, body, headers = found.answer(known, encodings)
        return response.raw(body, status, headers, found.content_type)

    async def _refuse_other_pages(self, request: Request) -> HTTPResponse | None:
        admitted = self.origins.admits(request.headers.get("origin"), request.headers.get("host", ""))
        return None if admitted else self._refuse(Refused("origin"))

    async def _add_headers(self, request: Request, reply: HTTPResponse) -> None:
        allowed = self.origins.headers(request.headers.get("origin"))
        own = dict(reply.headers)
        reply.headers.update({**HEADERS, "Content-Security-Policy": self.origins.policy, **allowed, **own})

    def _greeting(self, reader: Reader) -> list[dict[str, Any]]:
        return [self.guide.notice(f"fixed/{name}", reader).as_dict() for name in ("greeting", "consent")]

    def _opened(self, token: str | None) -> tuple[str, str]:
        conversation = self.sessions.conversation(token)
        if conversation is None:
            raise Refused("token")
        assert token
        return token, conversation

    def _refuse(self, refused: Refused, status: int | None = None) -> HTTPResponse:
        """The error in plain words with the emergency line; what sounds like an emergency gets its advice even here."""
        notice = self.guide.notice(f"errors/{refused.code}", Reader())
        answer: dict[str, Any] = {"error": refused.code, "text": notice.text}
        alarm = sounds_like_alarm(refused.text) if refused.text else None
        if alarm:
            advice = self.guide.alarm(alarm.level.value, alarm.category.value, Reader(), alarm.language).as_dict()
            answer.update(text=f"{advice['text']}\n\n{notice.text}", messages=[advice])
        return response.json(answer, status or refused.status)


def _typed(request: Request) -> str:
    """What a request that failed had typed, so that an emergency is answered even then."""
    try:
        return read_incoming(request.body, request.content_type).message
    except Refused as refused:
        return refused.text


def _agent(request: Request) -> Agent:
    return request.app.ctx.agent


def _refusal_of(error: SanicException) -> Refused:
    return Refused({413: "too_long"}.get(error.status_code, "malformed" if error.status_code < 500 else "failed"))


async def _preflight(request: Request) -> HTTPResponse:
    """Browsers ask before a page of another origin posts JSON; what it may do stands in the headers of every answer."""
    return response.empty()
