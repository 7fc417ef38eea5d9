"""The staff console in a real browser: ten conversations reviewed with the keyboard alone, and no barrier on any page."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from barriers import Barriers
from playwright.sync_api import Browser, Page, expect
from staff_console import NAME, StaffConsole, log_in, tab_to
from watched import Watched
from widget import WAIT

TEN = 10


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffConsole]:
    made = StaffConsole(tmp_path_factory.mktemp("console"))
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture
def watched_console(browser: Browser, console: StaffConsole) -> Iterator[Watched]:
    watch = Watched(browser)
    yield watch
    watch.close(console.url)


def waiting(page: Page) -> int:
    """How many conversations the queue says are new."""
    words = (
        page.get_by_role("navigation", name="State of the conversations")
        .get_by_role("link", name=re.compile(r"^New \d"))
        .inner_text()
    )
    return int(re.sub(r"\D", "", words))


def test_a_new_reviewer_reviews_ten_conversations_with_the_keyboard_alone(console, watched_console):
    """From the log-in on nothing is clicked. The first is corrected, the second gets a note, the third a tag."""
    console.make_user(NAME, "reviewer")
    page = watched_console.page()
    log_in(page, console.url, NAME)
    before = waiting(page)
    keys, began = page.keyboard, time.monotonic()
    keys.press("j")
    keys.press("Enter")
    numbers = list[str]()
    for done in range(TEN):
        heading = page.get_by_role("heading", name=re.compile(r"Conversation \d+"))
        expect(heading).to_be_visible(timeout=WAIT)
        numbers.append(heading.inner_text())
        if done == 0:
            keys.press("k")
            keys.press("d")
            expect(page.locator("details.about[open]").first).to_be_visible()
            keys.press("c")
            choice = page.locator(".turn-form select").first
            expect(choice).to_be_focused()
            keys.press("ArrowDown")
            chosen = choice.evaluate("e => e.selectedOptions[0].textContent.trim()")
            keys.press("Control+Enter")
            expect(page.locator(".note strong").first).to_have_text(chosen, timeout=WAIT)
        if done == 1:
            keys.press("n")
            keys.type("She asked twice. r l x are letters here, no commands.")
            keys.press("Escape")
        if done == 2:
            keys.press("t")
            keys.type("worried")
            keys.press("Escape")
        keys.press("r")
        page.wait_for_function("before => document.querySelector('h1')?.textContent !== before", arg=numbers[-1], timeout=WAIT)
    print(f"\nten conversations reviewed in {time.monotonic() - began:.1f} s of a machine's typing")
    assert len(set(numbers)) == TEN
    keys.press("q")
    expect(page.get_by_role("heading", name="Queue")).to_be_visible(timeout=WAIT)
    assert waiting(page) == before - TEN
    page.goto(f"{console.url}/conversations/?state=reviewed")
    own = page.locator("select[name=reviewer] option", has_text=NAME).get_attribute("value")
    page.goto(f"{console.url}/conversations/?state=reviewed&reviewer={own}")
    expect(page.locator(".rows > li")).to_have_count(TEN)
    expect(page.locator(".rows .tag", has_text="worried")).to_have_count(1)
    expect(page.get_by_text("1 comment")).to_have_count(1)
    expect(page.get_by_text("1 correction")).to_have_count(1)


PAGES = {
    "queue": "/conversations/", "reviewed": "/conversations/?state=reviewed", "nothing found": "/conversations/?q=zzzzzz",
    "overview": "/overview/", "proposals": "/learning/", "exports": "/learning/exports/", "missing": "/learning/missing/",
    "data": "/accounts/data", "log": "/accounts/log", "rules": "/accounts/rules", "texts": "/accounts/texts",
    "account": "/accounts/", "people": "/people/", "not there": "/conversations/999999/",
}  # fmt: skip


@pytest.fixture
def looked_at(console: StaffConsole, watched_console: Watched, axe: str) -> Callable[..., tuple[Page, Barriers]]:
    def make(width: str, **options: object) -> tuple[Page, Barriers]:
        context = watched_console.context(width, **options)
        context.add_init_script(axe)
        page = context.new_page()
        return page, Barriers(page, "main, .card, .rows, .side")

    return make


@pytest.mark.parametrize(
    ("width", "options"),
    [("phone", {}), ("desktop", {}), ("desktop", {"forced_colors": "active"})],
    ids=["phone", "desktop", "forced colours"],
)
def test_no_page_has_a_barrier(console, looked_at, watched_console, width, options):
    watched_console.expect("404")
    page, barriers = looked_at(width, **options)
    name = f"admin-{width}-{len(options)}"
    console.make_user(name, "admin")
    page.goto(console.url)
    barriers.look("log in")
    tab_to(page, "username")
    page.keyboard.type("nobody")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.locator(".errorlist").first).to_be_visible(timeout=WAIT)
    barriers.look("log in, refused")
    log_in(page, console.url, name)
    for state, path in PAGES.items():
        page.goto(f"{console.url}{path}")
        barriers.look(state)
    page.goto(f"{console.url}/conversations/")
    for part in page.locator("details").all():
        part.evaluate("e => { e.open = true; }")
    barriers.look("queue, everything unfolded")
    page.locator(".rows a.text").first.click()
    expect(page.get_by_role("heading", name=re.compile(r"Conversation \d+"))).to_be_visible(timeout=WAIT)
    barriers.look("review")
    page.keyboard.press("c")
    expect(page.locator(".turn-form").first).to_be_visible(timeout=WAIT)
    for part in page.locator("details").all():
        part.evaluate("e => { e.open = true; }")
    barriers.look("review, everything unfolded")
    assert barriers.found == []
    print(f"\naxe: {len(barriers.states)} pages of the console, {width} {options}, 0 violations")
