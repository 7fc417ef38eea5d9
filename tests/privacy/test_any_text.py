"""Whatever is typed: masking gives a text back, hides what it is sure of, and takes nothing twice."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.privacy import mask

PIECES = st.sampled_from(
    ["dob", "mrn", "12", "/", "03", "2015", " ", ",", ".", "call", "0412 345 678", "a@b.co", "street", "Oak", "[name]", "[", "]", "born on", "\n",
     "Anna", "will", "may", "mg", "5.4", "SW1A 1AA", "policy", "@", "www.", "'s", "\u2019", "-", "\ud800", "\x00", "\u202e", "😭", "0", "٣"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join), st.lists(PIECES, max_size=40).map(" ".join))
)
@example("A//0")
def test_any_text_is_taken(text):
    assert isinstance(mask(text), str)


@settings(max_examples=100, deadline=None)
@given(
    st.text(st.characters(codec="utf-8", categories=["L", "Zs"]), max_size=40),
    st.text(st.characters(codec="utf-8", categories=["L", "Zs"]), max_size=40),
)
def test_an_identifier_is_hidden_whatever_stands_around_it(before, behind):
    masked = mask(f"{before} . anna.canary@example.org . +61 412 345 678 . MRN 7654321 . {behind}")
    assert "canary" not in masked
    assert "345" not in masked
    assert "7654321" not in masked


@pytest.mark.parametrize("text", ["a" * 2000, "Anna " * 400, "my son Liam and " * 125, "ANNA" * 500, "\ud800Liam" * 300])
def test_long_texts_are_taken(text):
    assert isinstance(mask(text), str)
