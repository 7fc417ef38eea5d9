"""The page of what is missing: groups of messages without an answer, the largest first."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from bot.console.accounts.access import needs, viewed
from bot.console.conversations import guide_files
from bot.console.learning.models import Example, Group, Grouping

VIEW = "learning.view_proposal"
PAGE = 10
SHOWN = 5
"""Messages of a group that are seen at once; the others open."""


@needs(VIEW)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The groups of the last run, and how it went."""
    grouping = Grouping.objects.filter(state=Grouping.State.DONE).order_by("-pk").first()
    latest = Grouping.objects.order_by("-pk").first()
    in_order = Prefetch("examples", Example.objects.select_related("turn", "turn__conversation").order_by("rank"))
    groups = Group.objects.filter(grouping=grouping).order_by("-conversations", "-messages", "pk").prefetch_related(in_order)
    page = Paginator(groups, PAGE).get_page(request.GET.get("page"))
    found = [(group, list(group.examples.all())) for group in page]
    shown = [
        {"group": group, "nearest": guide_files.title(group.nearest), "first": examples[:SHOWN], "more": examples[SHOWN:]}
        for group, examples in found
    ]
    with transaction.atomic():
        conversations = {one.turn.conversation_id: one.turn.conversation for _, examples in found for one in examples}
        for conversation in conversations.values():
            viewed(request, conversation)
    busy = latest is not None and latest.state in {Grouping.State.ASKED, Grouping.State.RUNNING}
    failed = latest if latest and latest.state == Grouping.State.FAILED else None
    context = {"grouping": grouping, "busy": busy, "failed": failed, "page": page, "groups": shown}
    return render(request, "learning/missing.html", context)


@needs(VIEW)
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Ask for a new run; the program `learning` does it."""
    if not Grouping.objects.filter(state__in=[Grouping.State.ASKED, Grouping.State.RUNNING]).exists():
        Grouping.objects.create()
    messages.success(request, "The messages are being grouped anew. That takes a few minutes; look at this page again then.")
    return redirect("learning:missing")
