"""The addresses of the overview."""

from __future__ import annotations

from django.urls import path

from bot.console.overview import views

app_name = "overview"
urlpatterns = [
    path("", views.page, name="page"),
    path("<slug:name>.csv", views.table, name="table"),
]
