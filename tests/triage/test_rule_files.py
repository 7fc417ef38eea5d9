"""A broken rule file is refused at start-up, with file, line and remedy."""

from __future__ import annotations

import shutil

import pytest

from bot.datafile import DataFileError
from bot.triage.rules import RULES, load_rules

SIGN = """
- id: {id}
  meaning: a test
  patterns:
    - {pattern}
  must_match:
    - a test
"""


def broken(tmp_path, name: str, change) -> str:
    """The error that loading raises after ``change`` was made to the text of one file."""
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    text = (folder / name).read_text(encoding="utf-8")
    (folder / name).write_text(change(text), encoding="utf-8")
    with pytest.raises(DataFileError) as error:
        load_rules(folder)
    assert f"{name}:" in str(error.value)
    return str(error.value)


def line_of(name: str, words: str) -> int:
    lines = (RULES / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("blood in <urin>", "there is no list <urin> in words.yml"),
        ("blood (in", "cannot read '('"),
        ("'[very] ..'", "asks for no word at all"),
        ("(a|) b", "has an empty alternative"),
        ("(she has|<urine> has) blood", "a list must be an alternative of its own"),
        ("(<medicine>|(a b))", "cannot read"),
        (
            " ".join(["(a b|b c|c d|d e)"] * 6),
            "variants",
        ),
    ],
)
def test_a_pattern_that_cannot_be_read(tmp_path, pattern, words):
    lines = len((RULES / "other.yml").read_text(encoding="utf-8").splitlines())
    message = broken(tmp_path, "other.yml", lambda text: text + SIGN.format(id="test", pattern=pattern))
    assert f"other.yml:{lines + 5}: " in message
    assert words in message


def test_a_sign_twice(tmp_path):
    assert "there is already a sign 'fever'" in broken(
        tmp_path, "other.yml", lambda text: text + SIGN.format(id="fever", pattern="test")
    )


def test_a_sign_that_no_combination_uses(tmp_path):
    message = broken(tmp_path, "combinations.yml", lambda text: text.replace("needs: [yellow]", "needs: [dark_urine]"))
    assert "no combination uses yellow" in message


def test_a_combination_of_an_unknown_sign(tmp_path):
    line = line_of("combinations.yml", "needs: [yellow]")
    message = broken(tmp_path, "combinations.yml", lambda text: text.replace("needs: [yellow]", "needs: [yelow]"))
    assert f"combinations.yml:{line}: there is no sign or group 'yelow'" in message


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        (
            "combinations.yml",
            "level: urgent, category: other, needs: [yellow]",
            "level: soon, category: other, needs: [yellow]",
            "level",
        ),
        (
            "combinations.yml",
            "needs: [dying], basis: [R-13]}",
            "needs: [dying], basis: [R-13], left_to_model: true}",
            "an emergency is never left to the model",
        ),
        ("context.yml", "  - kind: supposed\n", "  - kind: suposed\n", "'suposed' is none of the kinds of this file"),
        ("context.yml", "    only: [pain]\n", "    only: [pian]\n", "there is no sign or group 'pian'"),
        ("context.yml", "      - what if\n", "      - what (if\n", "cannot read"),
        ("words.yml", "  number_doses:", "  number_dosis:", "the list 'number_doses' is missing; add it"),
        ("spelling.yml", "variants:\n", "variantes:\n", "unknown key 'variantes'"),
        ("infection.yml", "kind: celsius, at_least: 38.0", "kind: kelvin, at_least: 38.0", "kind"),
        ("infection.yml", "  meaning: A fever,", "  means: A fever,", "unknown key 'means'"),
        ("infection.yml", "  meaning: A fever,", "  meaning A fever,", "not valid YAML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, name, old, new, words):
    message = broken(tmp_path, name, lambda text: text.replace(old, new, 1))
    assert words in message
    assert message.split(":")[1].isdecimal()


def test_a_sign_without_examples(tmp_path):
    assert "at least 1 item" in broken(
        tmp_path, "self_harm.yml", lambda text: text + "- {id: test, meaning: a test, patterns: [test], must_match: []}\n"
    )


def test_a_sign_with_neither_patterns_nor_number(tmp_path):
    assert "either patterns or a number" in broken(
        tmp_path, "self_harm.yml", lambda text: text + "- {id: test, meaning: a test, must_match: [a test]}\n"
    )
