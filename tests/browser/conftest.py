"""A real Chromium before the really running guide."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from charity import Charity
from needed import AXE, present, program
from playwright.sync_api import Browser, Page, sync_playwright
from watched import Watched

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


@pytest.fixture
def watched(browser: Browser, guide: GuideProcess, charity: Charity, stranger: Charity) -> Iterator[Watched]:
    watch = Watched(browser)
    yield watch
    watch.close(guide.url, charity.origin, stranger.origin)


@pytest.fixture
def new_page(watched: Watched) -> Callable[..., Page]:
    """Open a page of its own: ``new_page("phone")``, with Playwright's options for a context."""
    return watched.page


@pytest.fixture(scope="session")
def axe() -> str:
    return present(AXE).read_text(encoding="utf-8")
