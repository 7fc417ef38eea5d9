"""Numbers of its own for each test: else one test would see what another counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.metrics import Metrics
from bot.rasa_ext import channel, conversations, tracker_store, turns, whole_server

Counted = Callable[..., dict[str, float]]
"""Name of a counter -> what was counted, by its labels in one line; what stands at 0 is left out."""


@pytest.fixture(autouse=True)
def _folder_of_its_own(tmp_path, monkeypatch) -> None:
    """What a store keeps on the disk while its database is away stays out of the project's own folder."""
    monkeypatch.setenv("VAR", str(tmp_path / "var"))


@pytest.fixture
def metrics(monkeypatch) -> Metrics:
    made = Metrics()
    for module in (channel, conversations, tracker_store, turns, whole_server):
        monkeypatch.setattr(module, "METRICS", made)
    return made


@pytest.fixture
def counted(metrics: Metrics) -> Counted:
    def read(name: str) -> dict[str, float]:
        samples = [one for family in metrics.registry.collect() for one in family.samples if one.name == name]
        assert samples, f"there is no {name}"
        return {" ".join(one.labels.values()): one.value for one in samples if one.value}

    return read
