"""What the channel gives Rasa with a message (the last topic, the alarm, its language), and what it does without Rasa."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.knowledge import ContentPolicy, Library
from bot.rasa_ext.alarm_detector import ALARM
from bot.rasa_ext.conversations import RECENT, Said, is_erased, last_said
from bot.rasa_ext.intents import parse_data
from bot.rasa_ext.lock_store import ConversationLocks
from bot.rasa_ext.topic_classifier import LAST_TOPIC
from bot.rasa_ext.tracker_store import ConversationStore
from bot.rasa_ext.turns import HIDDEN, Turns, hear
from bot.reply import Guide
from bot.reply.choices import resolve
from bot.reply.message import LAST_NOTICE
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
DOMAIN = Domain.load(str(ROOT / "domain.yml"))
GUIDE = Guide(Library.load(), ContentPolicy.preview)
TURNS = Turns(GUIDE, Settings())
FAMILY = "family"


class Agent:
    """Has a tracker store, understands every message as ``intent`` and answers it with the same text."""

    def __init__(self, store: Any, intent: str = "ask_aml/what", language: str | None = None) -> None:
        self.tracker_store, self.messages, self.read = store, list[UserMessage](), list[UserMessage]()
        self.intent, self.entities = intent, [{"entity": "language", "value": language}] if language else []
        self.lock_store = ConversationLocks()
        self.processor = self

    async def parse_message(self, message: UserMessage) -> dict[str, Any]:
        assert message.parse_data is None
        self.read.append(message)
        return parse_data(message.text or "", self.intent, entities=self.entities)

    async def handle_message(self, message: UserMessage) -> None:
        self.messages.append(message)
        await message.output_channel.send_response(FAMILY, {"text": "answered", "custom": {"kind": "emergency"}})  # type: ignore[union-attr]


@pytest.fixture(params=["sqlite", "memory"])
def store(request, tmp_path):
    made: TrackerStore
    if request.param == "memory":
        made = InMemoryTrackerStore(DOMAIN)
        yield made
        return
    made = ConversationStore(domain=DOMAIN, db=str(tmp_path / "conversations.db"))
    yield made
    made.engine.dispose()


async def say(agent: Any, text: str, turns: Turns = TURNS) -> list[dict[str, Any]]:
    """What is answered to the family's message."""
    return await turns.message(agent, FAMILY, await hear(agent, FAMILY, text))


async def keep(store: TrackerStore, *events: Any, conversation: str = FAMILY) -> None:
    tracker = await store.get_or_create_tracker(conversation)
    for event in events:
        tracker.update(event, DOMAIN)
    await store.save(tracker)


# The last topic


@pytest.mark.parametrize(
    ("changes", "topic"),
    [
        ([], None),
        ([("place", "AU")], None),
        ([("topic", "aml/what"), ("part", None), ("candidates", ["aml/size"])], "aml/what"),
        ([("topic", "aml/what"), ("topic", "mtor/stopping"), ("part", "what_helps")], "mtor/stopping"),
        ([("topic", "aml/what"), *[("candidates", [])] * (RECENT - 1)], "aml/what"),
        ([("topic", "aml/what"), ("topic", None)], None),
    ],
)
async def test_the_last_topic_is_that_of_the_last_answer(store, changes, topic):
    await keep(store, UserUttered("What is an AML?"), *(SlotSet(name, value) for name, value in changes))
    assert (await last_said(Agent(store), FAMILY)).topic == topic


async def test_the_last_topic_is_that_of_this_conversation_only(store):
    await keep(store, SlotSet("topic", "aml/what"))
    await keep(store, SlotSet("topic", "mtor/stopping"), conversation="another")
    assert (await last_said(Agent(store), FAMILY)).topic == "aml/what"


async def test_the_last_topic_is_still_known_in_a_new_session_that_keeps_the_slots(store):
    await keep(store, SlotSet("topic", "aml/what"), SessionStarted(), SlotSet("topic", "aml/what"), SlotSet("place", "AU"))
    assert (await last_said(Agent(store), FAMILY)).topic == "aml/what"


