"""Who may open a page, and the log of who did what.

Every view of the console wears one of `needs`, `signed_in` or `open_to_all`; one that wears none is shown to nobody
(`middleware.NobodyByDefault`), so that a forgotten line closes a page and does not open it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from bot.console.accounts.models import AccessLog

if TYPE_CHECKING:
    from bot.console.conversations.models import Conversation

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

OPEN = "open"
SIGNED_IN = "signed in"
SAFE = {"GET", "HEAD", "OPTIONS"}
NOT_TYPED = {"csrfmiddlewaretoken"}
PASSWORD = "password"
"""Part of the names of fields that no page gives back."""


def needs(permission: str) -> Callable[[View], View]:
    """For views: signed in, second factor given, and the permission (``"app.codename"``); else the log-in, or 403.

    A change (anything but GET) that was done is written to the log. Put it on the function (for a class:
    ``method_decorator(needs(...), name="dispatch")``); methods are limited by ``require_POST`` and the like below it.
    """
    if permission.count(".") != 1:
        raise ValueError(f"{permission}: write app.codename")
    return _guard(permission)


def signed_in(view: View) -> View:
    """For views that everyone may see who is signed in with the second factor."""
    return _guard(SIGNED_IN)(view)


def open_to_all(view: View) -> View:
    """For the few views that nobody needs to be signed in for."""
    view.access = OPEN  # type: ignore[attr-defined]
    return view


def _guard(access: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not is_in(request):
                return _to_log_in(request)
            if access != SIGNED_IN and not request.user.has_perm(access):
                raise PermissionDenied
            response = view(request, *args, **kwargs)
            if request.method not in SAFE and not getattr(request, "was_logged", False):
                _log_writing(request, done=response.status_code < 400)
            return response

        guarded.access = access  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def is_in(request: HttpRequest) -> bool:
    """Signed in, with the second factor. `django_otp`'s middleware adds ``is_verified``."""
    user = request.user
    return bool(user.is_authenticated and user.is_active and user.is_verified())  # type: ignore[attr-defined]


def viewed(request: HttpRequest, conversation: Conversation) -> None:
    """Write to the log that this person saw the conversation. Views that change it call it, too: `needs` then names it."""
    request.conversation_number = conversation.pk  # type: ignore[attr-defined]
    if request.method in SAFE:
        log(request, AccessLog.What.VIEWED, conversation.pk)


def changed(request: HttpRequest, *words: str) -> None:
    """Say what a POST changed, for its line in the log; without words: nothing, so there is no line.

    Names of buttons and fields, never what stood in them.
    """
    request.changed_words = words  # type: ignore[attr-defined]


def _log_writing(request: HttpRequest, done: bool) -> None:
    """The line of a POST. One that changed nothing may still have shown a conversation."""
    words, conversation = getattr(request, "changed_words", None), getattr(request, "conversation_number", None)
    if done and words != ():
        log(request, AccessLog.What.CHANGED, conversation, words or ())
    elif conversation is not None:
        log(request, AccessLog.What.VIEWED, conversation)


def log(request: HttpRequest, what: str, conversation: int | None = None, words: Iterable[str] = (), **numbers: int) -> None:
    """One line in the log; ``words`` and ``numbers`` are added to the name of the page and the numbers in its address."""
    request.was_logged = True  # type: ignore[attr-defined]
    who: Any = request.user  # signed in, else no view gets here
    AccessLog.objects.create(who=who, what=what, conversation=conversation, where=_where(request, words, numbers))


def _where(request: HttpRequest, more: Iterable[str], numbers: dict[str, int]) -> str:
    """Name of the page and the numbers in its address, such as ``conversations:review pk=7``; words there may be anybody's."""
    match = request.resolver_match
    if match is None:
        return ""
    all_numbers = {name: value for name, value in match.kwargs.items() if isinstance(value, int)} | numbers
    words = [match.view_name, *(f"{name}={value}" for name, value in all_numbers.items()), *more]
    return " ".join(words)[: AccessLog._meta.get_field("where").max_length]


def _to_log_in(request: HttpRequest) -> HttpResponse:
    """To the log-in, and back to this page after it. Whoever was writing keeps what they wrote, except passwords."""
    if request.method in SAFE:
        if request.user.is_authenticated:
            return redirect(f"{reverse('accounts:second_factor')}?{urlencode({'next': request.get_full_path()})}")
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    written = [(name, texts) for name, texts in request.POST.lists() if name not in NOT_TYPED and PASSWORD not in name]
    typed = [(name, text) for name, texts in written for text in texts if text.strip()]
    return render(request, "accounts/signed_out.html", {"typed": typed}, status=401)
