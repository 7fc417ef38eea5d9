"""What the channel gives Rasa with a message: the last topic, the alarm, its language."""

from __future__ import annotations

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
from bot.rasa_ext.conversations import RECENT, is_erased, last_said
from bot.rasa_ext.topic_classifier import LAST_TOPIC
from bot.rasa_ext.tracker_store import ConversationStore
from bot.rasa_ext.turns import HIDDEN, Turns, hear
from bot.reply import Guide
from bot.reply.choices import resolve
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
DOMAIN = Domain.load(str(ROOT / "domain.yml"))
GUIDE = Guide(Library.load(), ContentPolicy.preview)
TURNS = Turns(GUIDE, Settings())
FAMILY = "family"


class Agent:
    """Has a tracker store, and answers every message with the same text."""

    def __init__(self, store: Any) -> None:
        self.tracker_store, self.messages = store, list[UserMessage]()

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


async def say(agent: Any, text: str) -> list[dict[str, Any]]:
    """What is answered to the family's message."""
    return await TURNS.message(agent, FAMILY, await hear(agent, FAMILY, text))


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
    assert agent.messages[0].metadata == {LAST_TOPIC: None, ALARM: None}


async def test_a_typed_message_goes_to_rasa_with_the_last_topic(store):
    await keep(store, SlotSet("topic", "aml/what"))
    agent = Agent(store)
    await say(agent, "how common is that?")
    message = agent.messages[0]
    assert (message.text, message.parse_data, message.metadata) == (
        "how common is that?",
        None,
        {LAST_TOPIC: "aml/what", ALARM: None},
    )


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
    assert agent.messages[0].parse_data is None
    assert agent.messages[0].metadata == {LAST_TOPIC: None, ALARM: "urgent/infection"}


# Broken parts


async def raises(*arguments: Any) -> None:
    raise RuntimeError("broken")


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

    async def silent(message: UserMessage) -> None:
        pass

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
    assert [message.parse_data for message in agent.messages] == [None, None]


async def test_the_advice_for_a_pressed_yes_does_not_depend_on_rasa(store):
    agent = Agent(store)

    async def silent(message: UserMessage) -> None:
        agent.messages.append(message)

    agent.handle_message = silent  # type: ignore[method-assign]
    answers = await TURNS.choice(agent, FAMILY, resolve("worse:bleeding", GUIDE.library))
    assert answers[0]["custom"]["notice"] == "emergency/bleeding"


# Pressed buttons


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