async def test_a_store_that_cannot_be_read_only_costs_the_last_topic():
    async def broken(conversation: str) -> DialogueStateTracker:
        raise OSError

    agent = Agent(SimpleNamespace(retrieve=broken))
    assert (await last_said(agent, FAMILY)).topic is None
    assert await say(agent, "how common is that?")
    assert agent.messages[0].metadata == {LAST_TOPIC: None, LAST_NOTICE: None, ALARM: None}


async def test_a_typed_message_goes_to_rasa_with_the_last_topic(store):
    await keep(store, SlotSet("topic", "aml/what"))
    agent = Agent(store)
    await say(agent, "how common is that?")
    message = agent.messages[0]
    assert agent.read == [message], "the model reads it once, with all that Rasa gets"
    assert message.parse_data == parse_data("how common is that?", "ask_aml/what")
    assert (message.text, message.metadata) == (
        "how common is that?",
        {LAST_TOPIC: "aml/what", LAST_NOTICE: None, ALARM: None},
    )


REFUSED = BotUttered("I cannot say that.", {"custom": {"kind": "refusal", "notice": "refuse/dose"}})
SHOWN = BotUttered("An AML is ...", {"custom": {"kind": "answer", "topic": "aml/what"}})


@pytest.mark.parametrize(
    ("said", "notice"),
    [
        ([], None),
        ([REFUSED], "refuse/dose"),
        ([SHOWN, REFUSED], "refuse/dose"),
        ([REFUSED, SHOWN], None),
        ([REFUSED, SessionStarted(), SlotSet("topic", "aml/what")], "refuse/dose"),
    ],
)
async def test_a_typed_message_goes_to_rasa_with_the_notice_that_it_follows(store, said, notice):
    await keep(store, UserUttered("How much should he take?"), *said)
    agent = Agent(store)
    await say(agent, "and with food?")
    assert agent.messages[0].metadata[LAST_NOTICE] == notice


# The alarm and its language


@pytest.mark.parametrize(
    ("text", "intent", "language"),
    [
        ("there is blood in his urine", "red_flag/bleeding", []),
        ("hay sangre en la orina de mi hijo", "red_flag/bleeding", [{"entity": "language", "value": "es"}]),
    ],
)
async def test_an_alarm_goes_to_rasa_already_understood_and_with_its_language(store, text, intent, language):
    agent = Agent(store)
    await say(agent, text)
    parsed = agent.messages[0].parse_data
    assert parsed["intent"]["full_retrieval_intent_name"] == intent
    assert parsed["entities"] == language


async def test_the_advice_that_rasa_did_not_give_is_in_the_familys_language_too(store):
    agent = Agent(store)

    async def silent(message: UserMessage) -> None:
        agent.messages.append(message)

    agent.handle_message = silent  # type: ignore[method-assign]
    answers = await say(agent, "hay sangre en la orina de mi hijo")
    assert answers[0]["text"].startswith("Esto parece una emergencia.")
    assert answers[0]["custom"]["kind"] == "emergency"


async def test_what_the_rules_call_urgent_is_read_by_the_model_too(store):
    agent = Agent(store)
    await say(agent, "he has a temperature of 38.4 on everolimus but is playing")
    assert agent.read == agent.messages
    assert agent.read[0].metadata == {LAST_TOPIC: None, LAST_NOTICE: None, ALARM: "urgent/infection"}


# Broken parts


async def raises(*arguments: Any) -> None:
    raise RuntimeError("broken")


async def silent(message: UserMessage) -> None:
    """As Rasa is without the action server."""


UNKNOWN_TO_THE_RULES = "a message in words that no rule knows"


