"""Where the conversations are and how to connect: an SQLite file, or PostgreSQL."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError

IN_MEMORY = ":memory:"


class StoreError(Exception):
    """The database cannot be used as it is; the message says what to do. It never holds a password or a row."""


def url_of(place: str) -> URL:
    """The URL of the setting ``TRACKER_DB``: a ``postgresql://`` URL, or the path of an SQLite file. Raises StoreError."""
    if "://" not in place:
        return URL.create("sqlite", database=place)
    try:
        url = make_url(place)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.get_backend_name() != "postgresql" or not url.database:
        raise StoreError("TRACKER_DB: write the path of a file, or postgresql://user:password@host/database")
    return url


def connect(place: str, **options: Any) -> Engine:
    """An engine that puts no row into an error message or a log; ``options`` as for SQLAlchemy's create_engine."""
    return create_engine(url_of(place), hide_parameters=True, **options)


def is_file(engine: Engine) -> bool:
    """Whether it is an SQLite file (and not PostgreSQL, nor a database in memory)."""
    return engine.dialect.name == "sqlite" and engine.url.database not in (None, "", IN_MEMORY)


@event.listens_for(Engine, "connect")
def _overwrite_what_is_deleted(connection: Any, record: Any) -> None:
    """SQLite else leaves deleted rows readable in the file's free space."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA secure_delete = ON")


@event.listens_for(Engine, "handle_error")
def _quote_no_row(context: Any) -> None:
    """PostgreSQL's errors quote the statement with its values; only their kind and code are kept."""
    code = getattr(context.original_exception, "pgcode", None)
    if code:
        kind = (f"{type(context.original_exception).__name__} ({code})",)
        context.original_exception.args = kind
        if context.sqlalchemy_exception:
            context.sqlalchemy_exception.args = kind
