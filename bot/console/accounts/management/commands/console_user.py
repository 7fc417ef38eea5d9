"""Make an account or help its owner: `console_user NAME [--role ROLE]...`. The second factor is set up at the first log-in."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from typing import Any

from axes.utils import reset as unlock_attempts
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from bot.console.accounts import second_factor
from bot.console.accounts.roles import ROLES


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", default="", help="of the account; asked for when it is missing")
        parser.add_argument("--role", action="append", choices=list(ROLES), help="may be given several times (default: admin)")
        parser.add_argument("--password", action="store_true", help="ask for a new password for an account that is there")
        parser.add_argument("--remove-second-factor", action="store_true", help="for a lost phone")
        parser.add_argument("--unlock", action="store_true", help="after too many wrong passwords")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"] or input("Name of the account: ").strip()
        if not name:
            raise CommandError("give the account a name")
        user = User.objects.filter(username=name).first()
        is_new = user is None
        user = user or User(username=name)
        if is_new or options["password"]:
            self._ask_password(user)
            user.save()
            second = "is set up at the first log-in" if is_new else "stays as it was"
            self.stdout.write(f"{name}: password set; the second factor {second}")
        if is_new or options["role"]:
            roles = options["role"] or ["admin"]
            user.groups.set(Group.objects.filter(name__in=roles))
            if user.is_superuser:  # of `createsuperuser`: no role and no page could limit it
                user.is_superuser = False
                user.save(update_fields=["is_superuser"])
            self.stdout.write(f"{name}: {', '.join(roles)}")
        if options["remove_second_factor"]:
            second_factor.remove(user)
            self.stdout.write(f"{name}: second factor removed")
        if options["unlock"]:
            unlock_attempts(username=name)
            self.stdout.write(f"{name}: unlocked")

    def _ask_password(self, user: User) -> None:
        while True:
            password = getpass.getpass("Password: ")
            if password != getpass.getpass("The same once more: "):
                self.stderr.write("These were not the same. Please try again.")
                continue
            try:
                validate_password(password, user)
            except ValidationError as error:
                self.stderr.write(" ".join(error.messages))
                continue
            user.set_password(password)
            return
