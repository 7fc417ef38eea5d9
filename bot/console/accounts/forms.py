"""The forms of signing in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django_otp.models import Device
from django_otp.plugins.otp_totp.models import TOTPDevice

from bot.console.accounts import second_factor

WRONG = "This code is not right. Codes change every 30 seconds: please take the one that your app shows now."


class CodeForm(forms.Form):
    """A code of the app, or a recovery code; ``device`` is the one that accepted it."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *arguments: Any, user: AbstractBaseUser, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.user = user
        self.device: Device | None = None

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        self.refuse_too_soon(code)
        self.device = second_factor.check(self.user, code)
        if self.device is None:
            raise ValidationError(f"{WRONG} A recovery code works only once.")
        return code

    def refuse_too_soon(self, code: str) -> None:
        wait = second_factor.seconds_to_wait(self.user, code)
        if wait:
            raise ValidationError(f"There were wrong codes. Please wait {_duration(wait)} and try again.")


class NewAppForm(CodeForm):
    """The first code of a new app, which proves that it works."""

    codes: list[str]

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        self.refuse_too_soon("")
        found: tuple[TOTPDevice, list[str]] | None = second_factor.confirm(self.user, code)
        if found is None:
            raise ValidationError(WRONG)
        self.device, self.codes = found
        return code


def _duration(seconds: int) -> str:
    if seconds < 120:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"{seconds // 60 + 1} minutes"
