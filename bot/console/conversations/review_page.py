"""The review of one conversation as a page. Long conversations show their end first; what is earlier is asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from bot.console.accounts.access import changed, needs, viewed
from bot.console.conversations import reviewing
from bot.console.conversations.forms import Filters, Review, TurnReview, whole
from bot.console.conversations.models import Alarm, Comment, Conversation, Correction, Turn
from bot.console.conversations.queue_page import queue_address, single_keys

if TYPE_CHECKING:
    from django.contrib.auth.models import User

VIEW = "conversations.view_conversation"
CHANGE = "conversations.change_conversation"
ASSIGN = "conversations.assign_conversation"
TURNS = 20
"""Turns that are shown at once."""
MOST_NOTABLE = 30
"""Links to turns that need a look, in a long conversation."""
_TURN_FIELD = re.compile(r"turn-(\d{1,18})-(?:intent|note)")


@needs(VIEW)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The review page; ``until`` is the number of the last turn to show."""
    conversation = _find(request, pk)
    review = Review(conversation, request.user.has_perm(ASSIGN))
    return _page(request, conversation, review, {}, until=whole(request.GET.get("until")))


@needs(VIEW)
@require_GET
def turns(request: HttpRequest, pk: int) -> HttpResponse:
    """A piece of the transcript, for a page that is open."""
    conversation = _find(request, pk)
    context = _transcript(conversation, whole(request.GET.get("until")), {})
    context |= {"conversation": conversation, "query": _query(request), "may_change": request.user.has_perm(CHANGE)}
    return render(request, "conversations/turns.html", context)


@needs(CHANGE)
@require_GET
def correct(request: HttpRequest, pk: int, turn: int) -> HttpResponse:
    """The fields that correct one turn, for a page that is open."""
    conversation = _find(request, pk)
    form = _turn_form(request, conversation, turn)
    return render(request, "conversations/turn_form.html", {"form": form, "turn": form.turn})


