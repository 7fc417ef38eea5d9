"""The addresses of the queue and the review of conversations."""

from __future__ import annotations

from django.urls import path

from bot.console.conversations import queue_page, review_page

app_name = "conversations"
urlpatterns = [
    path("", queue_page.show, name="queue"),
    path("views/save", queue_page.save_view, name="save_view"),
    path("views/<int:view>/delete", queue_page.delete_view, name="delete_view"),
    path("single-keys", queue_page.set_single_keys, name="single_keys"),
    path("<int:pk>/", review_page.show, name="review"),
    path("<int:pk>/save", review_page.save, name="save"),
    path("<int:pk>/next", review_page.following, name="following"),
    path("<int:pk>/turns", review_page.turns, name="turns"),
    path("<int:pk>/turns/<int:turn>/correct", review_page.correct, name="correct"),
]
