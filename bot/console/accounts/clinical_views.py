"""Triage rules and texts, to read; sheets to print. Nothing can be changed here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from bot.console.accounts import clinical
from bot.console.accounts.access import needs
from bot.console.accounts.models import ReviewSheet

RULES = "accounts.view_rules"
View = Callable[..., HttpResponse]


def _or_say_why_not(view: View) -> View:
    """A page that says so when the guide's files are not there."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except clinical.NotReadable as error:
            return render(request, "accounts/not_readable.html", {"why": str(error)}, status=503)

    return shown


@needs(RULES)
@require_GET
@_or_say_why_not
def rules(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/rules.html", {"files": clinical.rule_files()})


@needs(RULES)
@require_GET
@_or_say_why_not
def rule(request: HttpRequest, name: str) -> HttpResponse:
    found = clinical.rule_file(name)
    if found is None:
        raise Http404
    return render(request, "accounts/rule.html", {"file": found})


@needs(RULES)
@require_GET
@_or_say_why_not
def texts(request: HttpRequest) -> HttpResponse:
    """All topics and notices with their states of review."""
    states, told = clinical.states()
    areas = [
        (title, [(name, topic, _reviews(states, name, topic["answers"])) for name, topic in topics])
        for title, topics in clinical.topics_by_area()
    ]
    notices = [
        (file, [(name, notice, _reviews(states, f"notice:{file}/{name}", notice["texts"])) for name, notice in entries])
        for file, entries in clinical.notices()
    ]
    return render(request, "accounts/texts.html", {"areas": areas, "notices": notices, "told": told})


@needs(RULES)
@require_GET
@_or_say_why_not
def text(request: HttpRequest, area: str, name: str) -> HttpResponse:
    found = clinical.topic(area, name)
    if found is None:
        raise Http404
    states, _ = clinical.states()
    versions = [(words, parts, states.get((found["id"], audience))) for audience, words, parts in found["versions"]]
    return render(request, "accounts/text.html", {"topic": found, "versions": versions})


class SheetForm(forms.Form):
    """Which texts to print."""

    texts = forms.CharField(
        label="Texts",
        max_length=200,
        required=False,
        help_text="A topic (aml/what), an area (aml), a notice (emergency/bleeding); several with blanks between. Empty: all.",
    )

    def clean_texts(self) -> str:
        wanted = str(self.cleaned_data["texts"]).split()
        known = clinical.names_of_texts()
        for name in wanted:
            if name not in known:
                raise forms.ValidationError("There is no text “%(name)s”.", params={"name": name})
        return " ".join(wanted)


@needs(RULES)
@require_http_methods(["GET", "POST"])
@_or_say_why_not
def sheets(request: HttpRequest) -> HttpResponse:
    """Sheets to print, for reading and marking; and how an approval is written down."""
    form = SheetForm(request.POST if request.method == "POST" else None, initial={"texts": request.GET.get("texts", "")})
    if form.is_valid():
        ReviewSheet.objects.create(texts=form.cleaned_data["texts"], by=request.user)  # type: ignore[misc]
        return redirect("accounts:sheets")
    asked = ReviewSheet.objects.defer("page").select_related("by").order_by("-at")
    return render(request, "accounts/sheets.html", {"form": form, "sheets": asked}, status=422 if form.errors else 200)


@needs(RULES)
@require_GET
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """As a download: the sheet has a style of its own, which our pages do not allow."""
    found = get_object_or_404(ReviewSheet.objects.exclude(made=None), pk=pk)
    response = HttpResponse(found.page, content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="review-sheet-{found.pk}.html"'
    return response


def _reviews(states: dict[tuple[str, str], dict[str, Any]], name: str, texts: dict[str, Any]) -> list[tuple[str, str]]:
    """(for whom, state) of each version."""
    return [
        (words, states.get((name, audience), {}).get("state", "not known here"))
        for audience, words in clinical.AUDIENCES.items()
        if audience in texts
    ]
