"""The page of numbers, and the same numbers for a spreadsheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from bot.console.accounts.access import needs
from bot.console.feed.models import NotImported
from bot.console.overview.numbers import LONGEST, Numbers, Range, count
from bot.console.spreadsheet import csv_response

VIEW = "overview.view_overview"
USUAL = 30
"""Days, today among them."""
FIRST_YEAR = 2000


class Days(forms.Form):
    """The range of days; what is left out is that of the last 30."""

    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        today = timezone.localdate()
        if self.errors:
            return said
        days = [day for day in (said.get("since"), said.get("until")) if day]
        if any(not FIRST_YEAR <= day.year <= today.year + 1 for day in days):
            raise forms.ValidationError(f"Choose days from {FIRST_YEAR} to a year from now.")
        until = said.get("until") or today
        since = said.get("since") or until - dt.timedelta(days=USUAL - 1)
        if since > until:
            raise forms.ValidationError("The first day is after the last one.")
        if (until - since).days >= LONGEST:
            raise forms.ValidationError(f"At most {LONGEST:,} days at once.")
        return {"since": since, "until": until}


@needs(VIEW)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """All charts, each with its table."""
    form, days = _asked(request)
    today = timezone.localdate()
    context = {
        "form": form,
        "numbers": count(days),
        "query": f"since={days.since}&until={days.until}",
        "not_imported": NotImported.objects.count(),
        "quick": [(number, today - dt.timedelta(days=number - 1), today) for number in (7, 30, 90, 365)],
    }
    return render(request, "overview/page.html", context, status=200 if form.is_valid() else 422)


@needs(VIEW)
@require_GET
def table(request: HttpRequest, name: str) -> HttpResponseBase:
    """One table as CSV; ``all`` has every number of the page in a row of its own."""
    form, days = _asked(request)
    if not form.is_valid():
        raise Http404
    numbers = count(days)
    rows = list(_everything(numbers)) if name == "all" else _one(numbers, name)
    return csv_response(f"{name}-{days.since}-{days.until}.csv", rows)


def _asked(request: HttpRequest) -> tuple[Days, Range]:
    form = Days({name: request.GET.get(name, "") for name in ("since", "until")})
    if form.is_valid():
        days = Range(form.cleaned_data["since"], form.cleaned_data["until"])
        shown = Days({"since": days.since, "until": days.until})  # the fields show what was left out
        shown.full_clean()
        return shown, days
    today = timezone.localdate()
    return form, Range(today - dt.timedelta(days=USUAL - 1), today)


def _one(numbers: Numbers, name: str) -> list[list[Any]]:
    for one in numbers.tables:
        if one.id == name:
            return [[one.first, *one.columns], *([label, *values] for label, values in one.rows)]
    raise Http404


def _everything(numbers: Numbers) -> Iterator[list[Any]]:
    yield ["table", "row", "column", "value"]
    for words, value in numbers.facts:
        yield ["Together", words, "", value]
    for one in numbers.tables:
        for label, values in one.rows:
            for column, number in zip(one.columns, values, strict=True):
                yield [one.title, label, column, number]
