"""Take the pictures of docs/pictures anew, from the really running guide: ``make pictures``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from charity import Charity
from needed import program
from playwright.sync_api import Browser, Page, expect, sync_playwright
from staff_console import NAME, StaffConsole, log_in
from widget import ANSWERED, EMERGENCY, WAIT, Widget

from tools.guide_process import GuideProcess

FOLDER = Path(__file__).parents[2] / "docs/pictures"
PHONE = {"width": 390, "height": 760}
DESK = {"width": 1100, "height": 720}


def main() -> None:
    site = Charity()
    guide = GuideProcess(Path(tempfile.mkdtemp()), WEB_ORIGINS=site.origin)
    console = StaffConsole(Path(tempfile.mkdtemp()), guide.folder / "conversations.db")
    try:
        guide.start()
        site.guide = guide.url
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program("chromium", "chromium-browser", "google-chrome"))
            phone(browser, guide.url)
            desktop(browser, guide.url, site.origin)
            staff(browser, console.start())
            browser.close()
    finally:
        console.stop()
        guide.stop()
        site.close()


def phone(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport=PHONE)
    widget = Widget(page).open(f"{address}/")
    take(page, "phone-start")
    widget.show_menu()
    widget.menu.get_by_label("My country").select_option("AU")
    widget.menu.get_by_role("button", name="Use this").click()
    expect(widget.replies).to_have_count(3, timeout=WAIT)
    widget.settle()
    widget.say(ANSWERED)
    take(page, "phone-answer")
    widget.replies.last.get_by_text("Sources (").click()
    widget.replies.last.get_by_text("Sources (").scroll_into_view_if_needed()
    widget.log.evaluate("e => { e.scrollTop += 420; }")
    take(page, "phone-sources")
    widget.say(EMERGENCY)
    take(page, "phone-emergency")
    widget.say("what happens in hospital when an AML bleeds?")
    take(page, "phone-after-alarm")
    page.route("**/webhook", lambda route: route.abort())
    widget.say("how long will we wait?")
    take(page, "phone-not-reached")
    page.unroute("**/webhook")
    widget.banner.get_by_role("button", name="Help is here").click()
    expect(widget.banner).to_be_hidden()
    widget.settle()
    widget.show_menu()
    take(page, "phone-menu")
    dark = browser.new_page(viewport=PHONE, color_scheme="dark")
    Widget(dark).open(f"{address}/").say("What are the warning signs of a bleed?")
    take(dark, "phone-dark")


def desktop(browser: Browser, address: str, charity: str) -> None:
    page = browser.new_page(viewport=DESK)
    page.goto(f"{charity}/?place=AU")
    widget = Widget(page)
    widget.launcher.wait_for()
    take(page, "desktop-closed")
    widget.launcher.click()
    expect(page.locator(".consent")).to_be_visible(timeout=WAIT)
    widget.settle()
    widget.say(ANSWERED)
    take(page, "desktop-embedded")
    widget.say(EMERGENCY)
    take(page, "desktop-emergency")
    page = browser.new_page(viewport=DESK)
    Widget(page).open(f"{address}/").say("What are the side effects of everolimus?")
    take(page, "desktop-page")


def staff(browser: Browser, console: StaffConsole) -> None:
    """The console, with the talks of the pictures before."""
    console.make_user(NAME, "lead")
    page = browser.new_page(viewport=DESK)
    log_in(page, console.url, NAME)
    take(page, "console-queue")
    page.locator(".rows a.text").first.click()
    expect(page.get_by_role("heading", name="What the family wrote and saw")).to_be_visible(timeout=WAIT)
    take(page, "console-review")
    page.goto(f"{console.url}/overview/")
    page.wait_for_timeout(1_500)  # the charts draw themselves
    take(page, "console-overview")


def take(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
