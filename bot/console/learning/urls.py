"""The addresses of proposals, exports and what is missing."""

from __future__ import annotations

from django.urls import path

from bot.console.learning import export_pages, missing_page, proposal_pages

app_name = "learning"
urlpatterns = [
    path("", proposal_pages.show_all, name="proposals"),
    path("decide", proposal_pages.decide, name="decide"),
    path("<int:pk>/", proposal_pages.show, name="proposal"),
    path("<int:pk>/word", proposal_pages.word, name="word"),
    path("<int:pk>/withdraw", proposal_pages.withdraw, name="withdraw"),
    path("exports/", export_pages.show_all, name="exports"),
    path("exports/make", export_pages.make, name="make_export"),
    path("exports/<int:pk>/", export_pages.show, name="export"),
    path("exports/<int:pk>/file", export_pages.download, name="export_file"),
    path("exports/<int:pk>/measured", export_pages.record, name="record"),
    path("exports/<int:pk>/withdraw", export_pages.withdraw, name="withdraw_export"),
    path("missing/", missing_page.show, name="missing"),
    path("missing/again", missing_page.again, name="group_again"),
]
