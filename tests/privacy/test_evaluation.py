"""Masking keeps what it reached on the open half of messages by authors who saw neither rules nor training data."""

from __future__ import annotations

import pytest

from tools.evaluate_masking import HARMED, IDENTIFIERS, NAMES, counts, read

# Counted on 2026-11-21 and eased by three strings. A floor only goes up.
LEAST = {IDENTIFIERS: 66, NAMES: 137}
MOST_HARMED = 5


@pytest.fixture(scope="module")
def table():
    return counts(read("open"))[0]


@pytest.mark.parametrize("measure", LEAST)
def test_as_much_is_masked_as_before(table, measure):
    assert table[measure].held >= LEAST[measure]


def test_no_more_clinical_words_are_harmed_than_before(table):
    assert table[HARMED].held <= MOST_HARMED


def test_kinds_that_do_not_go_with_what_is_hidden_are_refused(tmp_path):
    (tmp_path / "m.yml").write_text("- {text: Anna, hide: [Anna], kinds: []}\n")
    with pytest.raises(ValueError, match="item 1 needs one kind"):
        read(str(tmp_path / "m.yml"))
