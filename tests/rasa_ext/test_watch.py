"""The numbers that no message changes: looked at again and again, on a port that is only open when it is wanted."""

from __future__ import annotations

import asyncio
import socket
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from bot.knowledge import ContentPolicy, Library
from bot.metrics import Metrics, MetricsError
from bot.rasa_ext import watch
from bot.rasa_ext.health import Health
from bot.rasa_ext.watch import Watch
from bot.reply import Guide
from bot.settings import Settings

GUIDE = Guide(Library.load(), ContentPolicy.preview)
WAIT = 10
"""Seconds until something that should happen counts as not happening."""


class Found:
    """Stands for health; a test says what it finds."""

    def __init__(self) -> None:
        self.part: str | None = None
        self.warned: list[str] = []
        self.broken = False

    async def failing_part(self, agent: Any) -> str | None:
        if self.broken:
            raise RuntimeError("canary")
        return self.part

    async def warnings(self) -> list[str]:
        return self.warned


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def found(monkeypatch) -> Found:
    monkeypatch.setattr(watch, "EVERY", 0.02)
    return Found()


def failing(metrics: Metrics) -> set[str]:
    samples = [one for family in metrics.registry.collect() for one in family.samples if one.name == "guide_part_failing"]
    return {one.labels["part"] for one in samples if one.value}


async def until(happened) -> None:
    async def look() -> None:
        while not happened():
            await asyncio.sleep(0.02)

    await asyncio.wait_for(look(), WAIT)


def watching(metrics: Metrics, health: Any, port: int) -> Watch:
    return Watch(metrics, health, GUIDE, Settings(metrics_port=port, metrics_interface="127.0.0.1"))


async def test_what_health_finds_is_shown_and_goes_when_it_is_over(metrics, found, port):
    watched = watching(metrics, found, port)
    watched.start(None)  # type: ignore[arg-type]
    try:
        await until(lambda: metrics.registry.get_sample_value("guide_checked_timestamp_seconds"))
        assert failing(metrics) == set()
        found.part, found.warned = "action_server", ["retention", "rate_limit_store"]
        await until(lambda: failing(metrics) == {"action_server", "retention", "rate_limit_store"})
        found.part, found.warned = None, []
        await until(lambda: failing(metrics) == set())
    finally:
        await watched.stop()


async def test_the_texts_the_policy_and_the_build_are_shown(metrics, found, port):
    watched = watching(metrics, found, port)
    watched.start(None)  # type: ignore[arg-type]
    try:
        await until(lambda: metrics.registry.get_sample_value("guide_checked_timestamp_seconds"))
        shown = await asyncio.to_thread(lambda: httpx.get(f"http://127.0.0.1:{port}/metrics").text)
    finally:
        await watched.stop()
    assert 'guide_content_policy{policy="preview"} 1.0' in shown
    assert f'content="{GUIDE.library.digest()[:12]}"' in shown
    texts = sum(float(line.split()[-1]) for line in shown.splitlines() if line.startswith("guide_texts{"))
    assert texts == len(GUIDE.library.texts()) + len(GUIDE.library.rules)


async def test_after_the_end_nobody_listens_and_nobody_looks(metrics, found, port):
    watched = watching(metrics, found, port)
    watched.start(None)  # type: ignore[arg-type]
    await until(lambda: metrics.registry.get_sample_value("guide_checked_timestamp_seconds"))
    await watched.stop()
    found.part = "model"
    await asyncio.sleep(0.1)
    assert failing(metrics) == set()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


async def test_a_look_that_fails_is_said_and_tried_again(metrics, found, port, caplog):
    found.broken = True
    watched = watching(metrics, found, port)
    watched.start(None)  # type: ignore[arg-type]
    try:
        await until(lambda: "looking after the metrics failed: RuntimeError" in caplog.text)
        assert metrics.registry.get_sample_value("guide_checked_timestamp_seconds") == 0
        found.broken, found.part = False, "model"
        await until(lambda: failing(metrics) == {"model"})
    finally:
        await watched.stop()
    assert "canary" not in caplog.text


async def test_port_0_opens_nothing_and_asks_nothing(metrics, found):
    watched = watching(metrics, found, 0)
    watched.start(None)  # type: ignore[arg-type]
    await asyncio.sleep(0.1)
    await watched.stop()
    assert metrics.registry.get_sample_value("guide_checked_timestamp_seconds") == 0


async def test_a_port_in_use_ends_the_start_with_the_settings_name(metrics, found, caplog):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        watched = watching(metrics, found, other.getsockname()[1])
        with pytest.raises(MetricsError):
            watched.start(None)  # type: ignore[arg-type]
        await watched.stop()
    assert "guide: not started. METRICS_PORT: another program listens" in caplog.text


async def test_a_missing_record_of_the_model_is_unknown(metrics, found, port, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    watched = watching(metrics, found, port)
    watched.start(None)  # type: ignore[arg-type]
    await watched.stop()
    content = GUIDE.library.digest()[:12]
    assert metrics.registry.get_sample_value("guide_build_info", {"model": "unknown", "content": content}) == 1


@pytest.mark.parametrize("reachable", [True, False])
@pytest.mark.parametrize("retention_fails", [True, False])
async def test_health_warns_of_what_keeps_nobody_from_an_answer(reachable, retention_fails):
    async def is_reachable() -> bool:
        return reachable

    health = Health(SimpleNamespace(reachable=is_reachable), SimpleNamespace(failing=retention_fails))  # type: ignore[arg-type]
    wanted = [name for name, wrong in (("rate_limit_store", not reachable), ("retention", retention_fails)) if wrong]
    assert await health.warnings() == wanted
