"""The files of the chat as browsers get them: compressed, with a tag by which an unchanged copy stays good.

Nothing is built: what is served is the source, line by line, without its comments and indents.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "widget"
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8"}
COMMENTS = {
    ".js": re.compile(r"/\*\*(?:(?!\*/).)*\*/ ?|(?:^| )// [^\n]*$", re.DOTALL | re.MULTILINE),
    ".css": re.compile(r"/\*(?:(?!\*/).)*\*/", re.DOTALL),
}
"""In JavaScript a comment begins with two stars, or with two strokes between blanks, and then has the rest of the line."""
INDENT = re.compile(r"(?:^|\n)\s*")


@dataclass(frozen=True)
class File:
    """One file. ``tag`` is its ETag."""

    content_type: str
    body: bytes
    compressed: bytes
    tag: str

    @classmethod
    def of(cls, path: Path) -> File:
        text = path.read_text(encoding="utf-8")
        if path.suffix in COMMENTS:
            text = INDENT.sub("\n", COMMENTS[path.suffix].sub("", text)).lstrip()
        body = text.encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        return cls(TYPES[path.suffix], body, gzip.compress(body, 9, mtime=0), tag)

    def answer(self, known: str, encodings: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers for a browser that has the copies of ``known`` (If-None-Match) and reads ``encodings``."""
        headers = {"ETag": self.tag, "Cache-Control": "no-cache"}
        if self.tag in known:
            return 304, b"", headers
        if "gzip" in encodings:
            return 200, self.compressed, {**headers, "Content-Encoding": "gzip"}
        return 200, self.body, headers


def load(folder: Path = FOLDER) -> dict[str, File]:
    """All files by name. Raises OSError when one cannot be read: the start must fail then."""
    return {path.name: File.of(path) for path in sorted(folder.iterdir()) if path.suffix in TYPES}
