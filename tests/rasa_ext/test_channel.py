"""What the web channel counts of requests, turns and failures, and what a refused request gets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sanic.exceptions import NotFound

from bot.rasa_ext import channel as module
from bot.rasa_ext.channel import WebChannel
from bot.rasa_ext.intents import parse_data
from bot.rasa_ext.whole_server import WholeServer
from bot.settings import Settings
from bot.web.incoming import STATUS, Refused
from bot.web.waiting import WaitingRoom

ALARM = "there is blood in her urine"


@pytest.fixture
def channel(tmp_path, monkeypatch) -> Iterator[WebChannel]:
    for name in Settings.__fields__:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("VAR", str(tmp_path))
    # Both change the whole process.
    monkeypatch.setattr(module.logs, "protect", lambda: None)
    monkeypatch.setattr(module.faster_rasa, "apply", lambda: None)
    return WebChannel()


class Agent:
    """Answers with ``kind``; has no conversations."""

    def __init__(self, **custom: str) -> None:
        self.custom = custom
        self.tracker_store = SimpleNamespace(retrieve=self._nothing)
        self.processor = self

    async def parse_message(self, message: Any) -> dict[str, Any]:
        return parse_data(message.text, "ask_aml/what")

    async def _nothing(self, conversation: str) -> None:
        return None

    async def handle_message(self, message: Any) -> None:
        await message.output_channel.send_response("", {"text": "answered", "custom": self.custom})


def request(channel: WebChannel, text: str, agent: Agent, **changed: object) -> Any:
    body = {"sender": channel.sessions.issue()[0], "message": text, **changed}
    return SimpleNamespace(
        body=json.dumps(body).encode(), content_type="application/json", ip="127.0.0.1",
        headers=SimpleNamespace(getall=lambda name, default: default), app=SimpleNamespace(ctx=SimpleNamespace(agent=agent)),
    )  # fmt: skip


def handlers(channel: WebChannel) -> dict[str, Any]:
    """The handlers as the server calls them, by name."""
    return {route.handler.__name__: route.handler for route in channel.blueprint(None)._future_routes}  # type: ignore[arg-type]


async def send(channel: WebChannel, text: str, agent: Agent, **changed: object) -> Any:
    return await handlers(channel)["receive"](request(channel, text, agent, **changed))


async def test_a_turn_is_counted_and_timed(channel, counted):
    assert (await send(channel, "what is an aml", Agent(kind="answer"))).status == 200
    assert counted("guide_turns_total") == {"answer": 1}
    assert counted("guide_turn_seconds_count") == {"": 1}
    assert counted("guide_alarms_total") == counted("guide_refused_total") == counted("guide_waiting") == {}


async def test_an_emergency_is_counted_with_what_for(channel, counted):
    await send(channel, ALARM, Agent(kind="emergency", category="bleeding"))
    assert counted("guide_turns_total") == {"emergency": 1}
    assert counted("guide_alarms_total") == {"emergency bleeding": 1}


async def test_advice_that_the_channel_makes_itself_counts_as_well(channel, counted):
    await send(channel, ALARM, Agent(kind="answer"))
    assert counted("guide_turns_total") == {"emergency": 1}
    assert counted("guide_alarms_total") == {"emergency bleeding": 1}


async def test_turns_in_work_are_counted_while_they_are(channel, counted):
    go_on = asyncio.Event()
    agent = Agent(kind="answer")
    answer_at_once = agent.handle_message

    async def answer_later(message: Any) -> None:
        await go_on.wait()
        await answer_at_once(message)

    agent.handle_message = answer_later  # type: ignore[method-assign]
    turns = [asyncio.create_task(send(channel, "what is an aml", agent)) for _ in range(3)]
    while counted("guide_waiting") != {"": 3}:
        await asyncio.sleep(0.01)
    go_on.set()
    await asyncio.gather(*turns)
    assert counted("guide_waiting") == {}
    assert counted("guide_turns_total") == {"answer": 3}


@pytest.mark.parametrize("code", STATUS)
def test_a_refusal_is_counted_by_its_code(channel, counted, code):
    channel._refuse(Refused(code))
    assert counted("guide_refused_total") == {code: 1}
    assert counted("guide_alarms_total") == {}


def test_advice_in_a_refusal_is_an_alarm_but_no_turn(channel, counted):
    channel._refuse(Refused("too_fast", ALARM))
    assert counted("guide_alarms_total") == {"emergency bleeding": 1}
    assert counted("guide_turns_total") == {}


async def test_a_refused_message_counts_once_and_is_no_turn(channel, counted):
    assert (await send(channel, ALARM, Agent(), sender="forged")).status == 401
    assert counted("guide_refused_total") == {"token": 1}
    assert counted("guide_turns_total") == counted("guide_turn_seconds_count") == {}


async def press(channel: WebChannel, choice: str, **changed: object) -> dict[str, Any]:
    """What the press of a button is answered with, when that is refused."""
    answer = await handlers(channel)["receive"](request(channel, "", Agent(), message=None, choice=choice, **changed))
    return dict(json.loads(answer.body))


@pytest.fixture(params=["token", "too_fast", "failed"])
def refuses(request, channel, monkeypatch) -> dict[str, object]:
    """The channel refuses whatever comes; what has to be changed in a request for it."""
    if request.param == "too_fast":
        monkeypatch.setattr(channel.limiter, "admits", no)
    if request.param == "failed":
        monkeypatch.setattr(channel.limiter, "admits", None)
    return {"sender": "expired"} if request.param == "token" else {}


async def no(*_: object) -> bool:
    return False


async def test_a_refused_yes_to_the_question_of_an_urgent_advice_gets_the_advice(channel, counted, refuses):
    answer = await press(channel, "worse:bleeding", **refuses)
    assert [one["custom"]["notice"] for one in answer["messages"]] == ["emergency/bleeding"]
    assert answer["text"].startswith(answer["messages"][0]["text"])
    assert counted("guide_alarms_total") == {"emergency bleeding": 1}


@pytest.mark.parametrize("choice", ["not_worse", "topic:aml/what", "worse:nothing", "x" * 3000])
async def test_another_refused_button_gets_the_error_alone(channel, counted, refuses, choice):
    assert "messages" not in await press(channel, choice, **refuses)
    assert counted("guide_alarms_total") == {}


async def test_a_message_without_a_place_is_refused_and_timed(channel, counted):
    channel.waiting = WaitingRoom(0, 0.0)
    assert (await send(channel, "what is an aml", Agent())).status == 429
    assert counted("guide_refused_total") == {"too_fast": 1}
    assert counted("guide_turn_seconds_count") == {"": 1}
    assert counted("guide_waiting") == counted("guide_turns_total") == {}


async def test_a_handler_that_fails_is_counted(channel, counted, monkeypatch, caplog):
    monkeypatch.setattr(channel.limiter, "admits", None)
    assert (await send(channel, "my secret words", Agent())).status == 500
    assert counted("guide_failures_total") == {"handler": 1}
    assert counted("guide_refused_total") == {"failed": 1}
    assert "receive failed: TypeError" in caplog.text
    assert "secret" not in caplog.text


async def test_what_is_not_found_is_left_to_the_server(channel, counted):
    with pytest.raises(NotFound):
        await handlers(channel)["file"](SimpleNamespace(headers={}), name="nothing.js")
    assert counted("guide_failures_total") == {}


def test_a_fault_of_the_server_is_counted_and_what_is_no_http_is_not(channel, counted):
    server = WholeServer(channel.origins, channel._refuse)
    server._answer_fault(SimpleNamespace(method="NONE"), ValueError())  # type: ignore[arg-type]
    assert counted("guide_failures_total") == {}
    server._answer_fault(SimpleNamespace(method="GET"), ValueError())  # type: ignore[arg-type]
    assert counted("guide_failures_total") == {"handler": 1}
    assert counted("guide_refused_total") == {"malformed": 1, "failed": 1}
