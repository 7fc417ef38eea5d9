"""Data protection: erase a conversation, see what is still owed, what left the console, and who saw what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bot.console.accounts import erasing, exports, retention
from bot.console.accounts.access import log, needs, viewed
from bot.console.accounts.models import AccessLog, Alert, Erasure, Export, HandDeletion
from bot.console.conversations.forms import Filters, person_name
from bot.console.conversations.models import Comment, Conversation, Correction
from bot.console.learning.models import ExportedExample

ERASE, EXPORT, LOG = "conversations.erase_conversation", "conversations.export_conversation", "accounts.view_accesslog"
PAGE = 100
"""Lines of the log on a page."""
SHOWN = 50
"""Erasures and exports in a list."""


@needs(ERASE)
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """What will go; and with POST it goes."""
    conversation = get_object_or_404(Conversation, pk=pk)
    viewed(request, conversation)
    if request.method == "POST":
        erasure = erasing.erase(conversation, request.user)
        log(request, AccessLog.What.ERASED, pk)
        _say(request, erasing.ask_guide(erasure))
        return redirect("accounts:erasure", pk=erasure.pk)
    shown = {
        "conversation": conversation,
        "comments": Comment.objects.filter(conversation=pk).count(),
        "corrections": Correction.objects.filter(turn__conversation=pk).count(),
        "examples": ExportedExample.objects.filter(conversation=pk).select_related("export").order_by("pk"),
        "exports": Export.objects.filter(conversations__conversation=pk).order_by("at"),
    }
    return render(request, "accounts/erase.html", shown)


@needs(ERASE)
@require_GET
def erasure(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of one."""
    found = get_object_or_404(Erasure.objects.select_related("by"), pk=pk)
    shown = {
        "erasure": found,
        "files": found.files.select_related("export", "export__by", "by").order_by("export__at"),
        "examples": ExportedExample.objects.filter(conversation=found.number).select_related("export").order_by("pk"),
    }
    return render(request, "accounts/erasure.html", shown)


@needs(ERASE)
@require_POST
def ask_again(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Erasure, pk=pk)
    _say(request, erasing.ask_guide(found))
    return redirect("accounts:erasure", pk=pk)


@needs(ERASE)
@require_POST
def deleted_by_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """Someone says that an export, or what of it had to go, was deleted."""
    found = get_object_or_404(HandDeletion, pk=pk)
    HandDeletion.objects.filter(pk=pk, done=None).update(done=timezone.now(), by=request.user)
    return redirect("accounts:erasure", pk=found.erasure_id)


@needs(ERASE)
@require_POST
def line_deleted(request: HttpRequest, pk: int) -> HttpResponse:
    """Someone says that an erased training example was deleted wherever its file went: nothing is left to be found again."""
    found = get_object_or_404(ExportedExample.objects.exclude(erased_at=None), pk=pk)
    log(request, AccessLog.What.CHANGED, found.conversation, export=found.export_id, line=found.line)
    found.delete()
    messages.success(request, f"Line {found.line} is ticked off.")
    return redirect("accounts:data")


@needs(ERASE)
@require_GET
def data(request: HttpRequest) -> HttpResponse:
    """What is owed, what was erased, which files left the console, and whether old things are thrown away."""
    shown = {
        "owed": Erasure.objects.filter(done=None).select_related("by").order_by("at"),
        "by_hand": HandDeletion.objects.filter(done=None).select_related("erasure", "export", "export__by").order_by("pk"),
        "lines": ExportedExample.objects.exclude(erased_at=None).select_related("export").order_by("export", "line"),
        "erasures": Erasure.objects.exclude(done=None).select_related("by").order_by("-at")[:SHOWN],
        "exports": Export.objects.select_related("by").order_by("-at")[:SHOWN],
        "retention": retention.last(),
        "overdue": retention.is_overdue(),
        "unsent": Alert.objects.exclude(state=Alert.State.SENT).order_by("pk"),
    }
    return render(request, "accounts/data.html", shown)


@needs(EXPORT)
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponseBase:
    """The conversations of a queue's filters as a file."""
    query = request.META["QUERY_STRING"] if request.method == "GET" else request.POST.get("query", "")
    filters = Filters(QueryDict(query), request.user)
    found = filters.queue.conversations
    kind = request.POST.get("format", "")
    if kind not in exports.FORMATS:
        wrong = request.method == "POST"
        shown = {
            "count": found.count(),
            "query": filters.address,
            "filters": filters,
            "formats": exports.FORMATS,
            "wrong": wrong,
        }
        return render(request, "accounts/export.html", shown, status=422 if wrong else 200)
    keys = list(found.values_list("pk", flat=True))
    made = exports.record(request.user, exports.file_name(kind), keys)
    log(request, AccessLog.What.EXPORTED, export=made.pk)
    return exports.FORMATS[kind][2](made.name, keys)


class LogFilter(forms.Form):
    """What to look for in the log."""

    conversation = forms.IntegerField(label="Conversation", min_value=1, max_value=2**62, required=False)
    who = forms.ModelChoiceField(User.objects.order_by("username"), label="Person", required=False, empty_label="anyone")
    what = forms.ChoiceField(label="What", choices=[("", "anything"), *AccessLog.What.choices], required=False)
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    until = forms.DateField(label="To", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        who = self.fields["who"]
        assert isinstance(who, forms.ModelChoiceField)
        who.label_from_instance = person_name  # type: ignore[assignment, method-assign]


@needs(LOG)
@require_GET
def access_log(request: HttpRequest) -> HttpResponse:
    """Who saw, changed, exported and erased what, the latest first."""
    form = LogFilter(request.GET)
    form.is_valid()
    chosen = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    names = {"since": "at__date__gte", "until": "at__date__lte"}
    lines = AccessLog.objects.filter(**{names.get(name, name): value for name, value in chosen.items()})
    page = Paginator(lines.select_related("who").order_by("-at", "-pk"), PAGE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    return render(request, "accounts/log.html", {"form": form, "page": page, "query": asked.urlencode()})


def _say(request: HttpRequest, done: bool) -> None:
    if done:
        messages.success(request, "Erased in the console and in the guide.")
    else:
        messages.warning(request, "Erased in the console, but NOT yet in the guide. It is tried again by itself; see below.")
