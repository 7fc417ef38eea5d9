"""What is installed is what is tested: units, containers and the page of settings say the same as the code."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from servers import PostgreSQL, program
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from bot import store
from bot.settings import Settings
from tests.deployment.test_backup import House, fill
from tools import move_store, settings_table

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text())
PAGE = (ROOT / "docs/deployment.md").read_text()
ENVIRONMENT = re.compile(r"""environ(?:\.get|\.setdefault)?[\[(]["']([A-Z_]+)["']""")
PROCFILE = {
    name: re.sub(r"\$\{\w+:-(\d+)\}", r"\1", command).split(" ")
    for name, _, command in (line.partition(": ") for line in (ROOT / "Procfile").read_text().splitlines())
}


def arguments(command: list[str]) -> list[str]:
    """A command from `-m` on: which Python and which settings stand before it differs from place to place."""
    return command[command.index("-m") :]


STARTED = {name: arguments(command) for name, command in PROCFILE.items()}


def test_systemd_understands_every_unit(tmp_path):
    for unit in UNITS:
        content = re.sub(r"/opt/tsc-guide/\.venv\S*/python", "/bin/sh", unit.read_text())  # a program that is here
        (tmp_path / unit.name.replace("@", "@5005")).write_text(content)
    units = [str(path) for path in sorted(tmp_path.iterdir())]
    checked = subprocess.run([program("systemd-analyze"), "verify", *units], capture_output=True, text=True, check=False)
    ours = [line for line in checked.stderr.splitlines() if "tsc-guide" in line]
    assert (checked.returncode, ours) == (0, [])


def test_units_and_containers_start_what_make_run_starts():
    units = {}
    for unit in UNITS:
        for line in unit.read_text().splitlines():
            if line.startswith("ExecStart="):
                units[unit.name] = arguments(shlex.split(line.removeprefix("ExecStart=").replace("%i", "5055")))
    names = {"guide": "tsc-guide@", "actions": "tsc-guide-actions@"}  # those of which there may be several
    for name, started in STARTED.items():
        unit = f"{names.get(name, f'tsc-guide-{name}')}.service"
        assert units[unit] == started
        assert unit.replace("@", "@5055" if name == "actions" else "@5005") in (DEPLOY / "systemd/tsc-guide.target").read_text()
    commands = {name: part["command"] for name, part in COMPOSE["services"].items() if part.get("image") == "tsc-guide"}
    found = {name: arguments(shlex.split(command)) for name, command in commands.items()}
    assert found.pop("second-guide") == STARTED["guide"]
    assert {name: found.get(name) for name in STARTED} == STARTED


def test_every_program_that_a_unit_names_is_one_of_ours():
    for unit in UNITS:
        for module in re.findall(r"-m (tools\.\w+|bot\.[\w.]+)", unit.read_text()):
            assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), (unit.name, module)


def test_every_setting_of_compose_and_of_the_example_is_a_setting():
    known = {name.upper() for name in Settings.__fields__} | set(re.findall(r"`([A-Z_]{3,})`", PAGE))
    example = re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "tsc-guide.env.example").read_text(), re.MULTILINE)
    assert set(example) <= known
    for name, part in COMPOSE["services"].items():
        if part.get("image") == "tsc-guide":
            assert set(part["environment"]) <= known | {"SANIC_HOST"}, name


