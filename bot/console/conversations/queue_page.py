"""The queue as a page, and its saved views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from bot.console.accounts.access import log, needs
from bot.console.accounts.models import AccessLog
from bot.console.conversations import queue
from bot.console.conversations.forms import Filters, ViewName, whole
from bot.console.conversations.models import Preference, SavedView

if TYPE_CHECKING:
    from django.contrib.auth.models import User

VIEW = "conversations.view_conversation"


def queue_address(query: str) -> str:
    """Address of the queue with these filters."""
    return reverse("conversations:queue") + (f"?{query}" if query else "")


def single_keys(user: User) -> bool:
    """Whether this person wants shortcuts of a single letter."""
    chosen = Preference.objects.filter(user=user).values_list("single_keys", flat=True).first()
    return True if chosen is None else chosen


@needs(VIEW)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The queue."""
    return _page(request, request.GET)


def _page(request: HttpRequest, asked: QueryDict, name: ViewName | None = None) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    filters = Filters(asked, user)
    found = filters.queue
    counts = found.counts()
    state = filters.cleaned_data.get("state") or queue.DEFAULTS["state"]
    pages = max(1, -(-counts[state] // queue.PAGE))
    number = min(max(1, whole(asked.get("page")) or 1), pages)
    without_state = queue.address({key: asked.getlist(key) for key in filters.fields if key != "state"})
    shown = found.page(number)
    search = ["search"] if filters.cleaned_data.get("q") else []
    if shown or search:  # whoever reads messages saw a part of their conversations; one line, without what was searched for
        log(request, AccessLog.What.VIEWED, words=search, page=number, shown=len(shown))
    views = list(SavedView.objects.filter(Q(owner=user) | Q(shared=True)).select_related("owner").order_by("name", "pk"))
    context = {
        "filters": filters,
        "address": filters.address,
        "states": [
            (key, words, counts[key], queue_address("&".join(filter(None, [f"state={key}", without_state]))))
            for key, words in queue.STATES.items()
        ],
        "state": state,
        "state_words": queue.STATES[state],
        "total": counts[state],
        "conversations": shown,
        "number": number,
        "pages": pages,
        "views": views,
        "own_views": [view for view in views if view.owner_id == user.pk],
        "name": name or ViewName(auto_id="view-%s"),
        "single_keys": single_keys(user),
        "here": queue_address(filters.address),
    }
    return render(request, "conversations/queue.html", context, status=200 if name is None else 422)


@needs(VIEW)
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters under a name; a name that this person used before is used again."""
    user: User = request.user  # type: ignore[assignment]
    asked = QueryDict(request.POST.get("query", ""))
    known = SavedView.objects.filter(owner=user, name=request.POST.get("name", "").strip()).first()
    name = ViewName(request.POST, instance=known or SavedView(owner=user), auto_id="view-%s")
    query = Filters(asked, user).address
    if len(query) > (SavedView._meta.get_field("query").max_length or 0):
        name.add_error(None, "These filters are too long to be kept.")
    if not name.is_valid():
        return _page(request, asked, name)
    view = name.save(commit=False)
    view.query = query
    view.save()
    messages.success(request, f"The view “{view.name}” is saved.")
    return redirect(queue_address(query))


@needs(VIEW)
@require_POST
def delete_view(request: HttpRequest, view: int) -> HttpResponse:
    """Only one's own."""
    found = get_object_or_404(SavedView, pk=view, owner=request.user)
    found.delete()
    messages.success(request, f"The view “{found.name}” is gone.")
    return redirect(queue_address(found.query))


@needs(VIEW)
@require_POST
def set_single_keys(request: HttpRequest) -> HttpResponse:
    """Switch the shortcuts of a single letter on or off."""
    user: User = request.user  # type: ignore[assignment]
    wanted = request.POST.get("on") == "1"
    Preference.objects.update_or_create(user=user, defaults={"single_keys": wanted})
    messages.success(request, f"Shortcuts of a single key are {'on' if wanted else 'off'}.")
    back = request.POST.get("back", "")
    here = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if here else reverse("conversations:queue"))
