"""`python -m tools.purge` deletes what is too old, says how much, and nothing else."""

from __future__ import annotations

import pytest
from rows import conversations, say
from servers import PostgreSQL
from sqlalchemy import text

from bot import store
from bot.rasa_ext.tracker_store import ConversationStore
from bot.settings import Settings
from tools import purge


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch, tmp_path):
    for name in Settings.__fields__:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("VAR", str(tmp_path))


def made(place: str) -> None:
    ConversationStore(db=place).engine.dispose()


def purge_of(place: str, capsys: pytest.CaptureFixture[str]) -> str:
    engine = store.connect(place)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM events"))
    for conversation, days in (("canary-old", 31), ("canary-old", 40), ("canary-older", 100), ("canary-young", 29)):
        say(engine, conversation, "canary words", days_ago=days)
    purge.main()
    assert conversations(engine) == {"canary-young": 1}
    engine.dispose()
    return capsys.readouterr().out


def test_old_conversations_go_and_only_counts_are_printed(tmp_path, capsys):
    place = tmp_path / "conversations.db"
    made(str(place))
    said = purge_of(str(place), capsys)
    assert said == "purge: 2 conversations with 3 events were older than 30 days and are deleted\n"
    assert b"canary-old" not in place.read_bytes()


def test_the_same_on_postgresql(monkeypatch, capsys):
    server = PostgreSQL()
    try:
        server.start()
        made(server.url)
        monkeypatch.setenv("TRACKER_DB", server.url)
        said = purge_of(server.url, capsys)
        assert said == "purge: 2 conversations with 3 events were older than 30 days and are deleted\n"
    finally:
        server.remove()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("RETENTION_DAYS", "0", "purge: RETENTION_DAYS: .*greater than or equal to 1"),
        ("TRACKER_DB", "mysql://guide:hunter2@host/guide", "purge: TRACKER_DB: write the path of a file"),
        ("TRACKER_DB", "postgresql://guide:hunter2@127.0.0.1:1/guide", r"purge: .*TRACKER_DB.*refused"),
    ],
)
def test_what_is_wrong_is_named(monkeypatch, name, value, words):
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=rf"(?s){words}") as caught:
        purge.main()
    assert "hunter2" not in str(caught.value)


def test_where_nothing_is_kept_nothing_is_made(tmp_path):
    with pytest.raises(SystemExit, match="no conversations are kept there"):
        purge.main()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_left_alone(monkeypatch, tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear family, " * 100)
    monkeypatch.setenv("TRACKER_DB", str(letter))
    with pytest.raises(SystemExit, match="not a database"):
        purge.main()
    assert letter.read_text() == "Dear family, " * 100
