"""The really running staff console with invented conversations, and somebody who works in it."""

from __future__ import annotations

import base64
import hmac
import os
import signal
import struct
import subprocess
import time
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect
from widget import WAIT

from tools.guide_process import ROOT, free_port

PYTHON = ROOT / ".venv-console/bin/python"
NAME, PASSWORD = "robin", "a long invented phrase"
CONVERSATIONS = 80
START_SECONDS = 60
MAKE_USER = (
    "from django.contrib.auth.models import Group, User; user = User.objects.create_user({name!r}, password={password!r}); "
    "user.groups.add(Group.objects.get(name={role!r}))"
)


class StaffConsole:
    """A console of its own, with its own database in ``folder``: invented conversations, or those of the ``guide``'s file."""

    def __init__(self, folder: Path, guide: Path | None = None) -> None:
        if not PYTHON.is_file():
            pytest.fail("the console's environment is missing: sh tools/setup.sh console", pytrace=False)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._log = folder / "console.log"
        self._environment = {
            **os.environ,
            "VAR": str(folder),
            "CONSOLE_PORT": str(port),
            "CONSOLE_DATABASE_URL": "",
            "BOT_DATABASE_URL": f"sqlite:///{guide or folder / 'conversations.db'}",
            "PYTHONWARNINGS": "ignore",
        }
        self._filling = ["feed", "--once"] if guide else ["make_conversations", str(CONVERSATIONS), "--turns", "6"]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> StaffConsole:
        self.manage("migrate", "--verbosity", "0")
        self.manage(*self._filling)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(PYTHON), "-m", "bot.console.serve"], cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/health").status_code == 200:
                    return self
            except httpx.TransportError:
                time.sleep(0.2)
        raise RuntimeError(f"the console did not start:\n{self._log.read_text()[-2000:]}")

    def manage(self, *arguments: str) -> None:
        command = [str(PYTHON), "-W", "ignore", "bot/console/manage.py", *arguments]
        subprocess.run(command, cwd=ROOT, env=self._environment, check=True, timeout=120, stdout=subprocess.DEVNULL)

    def make_user(self, name: str, role: str) -> None:
        self.manage("shell", "-c", MAKE_USER.format(name=name, password=PASSWORD, role=role))

    def stop(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(15)


def code(secret: str) -> str:
    """What an authenticator app shows now for the key that the page gives (RFC 6238: SHA-1, 30 seconds, six digits)."""
    key = base64.b32decode(secret.replace(" ", "").upper() + "=" * (-len(secret.replace(" ", "")) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def log_in(page: Page, url: str, name: str) -> None:
    """For the first time, with the keyboard alone: password, authenticator app, recovery codes. Ends at the queue."""
    page.goto(url)
    tab_to(page, "username")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Set up your authenticator app")).to_be_visible(timeout=WAIT)
    secret = page.locator(".secret").inner_text()
    tab_to(page, "token", "code")
    page.keyboard.type(code(secret))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible(timeout=WAIT)
    tab_until(page, "e => e.matches('a') && e.textContent.includes('I have kept them')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Queue")).to_be_visible(timeout=WAIT)


def tab_to(page: Page, *names: str) -> None:
    """Press Tab until the field with one of these names has the focus."""
    tab_until(page, f"e => {list(names)}.includes(e.name)")


def tab_until(page: Page, holds: str) -> None:
    for _ in range(60):
        if page.evaluate(f"() => ({holds})(document.activeElement)"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"sixty times Tab does not lead to it: {holds}")
