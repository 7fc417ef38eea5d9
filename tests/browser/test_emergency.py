"""The emergency banner: read out once, never away until help is there, even without a server."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from widget import ANSWERED, EMERGENCY, WAIT, Widget

from bot.knowledge import Library
from bot.knowledge.models import Checked

PLACES = Library.load().places
ALERTS = """() => {
    window.alerts = 0;
    const root = document.querySelector("tsc-chat").shadowRoot;
    new MutationObserver((changes) => {
        for (const {addedNodes} of changes) for (const node of addedNodes) {
            if (node.nodeType === 1 && (node.matches("[role=alert]") || node.querySelector("[role=alert]"))) window.alerts += 1;
        }
    }).observe(root, {childList: true, subtree: true});
}"""


def in_alarm(page: Page, address: str) -> Widget:
    widget = Widget(page).open(address)
    widget.page.evaluate(ALERTS)
    widget.say(EMERGENCY)
    expect(widget.banner).to_be_visible()
    return widget


def test_the_banner_has_the_number_to_call_and_what_to_say_and_is_read_out_once(new_page, guide):
    widget = in_alarm(new_page("phone"), f"{guide.url}/")
    alert = widget.banner.get_by_role("alert")
    expect(alert).to_have_count(1)
    expect(alert).to_contain_text(re.compile("Call .* now"))
    expect(alert).to_contain_text("Say: ")
    expect(widget.banner.get_by_role("link", name="Call 000").first).to_have_attribute("href", "tel:000")
    expect(widget.banner.get_by_role("link", name="Call 000").first).to_be_in_viewport(ratio=1)
    assert "Say: " not in widget.log.inner_text(), "the log only points to it"
    widget.banner.get_by_role("button", name="Show less").click()
    widget.banner.get_by_role("button", name="Show all").click()
    expect(widget.banner.get_by_role("alert")).to_have_count(0)
    assert widget.page.evaluate("() => alerts") == 1


def test_it_folds_to_one_line_and_stays_through_answers_menu_reload_and_closing(new_page, charity):
    page = new_page()
    widget = Widget(page)
    widget.open(f"{charity.origin}/?place=AU", launch=True)
    widget.say(EMERGENCY)
    whole = widget.banner.bounding_box()
    widget.say(ANSWERED)
    expect(widget.banner).to_be_visible()
    folded = widget.banner.bounding_box()
    assert folded["height"] < 80 < whole["height"]
    expect(widget.banner.get_by_role("link", name="Call 000")).to_be_visible()
    widget.show_menu()
    expect(widget.banner).to_be_visible()
    page.reload()
    expect(widget.banner).to_be_visible(timeout=WAIT)
    expect(widget.yours).to_have_count(2)
    page.get_by_role("button", name="Close").click()
    expect(widget.banner).to_be_hidden()
    expect(page.get_by_role("link", name="Call 000")).to_be_visible()
    widget.launcher.click()
    expect(widget.banner).to_be_visible()


@pytest.mark.parametrize("how", ["button", "typed", "quick reply"])
def test_it_goes_when_the_person_says_that_help_is_there(new_page, guide, how):
    widget = in_alarm(new_page("phone"), f"{guide.url}/")
    if how == "button":
        widget.banner.get_by_role("button", name="Help is here").click()
    elif how == "typed":
        widget.say("help is here")
    else:
        widget.say(ANSWERED)
        expect(widget.banner).to_be_visible()
        widget.press("Help is here")
    expect(widget.banner).to_be_hidden(timeout=WAIT)
    expect(widget.replies.last).to_contain_text("I am glad that someone is with you now.", timeout=WAIT)
    widget.settle()
    widget.page.reload()
    expect(widget.replies.last).to_contain_text("I am glad", timeout=WAIT)
    expect(widget.banner).to_be_hidden()
    widget.say(EMERGENCY)
    expect(widget.banner).to_be_visible()


@pytest.mark.parametrize("notice", ["still/help_arrived", "still/called"])
def test_it_goes_with_the_notice_that_ends_an_alarm(new_page, guide, notice):
    widget = in_alarm(new_page(), f"{guide.url}/")
    said = {"text": "Thank you.", "buttons": [], "custom": {"kind": "notice", "notice": notice}}
    widget.page.route("**/webhook", lambda route: route.fulfill(json=[said]))
    widget.say("I rang them")
    expect(widget.banner).to_be_hidden()


def test_help_on_its_way_does_not_take_it_away(new_page, guide):
    widget = in_alarm(new_page(), f"{guide.url}/")
    widget.say("the ambulance is on its way")
    expect(widget.banner).to_be_visible()


def test_a_crisis_has_its_own_words(new_page, guide):
    widget = Widget(new_page()).open(f"{guide.url}/")
    widget.say("I want to kill myself")
    expect(widget.banner.get_by_role("button", name="Someone is with me")).to_be_visible()


def test_it_is_still_there_when_the_server_is_gone_after_a_reload(new_page, watched, guide):
    watched.expect("ERR_FAILED")
    widget = in_alarm(new_page("phone"), f"{guide.url}/")
    for path in ("session", "webhook"):
        widget.page.route(f"**/{path}", lambda route: route.abort())
    widget.page.reload()
    expect(widget.banner).to_be_visible()
    expect(widget.banner.get_by_role("link", name="Call 000").first).to_be_visible()
    expect(widget.log).to_contain_text("The guide cannot be reached just now.", timeout=WAIT)
    widget.banner.get_by_role("button", name="Help is here").click()
    expect(widget.banner).to_be_hidden()


def test_an_emergency_in_a_refused_message_is_shown_first(new_page, watched, guide):
    watched.expect("401")
    widget = Widget(new_page()).open(f"{guide.url}/")
    widget.page.route("**/webhook", lambda route: route.continue_(post_data={"sender": "x", "message": EMERGENCY}))
    widget.say(EMERGENCY)
    expect(widget.banner).to_be_visible()
    expect(widget.replies.last).to_contain_text("This chat has ended")


def test_without_the_guide_the_page_and_the_chat_know_the_numbers(new_page, watched, guide, charity):
    watched.expect("ERR_FAILED")
    page = new_page("phone")
    page.route("**/session", lambda route: route.abort())
    page.goto(f"{guide.url}/")
    problem = page.locator(".problem")
    expect(problem).to_contain_text("The guide cannot be reached just now.")
    for place in PLACES.values():
        if place.emergency and place.emergency.number:
            expect(problem.get_by_role("listitem").filter(has_text=place.name)).to_contain_text(place.emergency.number)
    page.goto(f"{charity.origin}/?place=NZ&position=left")
    page.get_by_role("button", name="Ask the guide").click()
    expect(problem.get_by_role("listitem")).to_have_text(["New Zealand: 111"])


def test_the_numbers_of_the_widget_are_those_of_the_places(new_page, guide):
    page = new_page()
    page.goto(f"{guide.url}/")
    known = page.evaluate("async () => (await import('/webhooks/web/static/words.js')).PLACES")
    expected = {}
    for code, place in PLACES.items():
        expected[code] = [place.name]
        if place.emergency and place.emergency.number:
            expected[code].append(place.emergency.number)
            if place.emergency.how is not Checked.official_page:
                expected[code].append(True)
    assert known == expected


def test_the_numbers_of_the_bare_page_are_those_of_the_places(watched, guide):
    page = watched.page(java_script_enabled=False)
    page.goto(f"{guide.url}/")
    shown = {name.strip(): line.partition(":")[2].strip() for line in page.get_by_role("listitem").all_inner_texts()
             for name in line.partition(":")[0].split(" and ")}  # fmt: skip
    assert len(shown) == 7
    for name, number in shown.items():
        assert number == next(place.emergency.number for place in PLACES.values() if place.name == name and place.emergency)
