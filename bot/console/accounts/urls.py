from __future__ import annotations

from django.urls import path

from bot.console.accounts import clinical_views, data_views, login

app_name = "accounts"
urlpatterns = [
    path("login", login.LogIn.as_view(), name="login"),
    path("second-factor", login.ask_second_factor, name="second_factor"),
    path("new-app", login.new_app, name="new_app"),
    path("recovery-codes", login.new_recovery_codes, name="recovery_codes"),
    path("", login.account, name="account"),
    path("password", login.ChangePassword.as_view(), name="password"),
    path("choose-password/<uidb64>/<token>", login.ChoosePassword.as_view(), name="choose_password"),
    path("stay", login.stay, name="stay"),
    path("data", data_views.data, name="data"),
    path("export", data_views.export, name="export"),
    path("erase/<int:pk>", data_views.erase, name="erase"),
    path("erasures/<int:pk>", data_views.erasure, name="erasure"),
    path("erasures/<int:pk>/again", data_views.ask_again, name="ask_again"),
    path("deletions/<int:pk>/done", data_views.deleted_by_hand, name="deleted_by_hand"),
    path("lines/<int:pk>/done", data_views.line_deleted, name="line_deleted"),
    path("log", data_views.access_log, name="log"),
    path("rules", clinical_views.rules, name="rules"),
    path("rules/<slug:name>", clinical_views.rule, name="rule"),
    path("texts", clinical_views.texts, name="texts"),
    path("texts/<slug:area>/<slug:name>", clinical_views.text, name="text"),
    path("sheets", clinical_views.sheets, name="sheets"),
    path("sheets/<int:pk>", clinical_views.sheet, name="sheet"),
]
