"""A real Chromium before the really running guide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from charity import Charity
from needed import AXE, present, program
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from widget import WAIT, WIDTHS

from tools.guide_process import GuideProcess


@pytest.fixture(scope="session")
def charity() -> Iterator[Charity]:
    """A site whose pages may embed the guide."""
    site = Charity()
    yield site
    site.close()


@pytest.fixture(scope="session")
def stranger(guide: GuideProcess) -> Iterator[Charity]:
    """A site whose pages may not."""
    site = Charity()
    site.guide = guide.url
    yield site
    site.close()


@pytest.fixture(scope="session")
def guide(tmp_path_factory: pytest.TempPathFactory, charity: Charity) -> Iterator[GuideProcess]:
    process = GuideProcess(tmp_path_factory.mktemp("guide"), WEB_ORIGINS=charity.origin)
    try:
        process.start()
        charity.guide = process.url
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = program("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium)
        yield running
        running.close()


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

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def watched(browser: Browser, guide: GuideProcess, charity: Charity, stranger: Charity) -> Iterator[Watched]:
    watch = Watched(browser)
    yield watch
    watch.close()
    own = {urlsplit(address).netloc for address in (guide.url, charity.origin, stranger.origin)}
    assert watch.hosts <= own, f"asked a third party: {watch.hosts - own}"
    surprises = [said for said in watch.complaints if not any(words in said for words in watch.expected)]
    assert surprises == []


@pytest.fixture
def new_page(watched: Watched) -> Callable[..., Page]:
    """Open a page of its own: ``new_page("phone")``, with Playwright's options for a context."""
    return watched.page


@pytest.fixture(scope="session")
def axe() -> str:
    return present(AXE).read_text(encoding="utf-8")
