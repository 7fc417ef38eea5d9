"""What a log line holds when something fails over a family's words: the kind of error and the way to it."""

from __future__ import annotations

import asyncio
import io
import logging

import pytest

from bot import logs

CANARY = "canary words of a family"


@pytest.fixture
def log():
    """All that is logged, as it would be written to a file; what `protect` changes is put back."""
    root, factory = logging.getLogger(), logging.getLogRecordFactory()
    items = [item for item in logging.root.manager.loggerDict.values() if isinstance(item, logging.Logger)]
    levels = {item: item.level for item in (root, *items)}
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    logging.setLogRecordFactory(factory)
    for item, level in levels.items():
        item.setLevel(level)


def fail() -> None:
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        raise KeyError(CANARY) from error


def test_debug_lines_are_not_written_whoever_asks_for_them(log):
    root, rasa = logging.getLogger(), logging.getLogger("rasa.core.processor")
    root.setLevel(logging.DEBUG)
    rasa.setLevel(logging.DEBUG)
    logs.protect()
    logs.protect()
    rasa.debug("Received user message '%s'", CANARY)
    logging.getLogger("made.later").debug(CANARY)
    rasa.info("the server is up")
    assert log.getvalue() == "DEBUG is not followed: at that level Rasa logs what families write\nthe server is up\n"


def test_a_higher_level_stays(log):
    quiet = logging.getLogger("quiet")
    quiet.setLevel(logging.ERROR)
    logs.protect()
    quiet.warning(CANARY)
    assert log.getvalue() == ""


def test_an_error_is_logged_by_its_kind_and_its_way_through_the_code(log):
    logs.protect()
    try:
        fail()
    except KeyError:
        logging.getLogger("rasa").exception("an action failed")
    written = log.getvalue()
    assert CANARY not in written
    assert written.startswith("an action failed\n")
    assert "ValueError\n... which led to:\n" in written
    assert written.endswith("KeyError\n")
    assert "in fail" in written
    assert "raise KeyError(CANARY) from error" in written, "the line of code, not its values"


def test_an_error_that_is_the_message_or_a_part_of_it_says_only_its_kind(log):
    logs.protect()
    logger = logging.getLogger("rasa")
    logger.error(ValueError(CANARY))
    logger.error("failed: %s after %d s", ValueError(CANARY), 3)
    logger.error("failed: %(error)s", {"error": ValueError(CANARY)})
    assert log.getvalue() == "ValueError\nfailed: ValueError after 3 s\nfailed: ValueError\n"


def test_a_context_that_was_cut_off_is_not_shown(log):
    logs.protect()
    try:
        try:
            fail()
        except KeyError:
            raise TypeError(CANARY) from None
    except TypeError:
        logging.getLogger("rasa").exception("failed")
    assert "KeyError\n" not in log.getvalue()
    assert log.getvalue().endswith("TypeError\n")


def test_a_task_that_nobody_waited_for_keeps_its_words_to_itself(log):
    logs.protect()

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(logs.without_words)
        asyncio.get_running_loop().call_soon(fail_with, CANARY)
        await asyncio.sleep(0.01)

    def fail_with(words: str) -> None:
        raise ValueError(words)

    asyncio.run(main())
    assert "a task failed outside of any request" in log.getvalue()
    assert "ValueError" in log.getvalue()
    assert CANARY not in log.getvalue()
