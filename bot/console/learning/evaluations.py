"""What `make evaluate` counted before and after: read from its file, kept with the export, set side by side."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from bot.console.learning.models import Evaluation, Export

LARGEST = 200_000
"""Bytes of a file; a real one has about 10,000."""
HALVES = {"open", "sealed"}


@dataclass(frozen=True)
class Count:
    """``held`` of ``of``, with the 95 % interval of the share."""

    held: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """In per cent."""
        return 100 * self.held / self.of

    @property
    def interval(self) -> str:
        return f"{100 * self.low:.1f} to {100 * self.high:.1f} %"


@dataclass(frozen=True)
class Row:
    """One measure of one half. ``before`` or ``after`` is None where it was not measured."""

    name: str
    half: str
    good: bool
    before: Count | None
    after: Count | None

    @property
    def change(self) -> float | None:
        """In percentage points."""
        return round(self.after.share - self.before.share, 1) if self.before and self.after else None

    @property
    def verdict(self) -> str:
        if not self.change:
            return "" if self.change is None else "the same"
        return "better" if (self.change > 0) == self.good else "worse"

    @property
    def other_set(self) -> bool:
        """Whether the two counts are over different numbers of messages."""
        return bool(self.before and self.after and self.before.of != self.after.of)


def record(export: Export, moment: str, content: bytes, by: Any = None) -> Evaluation:
    """Keep what stands in the file that `make evaluate` wrote; a second one takes the place of the first.

    Raises ValidationError, in words for staff, when it is no such file or cannot be of this moment.
    """
    made, trained_from, measures = _read(content)
    other = export.evaluations.exclude(moment=moment).first()
    if other and other.trained_from == trained_from:
        raise ValidationError(
            f"This was measured with the same training data as the file for “{other.moment}”: "
            "one of the two is not what it is called."
        )
    values = {"made": made, "trained_from": trained_from, "measures": measures, "by": by}
    return Evaluation.objects.update_or_create(export=export, moment=moment, defaults=values)[0]


def table(export: Export) -> list[Row]:
    """All measures, in the order of the later file; empty when nothing was recorded."""
    found = {evaluation.moment: evaluation for evaluation in export.evaluations.all()}
    counts = {moment: _counts(evaluation) for moment, evaluation in found.items()}
    before, after = counts.get(Evaluation.Moment.BEFORE, {}), counts.get(Evaluation.Moment.AFTER, {})
    return [
        Row(name, half, good, before.get((name, half, good)), after.get((name, half, good)))
        for name, half, good in {**after, **before}
    ]


def _counts(evaluation: Evaluation) -> dict[tuple[str, str, bool], Count]:
    return {
        (measure["name"], half, measure["good"]): Count(**numbers)
        for measure in evaluation.measures
        for half, numbers in measure["halves"].items()
    }


def _read(content: bytes) -> tuple[dt.datetime, str, list[dict[str, Any]]]:
    try:
        if len(content) > LARGEST:
            raise ValueError
        data = json.loads(content)
        made = dt.datetime.fromisoformat(data["made"])
        trained_from, measures = data["trained_from"], [_measure(measure) for measure in data["measures"]]
        if made.tzinfo is None or len(trained_from) != 64 or not measures or not int(trained_from, 16):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValidationError("This is not the file that `make evaluate` writes (.build/evaluation.json).") from None
    return made, trained_from, measures


def _measure(data: dict[str, Any]) -> dict[str, Any]:
    """The known parts of a measure. Raises ValueError, KeyError or TypeError when one is missing or cannot be."""
    name, good, halves = data["name"], data["good"], data["halves"]
    if not isinstance(name, str) or not 0 < len(name) <= 100 or not isinstance(good, bool) or not set(halves) <= HALVES:
        raise ValueError
    return {"name": name, "good": good, "halves": {half: _numbers(numbers) for half, numbers in halves.items()}}


def _numbers(data: dict[str, Any]) -> dict[str, float]:
    held, of, low, high = data["held"], data["of"], float(data["low"]), float(data["high"])
    if type(held) is not int or type(of) is not int or not 0 <= held <= of or of == 0 or not 0 <= low <= held / of <= high <= 1:
        raise ValueError
    return {"held": held, "of": of, "low": low, "high": high}