@pytest.mark.parametrize(
    ("text", "intent", "notice"),
    [
        (UNKNOWN_TO_THE_RULES, "red_flag/bleeding", "emergency/bleeding"),
        (UNKNOWN_TO_THE_RULES, "urgent/infection", "urgent/infection"),
        (UNKNOWN_TO_THE_RULES, "ask_aml/what", "fixed/not_available"),
        ("he has a temperature of 38.4 on everolimus but is playing", "red_flag/seizure", "emergency/seizure"),
        ("he has a temperature of 38.4 on everolimus but is playing", "urgent/bleeding", "urgent/infection"),
        ("he has a temperature of 38.4 on everolimus but is playing", "ask_aml/what", "urgent/infection"),
    ],
)
@pytest.mark.parametrize("rasa", [silent, raises])
async def test_an_alarm_that_only_the_model_finds_is_answered_without_rasas_turn(store, text, intent, notice, rasa):
    agent = Agent(store, intent)
    agent.handle_message = rasa  # type: ignore[method-assign]
    assert (await say(agent, text))[0]["custom"]["notice"] == notice


async def test_it_is_answered_in_the_language_that_the_model_found(store):
    agent = Agent(store, "red_flag/bleeding", "es")
    agent.handle_message = silent  # type: ignore[method-assign]
    assert (await say(agent, UNKNOWN_TO_THE_RULES))[0]["custom"]["languages"] == ["es"]


async def test_an_alarm_that_only_the_model_finds_waits_no_longer_for_rasa_than_any_alarm(store):
    async def slow(message: UserMessage) -> None:
        await asyncio.sleep(10)

    turns = Turns(GUIDE, Settings(web_alarm_seconds=0.1, web_turn_seconds=10))
    agent = Agent(store, "red_flag/bleeding")
    agent.handle_message = slow  # type: ignore[method-assign]
    began = time.monotonic()
    assert (await say(agent, UNKNOWN_TO_THE_RULES, turns))[0]["custom"]["notice"] == "emergency/bleeding"
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("text", "notice"), [("there is blood in her urine", "emergency/bleeding"), ("What is an AML?", "fixed/not_available")]
)
async def test_a_model_that_fails_silences_no_alarm_and_no_message(store, text, notice):
    agent = Agent(store)
    agent.parse_message, agent.handle_message = raises, silent  # type: ignore[method-assign]
    assert (await say(agent, text))[0]["custom"]["notice"] == notice


async def test_an_alarm_whose_conversation_is_held_is_answered_at_once_and_remembered_later(store, monkeypatch):
    monkeypatch.setattr("bot.rasa_ext.turns.STORED_AT_ONCE", 0.05)
    agent = Agent(store)
    agent.handle_message = silent  # type: ignore[method-assign]
    async with agent.lock_store.lock(FAMILY):
        began = time.monotonic()
        assert (await say(agent, "there is blood in her urine"))[0]["custom"]["kind"] == "emergency"
        assert time.monotonic() - began < 0.5
        await asyncio.sleep(max(0.0, began + 1.1 - time.monotonic()))
        assert await last_said(agent, FAMILY) == Said()
    await TURNS.finish()
    assert (await last_said(agent, FAMILY)).messages == ("there is blood in her urine",)
    assert (await store.retrieve(FAMILY)).get_slot("alarm") == "emergency"


async def test_when_rasa_raises_an_alarm_is_answered_and_nothing_else_is_silent(store, counted):
    agent = Agent(store)
    agent.handle_message = raises  # type: ignore[method-assign]
    answers = await say(agent, "there is blood in his urine")
    assert answers[0]["custom"]["notice"] == "emergency/bleeding"
    answers = await say(agent, "What is an AML?")
    assert answers[0]["custom"]["notice"] == "fixed/not_available"
    assert counted("guide_failures_total")["turn"] == 2


async def test_a_turn_that_rasa_leaves_without_an_answer_is_a_failure_and_an_answered_one_is_none(store, counted):
    """Rasa only logs it when the action server is away."""
    agent = Agent(store)
    await say(agent, "What is an AML?")
    assert "turn" not in counted("guide_failures_total")
    agent.handle_message = silent  # type: ignore[method-assign]
    await say(agent, "What is an AML?")
    assert counted("guide_failures_total")["turn"] == 1


