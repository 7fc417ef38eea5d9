"""What the guide understands of the open half never falls below what it once reached (floors.yml), and floors only go up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.history import versions
from tools import evaluate

FLOORS = Path(__file__).parents[1] / "evaluation/floors.yml"
Floors = dict[str, dict[str, Any]]
MEASURES = {measure.name: measure for measure in evaluate.MEASURES}


def floors() -> Floors:
    found: Floors = yaml.safe_load(FLOORS.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def reached(guide) -> dict[str, tuple[int, int]]:
    with evaluate.guides(1) as another:
        return evaluate.counts(evaluate.results([guide.url, *another], "open"))


def test_every_measure_has_a_floor():
    assert list(floors()) == list(MEASURES)


@pytest.mark.parametrize("name", list(MEASURES))
def test_the_open_half_stays_at_its_floor_or_above(reached, name):
    held, count = reached[name]
    floor = floors()[name]
    if "of" in floor:
        assert count == floor["of"], f"{name}: the set has {count} messages now, not {floor['of']}; write a new floor"
    if MEASURES[name].good:
        assert held / count >= floor["least"], f"{name}: {held} of {count}, the floor is {floor['least']:.1%}"
    else:
        assert held / count <= floor["most"], f"{name}: {held} of {count}, at most {floor['most']:.1%} are allowed"


def test_floors_only_go_up():
    now = floors()
    for before in map(yaml.safe_load, versions(FLOORS)):
        for name, floor in before.items():
            if name in now and now[name].get("of") == floor.get("of"):
                assert now[name].get("least", 0) >= floor.get("least", 0), name
                assert now[name].get("most", 0) <= floor.get("most", 0), name
