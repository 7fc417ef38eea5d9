"""The pages where administrators make accounts and help who lost a password or phone: Django's admin, with users only.

Roles are not edited here but in `roles.py`; nobody is deleted, because the log and the notes name who did what.
"""

from __future__ import annotations

from typing import Any

from axes.utils import reset as unlock_attempts
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.html import format_html
from django.utils.http import urlsafe_base64_encode

from bot.console.accounts import second_factor
from bot.console.accounts.access import is_in, log
from bot.console.accounts.models import AccessLog
from bot.console.accounts.roles import ROLES


class StaffSite(admin.AdminSite):
    """Opens for whoever may see users, signed in with the second factor."""

    site_header = site_title = "TSC kidney guide, staff console"
    index_title = "People"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        if is_in(request) and not request.user.has_perm("auth.view_user"):
            raise PermissionDenied
        return is_in(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect(f"{reverse('accounts:login')}?{request.GET.urlencode()}")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("accounts:password")


class NewPerson(forms.ModelForm):
    """A new account has no password; its owner chooses one over the link that `make_link` makes."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "groups")

    def save(self, commit: bool = True) -> User:
        self.instance.set_unusable_password()
        user: User = super().save(commit)
        return user


class People(UserAdmin):
    """Accounts and their roles. Passwords are chosen by their owners, over a link that works once."""

    list_display = ("username", "first_name", "last_name", "roles", "is_active", "has_second_factor", "last_login")
    list_filter = ("is_active", "groups")
    fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email", "is_active")}),
        ("Roles", {"fields": ("groups",)}),
        ("Seen", {"fields": ("last_login", "date_joined")}),
    )
    add_form = NewPerson
    add_fieldsets = ((None, {"fields": ("username", "first_name", "last_name", "email", "groups")}),)
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    actions = ("make_link", "remove_second_factor", "unlock")

    @admin.display(description="roles")
    def roles(self, user: User) -> str:
        return ", ".join(sorted(group.name for group in user.groups.all()))

    @admin.display(description="second factor", boolean=True)
    def has_second_factor(self, user: User) -> bool:
        return second_factor.is_set_up(user)

    @admin.action(description="Make a link with which they choose a new password")
    def make_link(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in self._changed(request, users, "link to choose a password"):
            self.message_user(request, format_html("For {}: {}", user.get_username(), link_to_choose_password(request, user)))

    @admin.action(description="Remove the second factor (phone lost): it is set up anew at the next log-in")
    def remove_second_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in self._changed(request, users, "second factor removed"):
            second_factor.remove(user)
            self.message_user(request, f"{user.get_username()} sets up a new app at the next log-in.", messages.SUCCESS)

    @admin.action(description="Unlock after wrong passwords")
    def unlock(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in self._changed(request, users, "unlocked"):
            unlock_attempts(username=user.get_username())
            self.message_user(request, f"{user.get_username()} can log in again.", messages.SUCCESS)

    def _changed(self, request: HttpRequest, users: QuerySet[User], what: str) -> list[User]:
        """The chosen users, after a line in both logs for each."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        for user in users:
            self.log_change(request, user, what)
            log(request, AccessLog.What.SECURITY, user=user.pk)
        return list(users)

    def formfield_for_manytomany(self, db_field: Any, request: Any, **options: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **options)
        if field is not None and db_field.name == "groups":
            field.widget = forms.CheckboxSelectMultiple()
            field.queryset = Group.objects.filter(name__in=ROLES).order_by("name")
            field.help_text = ""
        return field

    def save_model(self, request: HttpRequest, user: Any, form: Any, change: bool) -> None:
        super().save_model(request, user, form, change)
        log(request, AccessLog.What.SECURITY, user=user.pk)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Nobody sets another's password: `make_link` lets them do it themselves."""
        raise PermissionDenied

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def link_to_choose_password(request: HttpRequest, user: User) -> str:
    """Works once and for PASSWORD_RESET_TIMEOUT; whoever has it sets the password, so it is given to that person only."""
    number, token = urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)
    return request.build_absolute_uri(reverse("accounts:choose_password", args=[number, token]))


site = StaffSite()
site.register(get_user_model(), People)
