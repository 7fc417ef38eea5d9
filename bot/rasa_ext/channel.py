"""The web channel: the only way in. Sessions, messages, health and the chat page; contract in docs/architecture.md."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from limits import RateLimitItem
from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.exceptions import NotFound, SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import logs, privacy, triage
from bot.knowledge import Audience
from bot.metrics import METRICS, Part
from bot.rasa_ext import conversations, faster_rasa
from bot.rasa_ext.catching_up import CatchingUp
from bot.rasa_ext.health import Health
from bot.rasa_ext.retention import Retention
from bot.rasa_ext.turns import CHANNEL, Turns, emergency_of, hear, sounds_like_alarm
from bot.rasa_ext.watch import Watch
from bot.rasa_ext.whole_server import WholeServer
from bot.reply import Guide, Reader
from bot.reply.choices import Choice, resolve
from bot.settings import Settings, read_limit
from bot.web import addresses, widget_files
from bot.web.history import BOT
from bot.web.incoming import Refused, read_incoming, read_object
from bot.web.limiting import Limiter
from bot.web.origins import Origins
from bot.web.sessions import Sessions, read_or_make_secret
from bot.web.waiting import NoPlace, WaitingRoom

LOOKED_AT = 20_000
"""Characters of a refused text that triage looks at, for about a tenth of a second at most."""
logger = logging.getLogger(__name__)
Handler = Callable[..., Awaitable[HTTPResponse]]


class WebChannel(InputChannel):
    """Loads all texts and rules when Rasa makes it: what is wrong in a file stops the start."""

    def __init__(self) -> None:
        logs.protect()
        faster_rasa.apply()
        self.settings = settings = Settings.read()
        triage.load()
        privacy.load()
        self.guide = Guide.load(settings.content_policy)
        secret = settings.web_secret or read_or_make_secret(settings.var / "secret")
        self.sessions = Sessions(secret, settings.web_session_hours)
        self.turns = Turns(self.guide, settings)
        self.origins = Origins(settings.origins())
        self.files = widget_files.load()
        self.limiter = Limiter(secret, settings.rate_limit_store)
        self.waiting = WaitingRoom()
        self.retention = Retention(settings.retention_days)
        self.catching_up = CatchingUp()
        self.health = Health(self.limiter, self.retention)
        self.watch = Watch(METRICS, self.health, self.guide, settings)
        self.per_session = read_limit(settings.web_rate_limit)
        self.per_address = read_limit(settings.web_address_limit)
        self.sessions_per_address = read_limit(settings.web_session_limit)
        self._proxy_noted = False
        self._under_way = Counter[str]()
        """Turns of each conversation."""

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
        add(self.file, "/static/<name:str>", "GET")
        blueprint.listener("before_server_start")(self._prepare)
        blueprint.listener("after_server_start")(self._begin)
        blueprint.listener("before_server_stop")(self._end)
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
                METRICS.failed(Part.handler)
                return self._refuse(_failed(request))

        blueprint.add_route(guarded, path, methods=[method], name=handler.__name__)

    async def _prepare(self, app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        WholeServer(self.origins, self._refuse).prepare(app, loop)

    async def _begin(self, app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        faster_rasa.settle()
        self.watch.start(app.ctx.agent)
        self.retention.start(app.ctx.agent)
        self.catching_up.start(app.ctx.agent)

    async def _end(self, app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        await self.watch.stop()
        await self.retention.stop()
        await self.catching_up.stop()
        await self.turns.finish()

    async def open_session(self, request: Request) -> HTTPResponse:
        wanted = read_object(request.body, request.content_type or "application/json")
        await self._count(self.sessions_per_address, "session", self._address(request))
        place, audience = str(wanted.get("place")), str(wanted.get("audience"))
        reader = Reader(
            Audience(audience) if audience in Audience.__members__ else Audience.family,
            place if place in self.guide.library.places else None,
        )
        token, expires = self.sessions.issue()
        conversation = self.sessions.conversation(token)
        assert conversation, "a token that was just issued is valid"
        if reader != Reader():
            await conversations.set_reader(_agent(request), conversation, reader)
        return response.json({"sender": token, "expires": expires.isoformat(), "messages": self._greeting(reader)})

    async def show_session(self, request: Request) -> HTTPResponse:
        await self._count(self.per_address, "address", self._address(request))
        token, conversation = self._opened(request.token)
        if await conversations.is_erased(_agent(request), conversation):
            raise Refused("token")
        expires = self.sessions.expires(token)
        shown = [line.as_dict() for line in await conversations.history(_agent(request), conversation)]
        greeting = [{"from": BOT, **message} for message in self._greeting(Reader())]
        return response.json(
            {"sender": token, "expires": expires.isoformat() if expires else None, "messages": greeting + shown}
        )

    async def erase_session(self, request: Request) -> HTTPResponse:
        """A second time it finds nothing and says the same: the answer to the first may have been lost on its way."""
        await self._count(self.per_address, "address", self._address(request))
        _, conversation = self._opened(request.token)
        count = await conversations.erase(_agent(request), conversation)
        if count:
            self.retention.erased()
        await self.limiter.forget(self.per_session, "chat", conversation)
        message = self.guide.notice("fixed/erased", Reader()).as_dict()
        return response.json({"erased": {"conversation_events": count}, "text": message["text"]})

    async def receive(self, request: Request) -> HTTPResponse:
        agent = _agent(request)
        incoming = read_incoming(request.body, request.content_type)
        said = incoming.message, incoming.choice
        await self._count(self.per_address, "address", self._address(request), *said)
        conversation = self.sessions.conversation(incoming.sender)
        if conversation is None or await conversations.is_erased(agent, conversation):
            raise Refused("token", *said)
        await self._count(self.per_session, "chat", conversation, *said)
        choice = resolve(incoming.choice, self.guide.library) if incoming.choice else None
        if incoming.choice and choice is None:
            raise Refused("malformed")
        with METRICS.turn(), self._one_more_turn(conversation) as alone:
            try:
                if choice:
                    answers = await self._take_choice(agent, conversation, choice)
                else:
                    answers = await self._take_message(agent, conversation, incoming.message, alone)
            except NoPlace:
                raise Refused("too_fast", *said) from None
        METRICS.answered(answers)
        return response.json([{**answer, "recipient_id": incoming.sender} for answer in answers])

    @contextlib.contextmanager
    def _one_more_turn(self, conversation: str) -> Iterator[bool]:
        """Says whether no other turn of the conversation is under way."""
        self._under_way[conversation] += 1
        try:
            yield self._under_way[conversation] == 1
        finally:
            self._under_way[conversation] -= 1
            if not self._under_way[conversation]:
                del self._under_way[conversation]

    async def _take_choice(self, agent: Agent, conversation: str, choice: Choice) -> list[dict[str, Any]]:
        async with self.waiting.place(first=emergency_of(choice) is not None):
            return await self.turns.choice(agent, conversation, choice)

    async def _take_message(self, agent: Agent, conversation: str, text: str, alone: bool) -> list[dict[str, Any]]:
        heard = await hear(agent, conversation, text)
        async with self.waiting.place(first=heard.cannot_wait):
            if not alone:  # what was under way may have been answered meanwhile, and be what this message goes on from
                heard = await hear(agent, conversation, text)
            return await self.turns.message(agent, conversation, heard)

    async def report_health(self, request: Request) -> HTTPResponse:
        """Whether a family gets an answer; beside that, warnings of what is wrong without keeping anyone from one."""
        failing, warnings = await self.health.failing_part(_agent(request)), await self.health.warnings()
        found: dict[str, Any] = {"status": "failing", "part": failing} if failing else {"status": "ok"}
        if warnings:
            found["warnings"] = warnings
        return response.json(found, 503 if failing else 200)

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

    async def _count(self, limit: RateLimitItem | None, kind: str, what: str, *said: str) -> None:
        if not await self.limiter.admits(limit, kind, what):
            raise Refused("too_fast", *said)

    def _address(self, request: Request) -> str:
        forwarded = request.headers.getall("x-forwarded-for", [])
        if forwarded and not self.settings.trusted_proxies and not self._proxy_noted:
            self._proxy_noted = True
            logger.warning("requests come through a proxy: set TRUSTED_PROXIES, else all of them count as one address")
        return addresses.client(request.ip, forwarded, self.settings.trusted_proxies)

    def _greeting(self, reader: Reader) -> list[dict[str, Any]]:
        return [self.guide.notice(f"fixed/{name}", reader).as_dict() for name in ("greeting", "consent")]

    def _opened(self, token: str | None) -> tuple[str, str]:
        conversation = self.sessions.conversation(token)
        if conversation is None:
            raise Refused("token")
        assert token
        return token, conversation

    def _refuse(self, refused: Refused, status: int | None = None) -> HTTPResponse:
        """The error in plain words with the emergency line; what tells of an emergency gets its advice even here."""
        METRICS.refused(refused.code)
        notice = self.guide.notice(f"errors/{refused.code}", Reader())
        answer: dict[str, Any] = {"error": refused.code, "text": notice.text}
        alarm = sounds_like_alarm(refused.text[:LOOKED_AT]) if refused.text else self._pressed(refused.choice)
        if alarm:
            advice = self.guide.alarm(alarm.level.value, alarm.category.value, Reader(), alarm.language).as_dict()
            METRICS.advised(advice["custom"]["kind"], alarm.category.value)
            answer.update(text=f"{advice['text']}\n\n{notice.text}", messages=[advice])
        return response.json(answer, status or refused.status)

    def _pressed(self, choice_id: str) -> triage.Alarm | None:
        choice = resolve(choice_id, self.guide.library)
        return emergency_of(choice) if choice else None


def _failed(request: Request) -> Refused:
    """With what the request had typed or pressed, so that an emergency is answered even then."""
    try:
        incoming = read_incoming(request.body, request.content_type)
    except Refused as refused:
        return Refused("failed", refused.text)
    return Refused("failed", incoming.message, incoming.choice)


def _agent(request: Request) -> Agent:
    return request.app.ctx.agent
