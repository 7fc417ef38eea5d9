"""The second factor: an authenticator app (TOTP), and recovery codes for the day the phone is lost."""

from __future__ import annotations

import hashlib
import secrets
from base64 import b32encode
from math import ceil

import segno
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

RECOVERY_CODES = 10
CODE_BYTES = 10
"""Random bytes of a recovery code: nobody guesses 80 bits."""
KEPT = 16
"""Characters of a code's digest that are stored: 80 bits, and what the table has room for."""


def is_set_up(user: AbstractBaseUser) -> bool:
    """Whether there is a second factor that was proved to work."""
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def pending_app(user: AbstractBaseUser) -> TOTPDevice:
    """The app that is being set up; its secret stays the same while the page is loaded again."""
    device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "authenticator app"})
    return device


def confirm(user: AbstractBaseUser, code: str) -> tuple[TOTPDevice, list[str]] | None:
    """Make the pending app the one and only second factor when ``code`` is right; returns it with new recovery codes."""
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
        if device is None or not device.verify_token(digits(code)):
            return None
        TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        return device, new_recovery_codes(user)


def new_recovery_codes(user: AbstractBaseUser) -> list[str]:
    """Codes that work once each, in place of all earlier ones. Only their digests are stored: they can be shown just now."""
    codes = [_grouped(b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower()) for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery codes")
        StaticToken.objects.bulk_create(StaticToken(device=device, token=_digest(code)) for code in codes)
    return codes


def recovery_codes_left(user: AbstractBaseUser) -> int:
    return int(StaticToken.objects.filter(device__user=user).count())


def check(user: AbstractBaseUser, code: str) -> Device | None:
    """The device that accepted the code: six digits go to the app, anything else is a recovery code. Wrong ones slow down."""
    with transaction.atomic():
        device = _device_for(user, code)
        if device is None:
            return None
        right = device.verify_token(digits(code) if isinstance(device, TOTPDevice) else _digest(code))
    return device if right else None


def seconds_to_wait(user: AbstractBaseUser, code: str = "") -> int:
    """How long nothing is accepted after wrong codes, in seconds. Without a code: for the app that is being set up."""
    device = _device_for(user, code) if code else TOTPDevice.objects.filter(user=user, confirmed=False).first()
    allowed, why = device.verify_is_allowed() if device else (True, None)
    return 0 if allowed or not why else max(1, ceil((why["locked_until"] - timezone.now()).total_seconds()))


def remove(user: AbstractBaseUser) -> None:
    """For a lost phone: the next log-in sets up a new second factor."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def picture(device: TOTPDevice) -> SafeString:
    """The code to scan, drawn here, as SVG without scripts and styles."""
    drawn = segno.make(device.config_url, error="m", micro=False)
    return mark_safe(  # made of our own numbers only
        drawn.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None, omitsize=True)
    )


def secret(device: TOTPDevice) -> str:
    """The secret as text, for typing it in."""
    return _grouped(b32encode(device.bin_key).decode())


def digits(code: str) -> str:
    return "".join(code.split())


def _device_for(user: AbstractBaseUser, code: str) -> TOTPDevice | StaticDevice | None:
    of_app = digits(code).isdigit() and len(digits(code)) < KEPT
    with transaction.atomic():
        devices = (TOTPDevice if of_app else StaticDevice).objects.select_for_update()
        return devices.filter(user=user, confirmed=True).first()


def _digest(code: str) -> str:
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()[:KEPT]


def _grouped(text: str) -> str:
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))
