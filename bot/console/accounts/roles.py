"""The roles: groups of Django with the permissions that stand here, set after every migration. This table is the only place."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions

REVIEW = (
    "conversations.view_conversation",
    "conversations.change_conversation",
    "learning.view_proposal",
    "learning.propose",
    "overview.view_overview",
)
LEAD = (
    *REVIEW,
    "conversations.assign_conversation",
    "conversations.export_conversation",
    "learning.approve_proposal",
    "learning.export_proposal",
)
CLINICAL = (
    "conversations.view_conversation",
    "conversations.change_conversation",
    "learning.view_proposal",
    "learning.propose",
    "learning.approve_proposal",
    "accounts.view_rules",
)
DATA_PROTECTION = (
    "conversations.view_conversation",
    "conversations.erase_conversation",
    "conversations.export_conversation",
    "accounts.view_accesslog",
)
PEOPLE = ("auth.view_user", "auth.add_user", "auth.change_user")
"""Makes accounts, gives them roles, helps who lost a password or phone."""
ROLES: dict[str, tuple[str, ...]] = {
    "reviewer": REVIEW,
    "lead": LEAD,
    "clinical": CLINICAL,
    "data_protection": DATA_PROTECTION,
    "admin": tuple(dict.fromkeys((*LEAD, *CLINICAL, *DATA_PROTECTION, *PEOPLE))),
}
EVERY_PERMISSION = frozenset(permission for permissions in ROLES.values() for permission in permissions)


def give_permissions(sender: AppConfig, using: str, **more: Any) -> None:
    """After the migrations of an app: each role has exactly the permissions of that app which stand in ROLES."""
    if not any(permission.startswith(f"{sender.label}.") for permission in EVERY_PERMISSION):
        return
    create_permissions(sender, verbosity=0, using=using)  # may not have been done yet: the order of receivers is no promise
    group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    of_app = permission.objects.using(using).filter(content_type__app_label=sender.label)
    for name, permissions in ROLES.items():
        role, _ = group.objects.using(using).get_or_create(name=name)
        wanted = [one.partition(".")[2] for one in permissions if one.startswith(f"{sender.label}.")]
        role.permissions.remove(*of_app.exclude(codename__in=wanted))
        role.permissions.add(*of_app.filter(codename__in=wanted))
