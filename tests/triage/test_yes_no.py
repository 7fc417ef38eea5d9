"""The answer to the one question that an urgent advice ends with."""

from __future__ import annotations

import time

import pytest

from bot.triage import answer


@pytest.mark.parametrize(
    "text",
    ["yes", "Yes!", "YES she is pale", "yeah", "yep, the first one", "she is", "it does", "i am", "both of them",
     "one of these", "yes i think so", "yes but only a bit", "si", "oui",
     # polite, or about help that does not come
     "Yes, two of them. Thank you", "yes it is happening, thank you", "yes please help, ta", "yes thank you",
     "yes, i called but no one is answering", "yes I called 999", "yes call them", "yes, will do, but he has gone blue",
     "yes i will wait outside, he is blue", "she is, thank you", "it is happening now, thanks", "the first one, thanks",
     # as it is typed in haste
     "yesss", "yessss!!!", "y", "Y.", "ye", "ys", "yh", "yeahhh", "yup", "\U0001f62d yes", "yes :(", "happening now",
     # not only "yes"
     "ok yes", "oh god yes", "well, yes", "umm yes", "i think so", "I'm afraid so", "I\u00b4m afraid so", "sadly yes",
     "definitely", "definitely the first one", "maybe", "probably yes", "I think she is", "yes i do", "yes ill"],
    ids=ascii,
)  # fmt: skip
def test_yes(text):
    assert answer(text) is True


@pytest.mark.parametrize(
    "text",
    ["no", "No.", "nope", "none of these", "no, nothing", "nah all fine", "none", "none of them", "neither", "nothing",
     "not now", "no thanks", "No, luckily", "no, all fine thanks", "none of those, thank god", "noooo!", "luckily no",
     "no, he is fine", "no, none of them, thank you very much", "nothing like that", "non", "nein danke"],
)  # fmt: skip
def test_no(text):
    assert answer(text) is False


@pytest.mark.parametrize(
    "text",
    ["", "no but she is grey", "no pain now, only the fever from before", "yes thank you, will do", "yes I called them",
     "she is not", "it isn't", "what is an AML?", "yesterday it was", "nobody answers", "\ud800", "one more question",
     # begins like a "no"
     "nothing wakes him", "no longer awake", "no breath", "non-responsive", "no movement", "no wee", "no better", "no good",
     "no one answers", "no, not breathing", "nothing helps", "nothing now but blood", "none of them can wake him", "none left",
     "neither arm moves", "nope he is blue", "not awake", "no more", "oh no", "no?", "no \U0001fa78", "not really",
     # a promise and nothing else
     "yes i will call, thank you", "yes, I'll call them now", "yes we'll ring the team today, thanks", "yes i will",
     "ok will do", "yes calling now", "thank you",
     # no answer
     "she is asleep, thanks", "that is good to know, thank you", "i don't think so", "definitely not", "probably nothing",
     "maybe i should call them?", "yellow eyes", "you said so", "correct me if I am wrong"],
    ids=ascii,
)  # fmt: skip
def test_everything_else_is_read_as_a_message(text):
    assert answer(text) is None


@pytest.mark.parametrize(
    "piece", ["y", "ok ", "no ", "no thanks ", "yes thanks ", "yes i will call ", "i think ", ", ", "maybe "]
)
def test_no_answer_takes_long(piece):
    text = (piece * 2000)[:2000]
    started = time.thread_time()
    answer(text + "x")
    assert time.thread_time() - started < 0.25  # seconds; a tenth of it on one core
