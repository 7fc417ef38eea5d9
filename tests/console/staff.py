"""Staff for the console's tests: users with a role, signed in with the second factor."""

from __future__ import annotations

from django.contrib.auth.models import Group, User
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

PASSWORD = "a long invented phrase"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def make_user(role: str, name: str = "") -> User:
    """A member of staff with one role (``""``: none)."""
    user = User.objects.create_user(name or role or "nobody", password=PASSWORD)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


def sign_in(user: User, client: Client | None = None) -> Client:
    """A browser in which ``user`` gave password and second factor."""
    client = client or Client()
    client.force_login(user, BACKEND)
    device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=True, defaults={"name": "app"})
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


def staff(role: str) -> Client:
    """A browser in which someone with this role is signed in."""
    return sign_in(make_user(role))
