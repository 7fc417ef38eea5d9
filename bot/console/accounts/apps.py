from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "bot.console.accounts"
    verbose_name = "Accounts and safety"

    def ready(self) -> None:
        from bot.console.accounts import checks, roles  # noqa: F401  (the checks register themselves)

        post_migrate.connect(roles.give_permissions, dispatch_uid="accounts.roles")