async def test_a_store_that_can_be_neither_read_nor_written_is_counted_each_time(counted):
    async def broken(*arguments: Any, **options: Any) -> None:
        raise OSError

    agent = Agent(SimpleNamespace(retrieve=broken))
    await last_said(agent, FAMILY)
    assert counted("guide_failures_total") == {"tracker_store": 1}
    await is_erased(agent, FAMILY)
    assert counted("guide_failures_total") == {"tracker_store": 2}
    agent.handle_message = broken  # type: ignore[method-assign]
    await say(agent, "What is an AML?")  # cannot see what was said, nor store what was missing
    assert counted("guide_failures_total") == {"tracker_store": 4, "turn": 1}


async def test_a_fault_in_triage_leaves_the_rest_of_the_answer(store, monkeypatch, caplog, counted):
    def broken(text: str, *_: Any, **__: Any) -> None:
        raise ValueError(text)

    monkeypatch.setattr("bot.triage.assess", broken)
    agent = Agent(store)
    answers = await say(agent, "my secret words")
    assert [answer["text"] for answer in answers] == ["answered"]
    assert "triage failed: ValueError" in caplog.text
    assert counted("guide_failures_total")["triage"] == 1
    assert "secret" not in caplog.text


async def test_a_fault_in_masking_stores_nothing_as_typed_and_silences_no_alarm(store, monkeypatch, caplog, counted):
    def broken(text: str) -> str:
        raise ValueError(text)

    monkeypatch.setattr("bot.rasa_ext.turns.mask", broken)
    agent = Agent(store)
    for text, intent in (("there is blood in Mia's urine", "red_flag"), ("my secret words", "nlu_fallback")):
        await say(agent, text)
        assert (agent.messages[-1].text, agent.messages[-1].parse_data["intent"]["name"]) == (HIDDEN, intent)
    assert "masking failed: ValueError" in caplog.text
    assert counted("guide_failures_total")["masking"] == 2
    assert "secret" not in caplog.text


# The one question of an urgent advice


ASKED = {"text": "Call your team.", "data": {"custom": {"kind": "urgent", "question": "infection"}}}
ANSWERED = {"text": "An AML is ...", "data": {"custom": {"kind": "answer"}}}


@pytest.mark.parametrize(("said", "question"), [([], None), ([ASKED], "infection"), ([ASKED, ANSWERED], None)])
async def test_a_question_is_open_until_the_next_answer(store, said, question):
    await keep(store, UserUttered("38.4 on everolimus"), *(BotUttered(one["text"], one["data"]) for one in said))
    assert (await last_said(Agent(store), FAMILY)).question == question


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("yes", "red_flag/infection"),
        ("yes, there is blood in her urine", "red_flag/bleeding"),  # an emergency that is told stays what it is
        ("no", "not_worse"),
        ("no but she has blood in her urine", "red_flag/bleeding"),
    ],
)
async def test_yes_to_the_question_is_an_emergency_and_no_takes_no_alarm_away(store, text, intent):
    await keep(store, UserUttered("38.4 on everolimus"), BotUttered(ASKED["text"], ASKED["data"]))
    agent = Agent(store)
    await say(agent, text)
    parsed = agent.messages[0].parse_data["intent"]
    assert parsed.get("full_retrieval_intent_name", parsed["name"]) == intent


LOOK = {"text": "Please look again.", "data": {"custom": {"kind": "notice", "notice": "still/look_again"}}}


@pytest.mark.parametrize(
    ("before", "text", "taken"),
    [
        (LOOK, "Nobody needs help now", True),
        (LOOK, "no one needs any help, thanks", True),
        (LOOK, "nobody needs help now, he needs an ambulance", False),
        (LOOK, "nobody needs help but there is blood in her urine", False),
        (ANSWERED, "Nobody needs help now", False),
    ],
)
async def test_what_stands_on_the_button_may_be_typed_where_it_is_offered(store, before, text, taken):
    await keep(store, UserUttered("false alarm"), BotUttered(before["text"], before["data"]))
    agent = Agent(store)
    await say(agent, text)
    parsed = agent.messages[0].parse_data or {"intent": {"name": ""}}
    assert (parsed["intent"]["name"] == "no_emergency") is taken


