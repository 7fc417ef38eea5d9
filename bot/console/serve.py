"""Start the console: bring its database up to date, make the first user when told to, and hand over to the web server."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import call_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bot.console.settings")
    try:
        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
        make_first_user(os.environ.get("CONSOLE_FIRST_USER", ""), os.environ.get("CONSOLE_FIRST_PASSWORD", ""))
    except ImproperlyConfigured as error:
        sys.exit(f"console: not started. {error}")
    from django.conf import settings

    if settings.PRODUCTION:
        call_command("collectstatic", verbosity=0, interactive=False)
    address = f"{os.environ.get('CONSOLE_INTERFACE', '127.0.0.1')}:{os.environ.get('CONSOLE_PORT', '8000')}"
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    os.execv(
        gunicorn,
        [gunicorn, "--bind", address, "--workers", "2", "--threads", "4", "--no-control-socket", "--log-level", "warning",
         "bot.console.wsgi"],
    )  # fmt: skip


def make_first_user(name: str, password: str) -> None:
    """Make an administrator while there is no user at all: by role, which another can take away on the page of people.

    Raises ImproperlyConfigured with the setting's name.
    """
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group
    from django.contrib.auth.password_validation import validate_password
    from django.db import transaction

    users = get_user_model().objects
    if users.exists():
        return
    if not name and not password:
        print("console: nobody can log in yet. Make the first user with `make console-user`.", flush=True)
        return
    if not name or not password:
        raise ImproperlyConfigured("CONSOLE_FIRST_USER and CONSOLE_FIRST_PASSWORD: set both, or neither")
    try:
        validate_password(password)
    except ValidationError as error:
        raise ImproperlyConfigured(f"CONSOLE_FIRST_PASSWORD: {' '.join(error.messages)}") from None
    with transaction.atomic():
        users.create_user(name, password=password).groups.add(Group.objects.get(name="admin"))


if __name__ == "__main__":
    main()
