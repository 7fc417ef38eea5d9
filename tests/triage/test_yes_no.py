"""The answer to the one question that an urgent advice ends with."""

from __future__ import annotations

import pytest

from bot.triage import answer


@pytest.mark.parametrize(
    "text",
    ["yes", "Yes!", "YES she is pale", "yeah", "yep, the first one", "she is", "it does", "i am", "both of them",
     "one of these", "yes i think so", "yes but only a bit", "si", "oui"],
)  # fmt: skip
def test_yes(text):
    assert answer(text) is True


@pytest.mark.parametrize("text", ["no", "No.", "nope", "none of these", "no, nothing", "nah all fine"])
def test_no(text):
    assert answer(text) is False


@pytest.mark.parametrize(
    "text",
    ["", "no but she is grey", "no pain now, only the fever from before", "yes thank you, will do", "yes I called them",
     "she is not", "it isn't", "what is an AML?", "yesterday it was", "nobody answers", "\ud800", "one more question"],
    ids=ascii,
)  # fmt: skip
def test_everything_else_is_read_as_a_message(text):
    assert answer(text) is None
