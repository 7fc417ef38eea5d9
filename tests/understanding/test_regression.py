"""The regression may learn on from another one, and never knows the messages on which it is judged."""

from __future__ import annotations

import numpy as np
import pytest

from bot.understanding.regression import cross_validate, fit

INTENTS, EACH, WIDTH = ("a/one", "a/two", "b/three"), 60, 16


@pytest.fixture(scope="module")
def messages():
    """Unit vectors around one middle an intent, what the regression sees of them, and their labels."""
    dice = np.random.default_rng(1)
    middles = np.repeat(dice.normal(size=(len(INTENTS), WIDTH)), EACH, axis=0)
    vectors = middles + dice.normal(size=middles.shape)
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return vectors, vectors * 10, np.repeat(INTENTS, EACH)


def test_learning_on_from_most_of_the_messages_ends_where_learning_from_nothing_does(messages):
    _, seen, labels = messages
    start = fit(seen[::2], labels[::2])
    before = start.coef_.copy()
    anew, further = fit(seen, labels), fit(seen, labels, start)
    assert np.abs(anew.predict_proba(seen) - further.predict_proba(seen)).max() < 0.02
    assert np.abs(anew.predict_proba(seen) - start.predict_proba(seen)).max() > 0.02
    assert np.array_equal(start.coef_, before), "the other one stays as it is"


def test_a_regression_that_knows_other_intents_is_no_beginning(messages):
    _, seen, labels = messages
    start = fit(seen[:-EACH], labels[:-EACH])
    further = fit(seen, labels, start)
    assert further.classes_.tolist() == sorted(INTENTS)
    assert np.array_equal(further.coef_, fit(seen, labels).coef_)


def test_how_a_held_out_message_is_read_does_not_depend_on_its_own_label(messages):
    vectors, seen, labels = messages
    held = np.arange(0, len(labels), 5)
    start = fit(np.delete(seen, held, axis=0), np.delete(labels, held))
    mislabelled = labels.copy()
    mislabelled[held[4]] = INTENTS[2]
    true, false = (cross_validate(seen, vectors, marked, held, np.array(INTENTS), start) for marked in (labels, mislabelled))
    assert labels[held[4]] != INTENTS[2]
    assert np.array_equal(true[4].logits, false[4].logits)
    assert not np.array_equal(true[5].logits, false[5].logits), "the others have learned from it"
