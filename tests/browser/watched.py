"""Pages of a real browser under watch."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page
from widget import WAIT, WIDTHS


class Watched:
    """Pages whose every request and complaint is written down; at the end of a test there must be none to speak of."""

    def __init__(self, browser: Browser) -> None:
        self._browser, self._contexts = browser, list[BrowserContext]()
        self.hosts: set[str] = set()
        self.files: set[str] = set()
        self.complaints: list[str] = []
        self.expected: tuple[str, ...] = ()

    def context(self, width: str = "desktop", **options: Any) -> BrowserContext:
        options = {"viewport": WIDTHS[width], "reduced_motion": "reduce", **options}
        context = self._browser.new_context(**options)
        context.set_default_timeout(WAIT)
        context.on("page", self._watch)
        self._contexts.append(context)
        return context

    def page(self, width: str = "desktop", **options: Any) -> Page:
        return self.context(width, **options).new_page()

    def expect(self, *complaints: str) -> None:
        """Words of what the browser will complain of in this test, and rightly so."""
        self.expected += complaints

    def _watch(self, page: Page) -> None:
        page.on("request", lambda request: self._note(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: message.type in ("error", "warning") and self.complaints.append(message.text))

    def _note(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https"):
            self.hosts.add(parts.netloc)
            self.files.add(parts._replace(query="").geturl())

    def close(self, *own: str) -> None:
        """Fails when a page asked another site than those at these addresses, or complained unexpectedly."""
        for context in self._contexts:
            context.close()
        strangers = self.hosts - {urlsplit(address).netloc for address in own}
        assert strangers == set(), f"asked a third party: {strangers}"
        surprises = [said for said in self.complaints if not any(words in said for words in self.expected)]
        assert surprises == []
