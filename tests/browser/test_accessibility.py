"""No barrier that axe knows, in every state, at the width of a small phone and of a desk, under the enforced policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from barriers import Barriers
from playwright.sync_api import Page, expect
from widget import ANSWERED, EMERGENCY, WAIT, Widget


@pytest.fixture
def looked_at(watched, axe) -> Callable[..., tuple[Widget, Barriers]]:
    def make(width: str, **options: object) -> tuple[Widget, Barriers]:
        context = watched.context(width, **options)
        context.add_init_script(axe)
        page = context.new_page()
        return Widget(page), Barriers(page, ".panel, .log, .menu, .banner")

    return make


def walk(widget: Widget, barriers: Barriers, page: Page) -> None:
    """Everything that a family can meet in an open chat, one state after another."""
    look = barriers.look
    look("greeting and consent")
    held = []
    page.route("**/webhook", lambda route: held.append(route))
    widget.input.fill(ANSWERED)
    widget.send.click()
    expect(widget.status).to_have_text("The guide is writing ...")
    look("the guide is writing")
    held[0].continue_()
    page.unroute("**/webhook")
    widget.settle()
    for part in page.locator(".guide summary").all():
        part.click()
    look("answer with sources and words explained")
    widget.press("No")
    look("did not help: reasons")
    widget.press("It was hard to understand")
    widget.say("what are the side effects of everolimus?")
    look("long answer")
    widget.press("Not what I meant")
    look("not what I meant")
    widget.say("how much everolimus should she take?")
    look("refusal with contacts")
    widget.say("\u0645\u0627 \u0647\u0648 \u0627\u0644\u062a\u0635\u0644\u0628 \u0627\u0644\u062d\u062f\u0628\u064a")
    look("another language")
    widget.say("he has a fever of 38.5 and takes everolimus")
    look("urgent")
    widget.say(EMERGENCY)
    expect(widget.banner).to_be_visible()
    look("emergency")
    widget.banner.get_by_role("button", name="Show less").click()
    look("emergency, folded")
    widget.say("what is sirolimus?")
    look("answer after an alarm")
    widget.show_menu()
    look("menu")
    page.get_by_role("button", name="Erase this chat").click()
    look("erase this chat?")
    page.get_by_role("button", name="Keep the chat").click()
    page.get_by_role("button", name="Very large").click()
    look("very large text, menu")
    page.get_by_role("button", name="Back to the chat").click()
    look("very large text")
    page.route("**/webhook", lambda route: route.abort())
    widget.say("is anybody there?")
    look("sending failed")
    page.unroute("**/webhook")
    page.context.set_offline(True)
    expect(widget.status).to_contain_text("No internet connection")
    look("offline")
    page.context.set_offline(False)


@pytest.mark.parametrize("width", ["phone", "desktop"])
def test_the_embedded_chat_has_no_barrier_in_any_state(looked_at, watched, charity, width):
    watched.expect("ERR_FAILED", "ERR_INTERNET_DISCONNECTED")
    widget, barriers = looked_at(width)
    widget.page.goto(f"{charity.origin}/")
    widget.launcher.wait_for()
    barriers.look("closed")
    widget.launcher.click()
    expect(widget.page.locator(".consent")).to_be_visible(timeout=WAIT)
    widget.settle()
    walk(widget, barriers, widget.page)
    widget.page.get_by_role("button", name="Close").click()
    barriers.look("closed, with an alarm")
    assert barriers.found == []
    print(f"\naxe: {len(barriers.states)} states at {width} width, 0 violations")


@pytest.mark.parametrize(
    ("width", "options"),
    [("phone", {}), ("desktop", {}), ("phone", {"color_scheme": "dark"}), ("desktop", {"forced_colors": "active"})],
    ids=["phone", "desktop", "dark", "forced colours"],
)
def test_the_page_of_its_own_has_no_barrier_in_any_state(looked_at, watched, guide, width, options):
    watched.expect("ERR_FAILED", "ERR_INTERNET_DISCONNECTED")
    widget, barriers = looked_at(width, **options)
    widget.open(f"{guide.url}/")
    walk(widget, barriers, widget.page)
    assert barriers.found == []
    print(f"\naxe: {len(barriers.states)} states, {width} {options}, 0 violations")


def test_right_to_left_mirrors_the_chat_and_has_no_barrier(looked_at, charity):
    widget, barriers = looked_at("phone")
    widget.open(f"{charity.origin}/?dir=rtl", launch=True)
    widget.say(ANSWERED)
    yours, log = widget.yours.last.bounding_box(), widget.log.bounding_box()
    assert yours["x"] - log["x"] < 20, "what you said stands at the end of the line, here on the left"
    assert widget.replies.last.locator("p").nth(1).evaluate("e => getComputedStyle(e).direction") == "ltr", (
        "English stays English"
    )
    barriers.look("right to left")
    assert barriers.found == []


def test_before_the_script_is_there_the_page_has_no_barrier_and_shows_the_numbers(looked_at, watched, guide):
    watched.expect("ERR_FAILED")
    widget, barriers = looked_at("phone")
    widget.page.route("**/*.js", lambda route: route.abort())
    widget.page.goto(f"{guide.url}/")
    expect(widget.page.get_by_role("link", name="000")).to_have_attribute("href", "tel:000")
    barriers.look("without script")
    assert barriers.found == []
