"""The addresses of the console; each app brings its own."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView

from bot.console.accounts import login, people
from bot.console.accounts.access import open_to_all, signed_in


@open_to_all
def health(request: HttpRequest) -> HttpResponse:
    """200 when the console's database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("health", health, name="health"),
    path("people/", people.site.urls),
    path("accounts/", include("bot.console.accounts.urls")),
    path("logout", login.log_out, name="logout"),
    path("conversations/", include("bot.console.conversations.urls")),
    path("learning/", include("bot.console.learning.urls")),
    path("overview/", include("bot.console.overview.urls")),
    path("", signed_in(RedirectView.as_view(pattern_name="conversations:queue")), name="home"),
]
