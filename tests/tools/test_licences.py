"""docs/licences.md names what is installed and what the repository carries, and nothing stands there without a licence."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from tools import licences, locks

ROOT = Path(__file__).parents[2]
PAGE = licences.PAGE.read_text(encoding="utf-8")
CARRIED = PAGE.partition("## What is installed")[0]
THREE = "Redistribution and use in source and binary forms is permitted. Neither the name of the author may be used."
OSI = "Classifier: License :: OSI Approved"
TWO = "Redistribution and use in source and binary forms is permitted."


def rows(title: str) -> dict[str, tuple[str, str]]:
    """Version and licence by plain name, from the table under a title."""
    part = PAGE.partition(f"### {title} ")[2].partition("###")[0]
    return {
        locks.plain(name): (version, said)
        for name, version, said in re.findall(r"^\| (\S+) \| (\d\S*) \| (.+) \|$", part, re.M)
    }


def package(tmp_path: Path, *lines: str, text: str = "") -> PathDistribution:
    """An installed package with these lines of metadata and this licence file."""
    folder = tmp_path / "thing-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", "Name: thing", "Version: 1", *lines]) + "\n")
    (folder / "LICENSE").write_text(text)
    (folder / "RECORD").write_text("thing-1.dist-info/LICENSE,,\n")
    return PathDistribution(folder)


@pytest.mark.parametrize(("lock", "title"), licences.TITLES.items())
def test_every_locked_package_stands_there_in_its_version_and_with_a_licence(lock, title):
    listed = rows(title)
    assert {name: version for name, (version, _) in listed.items()} == locks.packages(locks.FOLDER / lock)
    assert [name for name, (_, said) in listed.items() if licences.UNKNOWN in said.lower()] == []


def test_the_page_says_what_is_installed():
    environments = {"bot.lock": Path(sys.prefix), "console.lock": licences.ENVIRONMENTS["console.lock"]}
    packages = {lock: licences.listed(locks.FOLDER / lock, environment) for lock, environment in environments.items()}
    assert licences.written(PAGE, packages) == PAGE, "run `make licences`"


def test_every_trained_file_and_every_file_of_others_is_named():
    files = subprocess.run(["git", "ls-files", "bot"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    trained = [name for name in files if "/weights/" in name and not name.endswith("manifest.json")]
    of_others = [
        name
        for name in files
        if name.endswith((".js", ".css", ".woff2", ".svg"))
        and re.search(r"(?i)licen[cs]e|copyright|\(c\)", (ROOT / name).read_text(encoding="utf-8", errors="replace")[:1000])
    ]
    assert len(trained) >= 6
    assert len(of_others) >= 1
    missing = [name for name in trained if f"`{Path(name).name}`" not in CARRIED and f"`{name}`" not in CARRIED]
    missing += [name for name in of_others if f"`{Path(name).parent}/`" not in CARRIED]
    assert missing == []


def test_what_the_page_says_is_carried_is_there():
    paths = re.findall(r"`(bot/[^`]+)`", CARRIED)
    assert len(paths) >= 4
    assert [path for path in paths if not (ROOT / path).exists()] == []
    for name, version in re.findall(r"(Chart\.js|@kurkle/color) ([\d.]+\d)", CARRIED):
        code = next((ROOT / "bot/console/overview/static/overview").glob("chart.js-*/*.js")).read_text(encoding="utf-8")
        assert re.search(rf"{re.escape(name)} v{re.escape(version)}\b", code), name


@pytest.mark.parametrize(
    ("lines", "text", "said"),
    [
        (["License-Expression: MIT OR 0BSD", "License: Apache-2.0"], "", "MIT OR 0BSD"),
        (["License: ISC", f"{OSI} :: BSD License"], TWO, "ISC"),
        (
            ["License: Dual", f"{OSI} :: MIT License", OSI],
            "",
            "MIT",
        ),
        (
            ["License: MIT", f"{OSI} :: MIT License", f"{OSI} :: Apache Software License"],
            "",
            "Apache-2.0 OR MIT",
        ),
        ([f"{OSI} :: BSD License"], THREE, "BSD-3-Clause"),
        (["License: BSD"], TWO, "BSD-2-Clause"),
        (["License: BSD"], "Ask us.", licences.UNKNOWN),
        (["License: our own terms"], TWO, licences.UNKNOWN),
        ([], THREE, licences.UNKNOWN),
    ],
)
def test_a_licence_is_what_the_package_says_of_itself(tmp_path, lines, text, said):
    assert licences.licence(package(tmp_path, *lines, text=text)) == said


def test_what_asks_for_more_than_its_notice_is_listed_first(tmp_path):
    packages = {"bot.lock": [package(tmp_path, "License-Expression: LGPL-3.0-only")]}
    page = licences.written(f"words\n{licences.BEGIN}\nold\n{licences.END}\n", packages)
    assert "- thing: LGPL-3.0-only" in page.partition("### The guide")[0]
    assert "old" not in page


def test_an_environment_that_is_not_the_locked_one_is_refused(tmp_path, monkeypatch):
    site = tmp_path / "here/lib/python3.10/site-packages"
    site.mkdir(parents=True)
    package(site, "License: MIT")
    lock = tmp_path / "some.lock"
    lock.write_text("thing==2 \\\n    --hash=sha256:00\n")
    with pytest.raises(LookupError, match=r"thing 2 of some\.lock is not installed in here; run `make setup`"):
        licences.listed(lock, tmp_path / "here")
    monkeypatch.setattr(licences, "ENVIRONMENTS", {"bot.lock": tmp_path / "nowhere"})
    with pytest.raises(SystemExit, match="there is no environment in"):
        licences.main()