def test_the_image_is_made_by_the_scripts_that_the_tests_run():
    steps = re.findall(r"^RUN (.*)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert "sh tools/setup.sh run && sh tools/setup.sh console" in steps
    assert ".venv/bin/python -m tools.train" in steps
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    assert {"var", ".git", "models", "*.env"} <= set(ignored), "no conversation and no secret goes into an image"


def test_the_page_has_every_setting_with_its_default_and_meaning():
    assert settings_table.written(PAGE) == PAGE, "run `python -m tools.settings_table`"
    table = settings_table.table()
    for name, field in Settings.__fields__.items():
        assert f"| `{name.upper()}` |" in table
        default = getattr(field.default, "value", field.default)
        assert f"| `{name.upper()}` | {f'`{default}`' if default not in ('', None) else 'none'} |" in table


def test_the_readme_tells_of_few_settings_and_no_other_default():
    rows = re.findall(r"^\| `([A-Z_]+)` \| `?(\w+)`? \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert len(rows) == 3, "the page has all of them"
    table = settings_table.table()
    assert [name for name, default in rows if not re.search(rf"\| `{name}` \| `?{default}`? \|", table)] == []


@pytest.mark.parametrize("file", ["tools/serve.py", "tools/run.py", "bot/console/serve.py", "bot/console/settings.py"])
def test_the_page_has_what_is_read_from_the_environment_elsewhere(file):
    source = (ROOT / file).read_text()
    names = set(ENVIRONMENT.findall(source))
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    first = [call.args[0].value for call in calls if call.args and isinstance(call.args[0], ast.Constant)]
    names.update(name for name in first if re.fullmatch(r"(CONSOLE|BOT|FEED)_[A-Z_]+", str(name)))
    ours = {name for name in names if not name.startswith(("RASA_", "TF_", "OPENBLAS_", "DJANGO_", "PATH"))}
    assert {name for name in ours if f"`{name}`" not in PAGE} == set()


def test_every_command_of_the_page_is_there():
    for module in set(re.findall(r"-m (tools\.\w+|bot\.[\w.]+)", PAGE)):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), module
    for path in re.findall(r"`?(deploy/[\w.*/-]+)", PAGE):
        assert list(ROOT.glob(path.rstrip("."))), path


def test_an_update_restarts_everything_that_has_read_texts_or_code():
    """Small by the target itself, of which every unit is a part; large by name."""
    update = PAGE.partition("## Updates")[2].partition("\n## ")[0]
    started = re.findall(r"(tsc-guide[\w-]*@?)\d*\.service", (DEPLOY / "systemd/tsc-guide.target").read_text())
    assert "tsc-guide-actions@" in started
    assert [name for name in started if f"{name}{{port}}" not in update and f" {name} " not in update.replace("\n", " ")] == []
    assert [name for name in started if "PartOf=tsc-guide.target" not in (DEPLOY / f"systemd/{name}.service").read_text()] == []


def test_commands_of_the_page_read_the_settings_as_the_units_do():
    """By systemd: a shell splits values with blanks, which WEB_ORIGINS, CONSOLE_HOSTS and CONSOLE_ALERT_TO may have."""
    assert "-p EnvironmentFile=/etc/tsc-guide.env" in PAGE
    assert not re.search(r"\$\(.*/etc/tsc-guide\.env|(\.|source) /etc/tsc-guide\.env", PAGE)


@pytest.fixture(scope="module")
def accounts() -> Iterator[PostgreSQL]:
    """A server on which deploy/postgresql.sh has made its accounts and databases."""
    server = PostgreSQL()
    try:
        server.start()
        execute(server.url, "CREATE ROLE postgres SUPERUSER LOGIN")
        execute(account(server, "postgres", "postgres"), "ALTER ROLE guide RENAME TO nobody_else")
        words = dict.fromkeys(("GUIDE_PASSWORD", "CONSOLE_PASSWORD", "CONSOLE_READS_PASSWORD"), "invented")
        place = {"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "POSTGRES_USER": "postgres"}
        subprocess.run(["sh", str(DEPLOY / "postgresql.sh")], env={**os.environ, **words, **place}, check=True, timeout=60)
        yield server
    finally:
        server.remove()


def account(server: PostgreSQL, name: str, database: str) -> str:
    return f"postgresql://{name}@127.0.0.1:{server.port}/{database}"


def execute(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = store.connect(url)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            result = connection.execute(text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        engine.dispose()


def test_the_console_may_read_conversations_and_nothing_more_also_after_a_restore(accounts, tmp_path):
    fill(tmp_path / "conversations.db")
    guide, reader = account(accounts, "guide", "guide"), account(accounts, "console_reads", "guide")
    source, target = store.connect(str(tmp_path / "conversations.db")), store.connect(guide)
    move_store.move(source, target)
    source.dispose()
    target.dispose()
    console = account(accounts, "console", "console")
    execute(console, "CREATE TABLE own (id integer)")
    house = House(tmp_path, tmp_path / "backups", guide, console)
    made = house.back_up()
    for _ in ("before", "after a restore"):
        assert execute(reader, "SELECT count(*) FROM events") == [(30,)]
        assert execute(reader, "SELECT count(*) FROM erased_conversations") == [(0,)]
        for forbidden in (
            "DELETE FROM events",
            "CREATE TABLE mine (id integer)",
            "INSERT INTO events (sender_id) VALUES ('x')",
        ):
            with pytest.raises(ProgrammingError, match="InsufficientPrivilege"):
                execute(reader, forbidden)
        house.done("tools.restore", str(made), "--replace")
