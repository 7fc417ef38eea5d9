"""The hazard log names tests that exist, and its ratings are those of its own matrix."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOG = (ROOT / "docs/hazard-log.md").read_text(encoding="utf-8")
PARTS = {found[1]: found[0] for found in re.finditer(r"### (H\d\d) .*?(?=\n<a id=|\Z)", LOG, re.DOTALL)}
NAMED = sorted(set(re.findall(r"`(tests/[^`]+)`", LOG)))
NO_TEST = "No test yet."
LIKELIHOODS = ("Very high", "High", "Medium", "Low", "Very low")


@lru_cache
def functions_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def row(name: str, table: str = LOG) -> list[str]:
    """The cells of the table row that begins with ``name``, after it."""
    found = [line for line in table.splitlines() if line.startswith(f"| {name} |")]
    return [cell.strip() for cell in found[-1].strip("|").split("|")[1:]]


def level(likelihood: str, severity: str) -> int:
    matrix = LOG[LOG.index("| Likelihood | Minor |") :].split("\n\n")[0]
    return int(row(likelihood, matrix)[row("Likelihood", matrix).index(severity)])


def controls(hazard: str) -> list[str]:
    """The controls of a hazard, each with its tests, on one line."""
    return [
        " ".join(found.split()) for found in re.findall(r"^  - (.*?)(?=^  - |^- |\Z)", PARTS[hazard], re.DOTALL | re.MULTILINE)
    ]


@pytest.mark.parametrize("test", NAMED)
def test_every_test_that_the_log_names_exists(test):
    file, _, name = test.partition("::")
    assert (ROOT / file).is_file()
    assert name in functions_in(file)


def test_hazards_are_numbered_and_in_the_summary():
    assert list(PARTS) == [f"H{number:02}" for number in range(1, len(PARTS) + 1)]
    assert len(PARTS) >= 20
    assert re.findall(r"^\| \[(H\d\d)\]", LOG, re.MULTILINE) == list(PARTS)


@pytest.mark.parametrize("hazard", PARTS)
def test_every_hazard_is_whole_and_rated_by_the_matrix(hazard):
    part = PARTS[hazard]
    for field in ("Effect on the patient", "Causes", "Accepted"):
        assert re.search(rf"^- \*\*{field}:\*\* \S", part, re.MULTILINE)
    levels = []
    for field in ("Initial", "Residual"):
        rating = re.search(rf"^- \*\*{field} risk:\*\* (\w+) x ({'|'.join(LIKELIHOODS)}) = (\d)", part, re.MULTILINE)
        assert rating
        assert level(rating[2], rating[1]) == int(rating[3])
        levels.append(rating[3])
    title = part.partition("\n")[0].removeprefix(f"### {hazard} ")
    without = sum(NO_TEST in control for control in controls(hazard))
    assert row(f"[{hazard}](#{hazard.lower()})") == [title, *levels, str(without)]


@pytest.mark.parametrize("hazard", PARTS)
def test_every_control_names_a_test_or_says_that_there_is_none(hazard):
    assert controls(hazard)
    for control in controls(hazard):
        assert ("`tests/" in control) is (NO_TEST not in control), control
