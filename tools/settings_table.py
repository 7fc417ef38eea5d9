"""Write the table of all settings into docs/deployment.md, from where each setting stands with its meaning.

python -m tools.settings_table
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
GUIDE, CONSOLE = ROOT / "bot/settings.py", ROOT / "bot/console/settings.py"
PAGE = ROOT / "docs/deployment.md"
BEGIN, END = "<!-- settings: written by `python -m tools.settings_table` -->", "<!-- end of settings -->"
NAMED = re.compile(r"``([A-Z_]+(?:=\w+)?)``: (.*)", re.DOTALL)
Row = tuple[str, str, str]
"""Name, default, meaning."""


def of_guide(source: str) -> Iterator[Row]:
    """Each field of the class ``Settings`` with the text below it."""
    (settings,) = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    for field, said in zip(settings.body, settings.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and field.value:
            value = field.value.args[0] if isinstance(field.value, ast.Call) else field.value
            yield field.target.id.upper(), _plain(value), _text(said)


def of_console(source: str) -> Iterator[Row]:
    """Each text that begins with the name of a setting; it tells the default, too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found = NAMED.match(node.value.value)
            if found and found[1] != "VAR":
                yield found[1].partition("=")[0], "", found[2]


def table() -> str:
    """Both tables, ready for the page."""
    guide = [
        "| the guide | default | meaning |",
        "| --- | --- | --- |",
        *(
            f"| `{name}` | {f'`{default}`' if default else 'none'} | {_cell(text)} |"
            for name, default, text in of_guide(GUIDE.read_text())
        ),
    ]
    console = [
        "| the staff console | meaning |",
        "| --- | --- |",
        *(f"| `{name}` | {_cell(text)} |" for name, _, text in of_console(CONSOLE.read_text())),
    ]
    return "\n".join([*guide, "", *console])


def written(page: str) -> str:
    """``page`` with the table as it is now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def main() -> None:
    PAGE.write_text(written(PAGE.read_text()))


def _plain(value: ast.expr) -> str:
    """A default as one writes it in the environment."""
    if isinstance(value, ast.Constant):
        return str(value.value)
    if isinstance(value, ast.Attribute):
        return value.attr
    if isinstance(value, ast.Call) and value.args:
        return _plain(value.args[0])
    return ast.unparse(value)


def _text(node: ast.stmt) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return str(node.value.value)
    raise ValueError(f"bot/settings.py:{node.lineno}: the setting above has no text that says what it means")


def _cell(text: str) -> str:
    return " ".join(text.replace("``", "`").replace("|", "\\|").split())


if __name__ == "__main__":
    main()
