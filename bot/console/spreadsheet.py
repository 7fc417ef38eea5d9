"""CSV that a spreadsheet opens without taking a text for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import StreamingHttpResponse

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With what a formula, or a call to another program, can begin; the last four are the wide forms of the first."""
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads UTF-8 as something else."""


def cell(value: Any) -> Any:
    """Numbers as they are; a text that could be a formula, also behind blanks, gets a quotation mark in front."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(DANGEROUS) else text


class _Line:
    """A file for ``csv`` that hands each line back."""

    def write(self, line: str) -> str:
        return line


def csv_response(name: str, rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """``rows`` as a download under ``name``, line by line."""
    writer = csv.writer(_Line(), quoting=csv.QUOTE_NONNUMERIC)  # also where a semicolon parts the cells
    lines = (writer.writerow([cell(value) for value in row]) for row in rows)

    def content() -> Iterable[str]:
        yield BYTE_ORDER_MARK
        yield from lines

    response = StreamingHttpResponse(content(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
