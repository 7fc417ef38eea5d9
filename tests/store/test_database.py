"""Where the conversations are: a file or PostgreSQL; and errors that name no row."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot import store
from bot.store.database import is_file


@pytest.mark.parametrize(
    ("place", "url", "file"),
    [
        ("var/conversations.db", "sqlite:///var/conversations.db", True),
        ("/srv/guide/conversations.db", "sqlite:////srv/guide/conversations.db", True),
        (":memory:", "sqlite:///:memory:", False),
        ("postgresql://guide:secret@db.example.org/guide", "postgresql://guide:secret@db.example.org/guide", False),
        ("postgresql+psycopg2://guide@127.0.0.1:5433/guide", "postgresql+psycopg2://guide@127.0.0.1:5433/guide", False),
    ],
)
def test_a_place_is_a_file_or_a_postgresql_database(place, url, file):
    assert store.url_of(place).render_as_string(hide_password=False) == url
    assert is_file(store.connect(place)) is file


@pytest.mark.parametrize(
    "place",
    ["mysql://guide:secret@host/guide", "postgresql://guide:secret@host", "://", "postgres ql://x", "postgresql://h:port/x"],
)
def test_another_kind_of_database_is_refused_without_repeating_its_password(place):
    with pytest.raises(store.StoreError, match=r"^TRACKER_DB: write the path of a file, or postgresql://") as caught:
        store.url_of(place)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "statement",
    ["INSERT INTO nowhere (data) VALUES (:data)", "INSERT INTO events (id, sender_id, data) VALUES (1, :data, NULL)"],
)
def test_an_error_names_its_kind_and_does_not_quote_the_row(engine, statement):
    with engine.connect() as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(text(statement), {"data": "canary words"})
    for said in (str(caught.value), str(caught.value.orig)):
        assert "canary" not in said
    kinds = {"sqlite": ("no such table", "NOT NULL"), "postgresql": ("UndefinedTable (42P01)", "NotNullViolation (23502)")}
    assert any(kind in str(caught.value) for kind in kinds[engine.dialect.name])
