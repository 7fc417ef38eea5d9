"""Full-text search over `Words`: FTS5 in SQLite, a GIN index in PostgreSQL, with the same meaning of a query in both.

All words must be there, in any form of English grammar ("tablets" finds "tablet"); "words in quotation marks" stand side by
side; a word with a minus must not be there.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from django.db import connection, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.expressions import RawSQL

LONGEST = 200
"""Characters of a query."""
_TERM = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_NO_LETTERS = re.compile(r"[\W_]+")

_TABLE = "conversations_words"
_FTS = "conversations_search"
_SQLITE = [
    f"CREATE VIRTUAL TABLE {_FTS} USING fts5("
    f"text, content='{_TABLE}', content_rowid='conversation_id', tokenize='porter unicode61 remove_diacritics 2')",
    f"CREATE TRIGGER {_FTS}_insert AFTER INSERT ON {_TABLE} BEGIN "
    f"INSERT INTO {_FTS}(rowid, text) VALUES (new.conversation_id, new.text); END",
    f"CREATE TRIGGER {_FTS}_delete AFTER DELETE ON {_TABLE} BEGIN "
    f"INSERT INTO {_FTS}({_FTS}, rowid, text) VALUES ('delete', old.conversation_id, old.text); END",
    f"CREATE TRIGGER {_FTS}_update AFTER UPDATE ON {_TABLE} BEGIN "
    f"INSERT INTO {_FTS}({_FTS}, rowid, text) VALUES ('delete', old.conversation_id, old.text); "
    f"INSERT INTO {_FTS}(rowid, text) VALUES (new.conversation_id, new.text); END",
    f"INSERT INTO {_FTS}({_FTS}) VALUES ('rebuild')",
]
# PostgreSQL's own "english" leaves out "no" and "not": "no pain" would find "pain". And its parser takes "everolimus/sirolimus"
# for the name of a file: it is given words alone.
_POSTGRESQL = [
    "CREATE TEXT SEARCH DICTIONARY console_stems (TEMPLATE = snowball, LANGUAGE = english)",
    "CREATE TEXT SEARCH CONFIGURATION console_english (COPY = english)",
    "ALTER TEXT SEARCH CONFIGURATION console_english ALTER MAPPING REPLACE english_stem WITH console_stems",
    f"ALTER TABLE {_TABLE} ADD COLUMN vector tsvector GENERATED ALWAYS AS "
    "(to_tsvector('console_english', regexp_replace(text, '[^[:alnum:]]+', ' ', 'g'))) STORED",
    f"CREATE INDEX {_FTS} ON {_TABLE} USING gin (vector)",
]
_SQLITE_AWAY = [f"DROP TRIGGER {_FTS}_{event}" for event in ("insert", "delete", "update")] + [f"DROP TABLE {_FTS}"]
_POSTGRESQL_AWAY = [
    f"ALTER TABLE {_TABLE} DROP COLUMN vector",
    "DROP TEXT SEARCH CONFIGURATION console_english",
    "DROP TEXT SEARCH DICTIONARY console_stems",
]


class Term(NamedTuple):
    """A word, or words that stand side by side; ``wanted`` is False for what must not be there."""

    text: str
    wanted: bool


def terms(query: str) -> list[Term]:
    """What a query asks for, as words with single blanks between them; pieces without a letter or digit are left out."""
    found = []
    for match in _TERM.finditer(query):
        text = match["phrase"] if match["word"] is None else match["word"]
        found.append(Term(_NO_LETTERS.sub(" ", text).strip(), wanted=not match["minus"]))
    return [term for term in found if term.text]


def matching(query: str) -> RawSQL:
    """The primary keys of the conversations that a query finds, for ``filter(pk__in=...)``.

    Raises ValueError when it has no word that must be there.
    """
    asked = terms(query)
    if not any(term.wanted for term in asked):
        raise ValueError("no word that must be there")
    if connection.vendor == "sqlite":
        wanted = " AND ".join(f'"{term.text}"' for term in asked if term.wanted)
        without = "".join(f' NOT "{term.text}"' for term in asked if not term.wanted)
        return RawSQL(f"SELECT rowid FROM {_FTS} WHERE {_FTS} MATCH %s", [f"({wanted}){without}"])
    words = " ".join(f'{"" if term.wanted else "-"}"{term.text}"' for term in asked)
    return RawSQL(f"SELECT conversation_id FROM {_TABLE} WHERE vector @@ websearch_to_tsquery('console_english', %s)", [words])


def set_up(schema: BaseDatabaseSchemaEditor) -> None:
    """Make the index, over what is there already; for migrations."""
    for statement in _SQLITE if schema.connection.vendor == "sqlite" else _POSTGRESQL:
        schema.execute(statement, params=None)


def take_away(schema: BaseDatabaseSchemaEditor) -> None:
    """The opposite of `set_up`."""
    for statement in _SQLITE_AWAY if schema.connection.vendor == "sqlite" else _POSTGRESQL_AWAY:
        schema.execute(statement, params=None)


def forget() -> None:
    """When this transaction ends, take what was erased out of the index for good.

    FTS5 only marks deleted words until it happens to write their part of the index anew; until then they could be read in the
    file. PostgreSQL does so when it vacuums.
    """
    if connection.vendor == "sqlite" and not any(call[1] is _tidy for call in connection.run_on_commit):
        transaction.on_commit(_tidy)


def _tidy() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {_FTS}({_FTS}) VALUES ('optimize')")
