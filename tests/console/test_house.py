"""What must stay true of the console as a whole."""

from __future__ import annotations

import ast
import logging
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from bot.console.feed.importer import HEALTH_CHECK
from bot.console.logs import WithoutValues

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "bot/console").rglob("*.py"))
PURE = ("feed/turns.py", "feed/position.py")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports are written in full"
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_the_modules_are_found():
    assert ROOT / "bot/console/feed/importer.py" in MODULES


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_console_imports_nothing_else_of_the_guide(path):
    others = {"actions", "tools", "training", "rasa", "rasa_sdk", "bench"}
    for name in imports(path):
        assert name.partition(".")[0] not in others, name
        assert not name.startswith("bot.") or name == "bot.console" or name.startswith("bot.console."), name
        assert name != "bot", name


@pytest.mark.parametrize("path", PURE)
def test_what_reads_events_needs_neither_django_nor_a_database(path):
    for name in imports(ROOT / "bot/console" / path):
        assert name.partition(".")[0] in sys.stdlib_module_names | {"__future__"}, name


@pytest.mark.django_db
def test_the_models_and_their_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("model", [model for model in apps.get_models() if model.__module__.startswith("bot.console.")])
def test_no_model_has_a_default_ordering(model):
    """With one, ``distinct()`` gives duplicates."""
    assert not model._meta.ordering


def test_the_health_check_is_the_guides():
    """The console may not import it, so the name stands in both."""
    tree = ast.parse((ROOT / "bot/rasa_ext/health.py").read_text())
    names = {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert names["CONVERSATION"] == HEALTH_CHECK


def test_an_error_in_the_log_holds_no_value(caplog):
    record = None
    try:
        raise ValueError("private words")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "it failed", (), sys.exc_info())
    line = WithoutValues("{levelname} {name}: {message}", style="{").format(record)
    assert line.startswith("ERROR x: it failed")
    assert "ValueError" in line
    assert "test_house.py" in line
    assert "private" not in line