@needs(CHANGE)
@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what was filled in; then the same page or, after "reviewed" and "saved for later", the next conversation."""
    user: User = request.user  # type: ignore[assignment]
    conversation = _find(request, pk)
    press = request.POST.get("do", "save")
    review = Review(conversation, user.has_perm(ASSIGN), request.POST)
    numbers = sorted({int(match[1]) for match in map(_TURN_FIELD.fullmatch, request.POST) if match})
    forms = {number: _turn_form(request, conversation, number, request.POST) for number in numbers}
    if press.startswith("open:"):
        turn = whole(press.removeprefix("open:")) or 0
        forms.setdefault(turn, _turn_form(request, conversation, turn))
        changed(request)
        return _page(request, conversation, review, forms, opened=turn)
    if not all([review.is_valid(), *(form.is_valid() for form in forms.values())]):
        messages.error(request, "Nothing is saved yet: please look at the fields that are marked below.")
        return _page(request, conversation, review, forms, status=422)
    try:
        reviewing.save(conversation, user, press, review, forms.values())
    except reviewing.WentOn:
        review = _seen_now(conversation, user, request.POST)
        messages.warning(
            request,
            "The family wrote again while you were reading, so this is not saved yet. The new messages are shown below; what "
            "you wrote is still there. Please press the button once more when you have read them.",
        )
        return _page(request, conversation, review, forms, status=409)
    except ValueError:
        return HttpResponseBadRequest("This button is not known.", content_type="text/plain")
    fields = (f"turn {form.turn.number}: {' '.join(form.changed_data)}" for form in forms.values() if form.has_changed())
    changed(request, press, *review.changed_data, *fields)
    if press not in {"reviewed", "later"}:
        messages.success(request, "Saved.")
        at = whole(request.POST.get("at"))
        return redirect(_address("review", pk, _query(request)) + (f"#turn-{at}" if at else ""))
    done = "reviewed" if press == "reviewed" else "saved for later"
    again = _address("review", pk, _query(request))
    messages.success(request, format_html('Conversation {} is {}. <a href="{}">Look at it again</a>', pk, done, again))
    return _to_next(request, conversation)


@needs(VIEW)
@require_GET
def following(request: HttpRequest, pk: int) -> HttpResponse:
    """To the next conversation of the queue, without a change."""
    return _to_next(request, get_object_or_404(Conversation, pk=pk))


def _to_next(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    filters = Filters(request.GET, request.user)
    found = filters.queue.after(conversation)
    if found:
        return redirect(_address("review", found.pk, filters.address))
    messages.info(request, "That was the last conversation of this list. What is still in it stands here.")
    return redirect(queue_address(filters.address))


def _query(request: HttpRequest) -> str:
    """The filters of the queue that the reviewer came from."""
    return Filters(request.GET, request.user).address


def _address(name: str, pk: int, query: str) -> str:
    """Address of a page of a conversation that remembers the filters of the queue."""
    return reverse(f"conversations:{name}", args=[pk]) + (f"?{query}" if query else "")


def _find(request: HttpRequest, pk: int) -> Conversation:
    rows = Conversation.objects.select_related("assignee", "reviewed_by").prefetch_related("tags")
    conversation = get_object_or_404(rows, pk=pk)
    viewed(request, conversation)
    return conversation


def _seen_now(conversation: Conversation, user: User, data: QueryDict) -> Review:
    """The same form, for a reviewer who is now shown all turns."""
    conversation.refresh_from_db()
    again = data.copy()
    again["seen"] = str(conversation.turn_count)
    return Review(conversation, user.has_perm(ASSIGN), again)


def _turn_form(request: HttpRequest, conversation: Conversation, turn: int, data: QueryDict | None = None) -> TurnReview:
    """Raises Http404 for a turn of another conversation."""
    found = get_object_or_404(Turn.objects.filter(conversation=conversation), pk=turn)
    found.conversation = conversation
    return TurnReview(found, data, Correction.objects.filter(turn=found, by_id=request.user.pk).order_by("pk").first())


def _page(
    request: HttpRequest,
    conversation: Conversation,
    review: Review,
    forms: dict[int, TurnReview],
    until: int | None = None,
    opened: int | None = None,
    status: int = 200,
) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    query = _query(request)
    comments = Comment.objects.filter(conversation=conversation, turn=None).select_related("by").order_by("at", "pk")
    context = {
        "conversation": conversation,
        "review": review,
        "comments": comments,
        "may_change": user.has_perm(CHANGE),
        "opened": opened,
        "query": query,
        "back": queue_address(query),
        "here": _address("review", conversation.pk, query),
        "save": _address("save", conversation.pk, query),
        "following": _address("following", conversation.pk, query),
        "single_keys": single_keys(user),
        **_transcript(conversation, until, forms),
    }
    if conversation.turn_count > TURNS:
        context["notable"] = _notable(conversation, context["first"], context["last"])
    return render(request, "conversations/review.html", context, status=status)


def _transcript(conversation: Conversation, until: int | None, forms: dict[int, TurnReview]) -> dict[str, Any]:
    """The turns up to number ``until`` (the end), so many as are shown at once, and all that are being corrected."""
    last = min(until or conversation.turn_count, conversation.turn_count)
    wanted = [form.turn.number for form in forms.values()]
    first = max(1, min([last - TURNS + 1, *wanted]))
    last = max([last, *wanted])
    rows = (
        Turn.objects.filter(conversation=conversation, number__gte=first, number__lte=last)
        .order_by("number")
        .prefetch_related(
            Prefetch("corrections", Correction.objects.select_related("by").order_by("at", "pk")),
            Prefetch("comments", Comment.objects.select_related("by").order_by("at", "pk")),
            "proposals",
        )
    )
    return {
        "turns": [(turn, forms.get(turn.pk)) for turn in rows],
        "first": first,
        "last": last,
        "earlier": first - 1,
    }


def _notable(conversation: Conversation, first: int, last: int) -> list[Turn]:
    """Turns that need a look and are not on the page, of a long conversation."""
    need = Q(alarm_level__gt=Alarm.NONE) | Q(failed=True) | Q(feedback="no") | Q(kind=Turn.UNKNOWN)
    elsewhere = Turn.objects.filter(conversation=conversation).filter(need).exclude(number__gte=first, number__lte=last)
    return list(elsewhere.only("number", "alarm_level", "failed", "feedback", "kind").order_by("number")[:MOST_NOTABLE])
