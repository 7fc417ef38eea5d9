"""What several of the console's tests need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from guide_database import GuideDatabase, SqliteDatabase
from postgres import Server


@pytest.fixture
def guide(tmp_path: Path) -> Iterator[GuideDatabase]:
    """The guide's database as Rasa makes it, in a file; a test writes conversations into it."""
    database = SqliteDatabase(tmp_path / "conversations.db")
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of this test run alone."""
    server = Server()
    try:
        yield server.start()
    finally:
        server.close()


@pytest.fixture
def new_user(db: None) -> Callable[..., object]:
    """Make a user with the given name and fields."""
    from django.contrib.auth import get_user_model

    return lambda name="ann", **fields: get_user_model().objects.create_user(name, password="a long invented phrase", **fields)
