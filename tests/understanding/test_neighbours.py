"""The nearest examples are found among a few that come near by their first numbers: that must not lose any that matters."""

from __future__ import annotations

import numpy as np
import pytest

from bot.understanding.encoder import Encoder
from bot.understanding.examples import read_examples
from bot.understanding.neighbours import SHORTLIST, Neighbours

COUNT = 20


def test_of_real_messages_hardly_any_is_lost_and_never_the_nearest():
    texts = [text for _, text in read_examples()]
    asked, known = texts[::200], [text for number, text in enumerate(texts[:20_000]) if number % 200 and number % 4 == 1]
    assert len(known) > 5 * SHORTLIST
    encoder = Encoder()
    vectors, examples = encoder.vectors(asked), encoder.vectors(known)
    neighbours = Neighbours.of(examples)
    kept = 0
    for vector in vectors:
        cosines = examples @ vector
        places, found = neighbours.nearest(vector, COUNT)
        assert found.max() == pytest.approx(cosines.max(), abs=2e-3)
        assert found == pytest.approx(cosines[places], abs=2e-3)
        kept += len(set(places.tolist()) & set(np.argsort(cosines)[-COUNT:].tolist()))
    assert kept / (COUNT * len(vectors)) > 0.99


def test_fewer_examples_than_asked_for_are_all_found():
    rows = np.eye(3, 4, dtype=np.float32)
    places, cosines = Neighbours.of(rows).nearest(rows[1], COUNT)
    assert sorted(places.tolist()) == [0, 1, 2]
    assert cosines[places.tolist().index(1)] == pytest.approx(1)