URGENT = "her side aches a little since yesterday"


async def test_what_is_left_to_the_model_is_raised_by_the_rules_when_there_is_no_answer(store):
    async def silent(message: UserMessage) -> None:
        agent.messages.append(message)

    agent = Agent(store)
    assert [one["text"] for one in await say(agent, URGENT)] == ["answered"]
    assert agent.messages[-1].metadata[ALARM] is None
    agent.handle_message = silent  # type: ignore[method-assign]
    assert [one["custom"]["kind"] for one in await say(agent, URGENT)] == ["urgent"]
    assert [one["custom"]["notice"] for one in await say(agent, "What is an AML?")] == ["fixed/not_available"]


async def test_what_is_left_to_the_model_is_raised_by_the_rules_when_it_cannot_see_the_message(store, monkeypatch):
    def broken(text: str) -> str:
        raise ValueError(text)

    monkeypatch.setattr("bot.rasa_ext.turns.mask", broken)
    agent = Agent(store)
    await say(agent, URGENT)
    assert agent.messages[0].metadata[ALARM] == "urgent/bleeding"


async def test_a_no_with_an_urgent_sign_is_urgent_whatever_the_model_makes_of_it(store):
    await keep(store, UserUttered("38.4 on everolimus"), BotUttered(ASKED["text"], ASKED["data"]))
    agent = Agent(store)
    await say(agent, f"no, but {URGENT}")
    assert agent.messages[0].metadata[ALARM] == "urgent/bleeding"


async def test_without_an_open_question_yes_and_no_are_read_like_any_message(store):
    agent = Agent(store)
    for text in ("yes", "no"):
        await say(agent, text)
    assert [message.text for message in agent.read] == ["yes", "no"]


async def test_the_advice_for_a_pressed_yes_does_not_depend_on_rasa(store):
    agent = Agent(store)

    async def silent(message: UserMessage) -> None:
        agent.messages.append(message)

    agent.handle_message = silent  # type: ignore[method-assign]
    answers = await TURNS.choice(agent, FAMILY, resolve("worse:bleeding", GUIDE.library))
    assert answers[0]["custom"]["notice"] == "emergency/bleeding"


# Pressed buttons


PRESSED = "Infections and fever: When to call"


def pressed(text: str) -> UserUttered:
    return UserUttered(text, parse_data=parse_data(text, "follow_up/more", entities=[{"entity": "choice", "value": "more"}]))


async def test_the_words_of_pressed_buttons_are_not_those_of_the_family(store):
    typed = [UserUttered(text, entities=[{"entity": "medicine", "value": "everolimus"}]) for text in ("one", "two", "three")]
    await keep(store, *typed, pressed("yes"), pressed("no"), pressed(PRESSED))
    assert (await last_said(Agent(store), FAMILY)).messages == ("one", "two", "three")


async def test_a_pressed_button_makes_no_emergency_of_what_follows(store):
    await keep(store, pressed(PRESSED))
    assert (await hear(Agent(store), FAMILY, "He is a bit drowsy from his epilepsy medicine")).alarm is None


@pytest.mark.parametrize(
    ("choice_id", "intent"),
    [
        ("not_meant", "follow_up/not_meant"),
        ("areas", "browse"),
        ("area:aml", "browse"),
        ("topic:aml/what", "ask_aml/what"),
    ],
)
async def test_a_pressed_button_goes_to_rasa_already_understood(store, choice_id, intent):
    agent = Agent(store)
    await TURNS.choice(agent, FAMILY, resolve(choice_id, GUIDE.library))
    parsed = agent.messages[0].parse_data
    assert parsed["intent"].get("full_retrieval_intent_name", parsed["intent"]["name"]) == intent
    assert parsed["entities"] == [{"entity": "choice", "value": choice_id}]
