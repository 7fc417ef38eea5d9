"""The harness itself: it knows a stored text from an invented one, alters every token, and says when a goal does not hold."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from bot import triage
from bot.knowledge import Audience, ContentPolicy, Library
from bot.reply import Guide, Message, Reader
from bot.web.sessions import Sessions
from faults import __main__ as command
from faults.apart import altered
from faults.commands import intents
from faults.family import ALARMS, canary
from faults.goal import SHORT, Amounts, Finding, Goal
from faults.same_bot import messages
from faults.stored import is_stored

LIBRARY = Library.load()
GUIDE = Guide.load(ContentPolicy.preview)


def everything(reader: Reader) -> Iterator[Message]:
    """What the guide may say, in all shapes."""
    for name, topic in LIBRARY.topics.items():
        yield GUIDE.answer(name, reader)
        for part in topic.parts:
            yield GUIDE.answer(name, reader, part)
            yield GUIDE.answer(name, reader, followed_by=part)
    for name in LIBRARY.notices:
        yield GUIDE.notice(name, reader)
    for level, category, language in (("emergency", "bleeding", "es"), ("urgent", "infection", None)):
        yield GUIDE.alarm(level, category, reader, language, ask=True)
    yield GUIDE.language(["de", "xx"], reader)
    yield GUIDE.unknown(reader, topic="aml/what")
    for alarm in ("emergency", "crisis", "urgent"):
        yield GUIDE.after_alarm(GUIDE.answer("aml/what", reader), alarm, reader)


@pytest.mark.parametrize("reader", [Reader(), Reader(Audience.professional, "AU"), Reader(Audience.easy_read, "DE")])
def test_what_the_guide_says_is_stored_and_a_word_less_or_a_sentence_more_is_not(reader):
    for message in everything(reader):
        shown = message.as_dict()
        text, name = shown["text"], shown["custom"].get("topic") or shown["custom"]["notice"]
        assert is_stored(LIBRARY, shown), name
        assert not is_stored(LIBRARY, {**shown, "text": text.partition(" ")[2]}), name
        middle = text.find("\n\n")
        for place in (0, middle, len(text)):
            invented = f"{text[:place]}\n\nTwo tablets a day will do.\n\n{text[place:]}"
            assert not is_stored(LIBRARY, {**shown, "text": invented}), name
        assert not is_stored(LIBRARY, {**shown, "custom": {"kind": "answer"}}), name


def test_altered_tokens_are_never_tokens_and_mostly_different():
    sessions, chance = Sessions("x" * 32, 1), random.Random(1)
    tokens = [sessions.issue()[0] for _ in range(5)]
    made = [altered(chance, tokens) for _ in range(2000)]
    assert not set(made) & set(tokens)
    assert [token for token in made if sessions.conversation(token)] == []
    assert len(set(made)) > 1000


def test_canaries_are_different_words_without_a_digit():
    made = {canary(number) for number in range(200)}
    assert len(made) == 200
    assert not any(character.isdigit() for text in made for character in text)


def test_messages_are_the_same_in_each_run_and_none_is_asked_twice():
    assert messages(200) == messages(200)
    assert len(set(messages(200))) == 200


def test_intents_of_the_domain_come_first_and_those_below_them_are_there():
    assert "smalltalk" in intents()[:30]
    assert "ask_aml/what" in intents()[30:]


def test_the_alarms_are_alarms():
    assert [text for text in ALARMS if not (alarm := triage.assess(text)) or alarm.level is not triage.Level.emergency] == []


def test_the_short_form_has_less_of_everything():
    assert all(getattr(SHORT, name) < getattr(Amounts(), name) for name in vars(Amounts()))


def test_a_goal_that_raises_or_finds_something_is_told_without_words_that_were_written(capsys):
    def raises(house, amounts):
        raise ValueError("what a family wrote")

    run = command.Run(None, SHORT)
    run.goals([Goal("one", (), raises), Goal("two", (), lambda house, amounts: [Finding(True, "3/3")])])
    shown = capsys.readouterr().out.splitlines()
    assert [finding.holds for finding in run.findings] == [False, True]
    assert shown[0].startswith("FAIL one: ended with ValueError in test_goals.py:")
    assert shown[1].startswith("ok   two: 3/3")
    assert "wrote" not in shown[0]


def test_a_name_of_no_goal_is_refused(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["faults", "everything"])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 2
    assert "never silent" in capsys.readouterr().err
