"""Write the table of all installed packages with their licences into docs/licences.md, from what the packages themselves say.

    make licences          (after requirements/bot.lock or requirements/console.lock changed)

Reads the metadata of the two environments that run the guide and its console. What the repository itself carries stands above
the table, written by hand.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path

from tools import locks

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/licences.md"
BEGIN, END = "<!-- packages: written by `make licences` -->", "<!-- end of packages -->"
ENVIRONMENTS = {"bot.lock": ROOT / ".venv", "console.lock": ROOT / ".venv-console"}
"""The lists that are installed where the guide runs, and the environment made from each."""
TITLES = {"bot.lock": "The guide", "console.lock": "The staff console"}
UNKNOWN = "unknown"
KEEPING = re.compile(r"GPL|MPL")
"""Licences that ask whoever passes a package on for more than its notice."""

SPDX = {
    "0bsd": "0BSD", "apache": "Apache-2.0", "apache 2": "Apache-2.0", "apache 2.0": "Apache-2.0", "apache-2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0", "apache license, version 2.0": "Apache-2.0", "apache software license": "Apache-2.0",
    "bsd-2-clause": "BSD-2-Clause", "bsd-2-clause or apache-2.0": "Apache-2.0 OR BSD-2-Clause",
    "bsd-3-clause": "BSD-3-Clause", "bsd 3-clause": "BSD-3-Clause", "bsd 3-clause license": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause", "new bsd": "BSD-3-Clause", "gpl-3.0-or-later": "GPL-3.0-or-later", "isc": "ISC",
    "isc license (iscl)": "ISC", "mit": "MIT", "mit license": "MIT", "mpl 2.0": "MPL-2.0", "mpl-2.0": "MPL-2.0",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0", "mpl-2.0 and mit": "MPL-2.0 AND MIT",
    "python software foundation license": "PSF-2.0", "the unlicense (unlicense)": "Unlicense",
    "gnu general public license v2 or later (gplv2+)": "GPL-2.0-or-later",
    "gnu general public license v3 or later (gplv3+)": "GPL-3.0-or-later",
    "gnu lesser general public license v2 or later (lgplv2+)": "LGPL-2.0-or-later",
    "mozilla public license 1.1 (mpl 1.1)": "MPL-1.1",
}  # fmt: skip
"""What packages write about their licence, in small letters, and its name on the SPDX list."""
READ = {"psycopg2-binary": "LGPL-3.0-or-later, with exceptions"}
"""Where the metadata leaves the version open: what stands in the licence file of the package."""


def licence(package: Distribution) -> str:
    """The licence of an installed package by its SPDX name, or ``unknown``.

    The first that says something: the expression, the licence field, the classifiers (several mean a choice), the licence file.
    "BSD" alone leaves open which; the licence file tells.
    """
    about = package.metadata
    name = locks.plain(about["Name"])
    if name in READ:
        return READ[name]
    if about["License-Expression"]:
        return str(about["License-Expression"])
    field = (about["License"] or "").strip().lower()
    classifiers = [
        line.rpartition(" :: ")[2].lower() for line in about.get_all("Classifier") or [] if line.startswith("License ::")
    ]
    choices = {SPDX.get(said, _bsd(package) if said.startswith("bsd") else UNKNOWN) for said in classifiers} - {UNKNOWN}
    # A dual licence is whole in the classifiers only.
    if field in SPDX and len(choices) < 2:
        return SPDX[field]
    if choices:
        return " OR ".join(sorted(choices))
    return _bsd(package) if field.startswith("bsd") else UNKNOWN


def installed(environment: Path) -> dict[str, Distribution]:
    """The packages of an environment, by plain name. Raises FileNotFoundError when there is none in the folder."""
    folders = [str(folder) for folder in environment.glob("lib/python3*/site-packages")]
    if not folders:
        raise FileNotFoundError(environment)
    return {locks.plain(package.metadata["Name"]): package for package in distributions(path=folders)}


def table(packages: Iterable[Distribution]) -> str:
    """One line a package, by name."""
    lines = {
        locks.plain(package.metadata["Name"]): f"| {package.metadata['Name']} | {package.version} | {licence(package)} |"
        for package in packages
    }
    return "\n".join(["| package | version | licence |", "| --- | --- | --- |", *(lines[name] for name in sorted(lines))])


def listed(lock: Path, environment: Path) -> list[Distribution]:
    """The packages of a list as they are installed. Raises LookupError when one is missing or has another version."""
    here = installed(environment)
    for name, version in locks.packages(lock).items():
        if name not in here or here[name].version != version:
            raise LookupError(f"{name} {version} of {lock.name} is not installed in {environment.name}; run `make setup`")
    return [here[name] for name in locks.packages(lock)]


def written(page: str, packages: dict[str, list[Distribution]]) -> str:
    """``page`` with the tables of ``packages``, by list, as they are now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    tables = [f"### {TITLES[lock]} ({lock})\n\n{table(found)}" for lock, found in packages.items()]
    every = {package.metadata["Name"]: licence(package) for found in packages.values() for package in found}
    keeping = [f"- {name}: {every[name]}" for name in sorted(every, key=str.lower) if KEEPING.search(every[name])]
    parts = ["### Which ask for more than their notice", "\n".join(keeping), *tables]
    return f"{before}{BEGIN}\n\n{chr(10).join(f'{part}{chr(10)}' for part in parts)}\n{END}{after}"


def main() -> None:
    try:
        packages = {name: listed(locks.FOLDER / name, environment) for name, environment in ENVIRONMENTS.items()}
    except FileNotFoundError as error:
        sys.exit(f"licences: there is no environment in {error}; run `make setup`")
    except LookupError as error:
        sys.exit(f"licences: {error.args[0]}")
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), packages), encoding="utf-8")


def _bsd(package: Distribution) -> str:
    """Which BSD licence the licence file of a package is: the third clause protects the authors' names."""
    texts = [file for file in package.files or [] if re.match(r"(?i)licen[cs]e|copying", file.name)]
    text = " ".join(" ".join(file.read_text(encoding="utf-8").split()) for file in texts)
    if "Redistribution and use in source and binary forms" not in text:
        return UNKNOWN
    return (
        "BSD-3-Clause"
        if re.search(r"(?i)neither the name|names? of .{1,80} may not be used to endorse", text)
        else "BSD-2-Clause"
    )


if __name__ == "__main__":
    main()
