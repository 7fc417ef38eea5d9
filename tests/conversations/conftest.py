"""One running guide for all conversations of a test run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from conversation import OPEN, Conversation

from tools.guide_process import GuideProcess


@pytest.fixture(scope="session")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuideProcess]:
    process = GuideProcess(tmp_path_factory.mktemp("guide"))
    try:
        yield process.start()
    finally:
        process.stop()


@pytest.fixture(autouse=True)
def close_connections() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


@pytest.fixture
def talk(guide: GuideProcess) -> Callable[..., Conversation]:
    """Begin a new conversation with the running guide."""
    return lambda **wanted: Conversation(guide.url, **wanted)
