"""The emergency banner: read out once, never away until help is there, even without a server."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect
from widget import ANSWERED, EMERGENCY, WAIT, Widget, answer, hold

from bot.knowledge import Library
from bot.knowledge.models import Checked

PLACES = Library.load().places
ALERTS = """
    window.alerts = 0;
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (how) {
        const root = attach.call(this, how);
        new MutationObserver((changes) => {
            for (const {addedNodes} of changes) for (const node of addedNodes) {
                if (node.nodeType === 1 && (node.matches("[role=alert]") || node.querySelector("[role=alert]"))) alerts += 1;
            }
        }).observe(root, {childList: true, subtree: true});
        return root;
    };
"""
"""Counts what is read out, from the load of a page on."""
HELP = "help is here"


def in_alarm(page: Page, address: str) -> Widget:
    page.add_init_script(ALERTS)
    widget = Widget(page).open(address)
    widget.say(EMERGENCY)
    expect(widget.banner).to_be_visible()
    return widget


def helped(widget: Widget) -> None:
    widget.banner.get_by_role("button", name="Help is here").click()
    expect(widget.replies.last).to_contain_text("I am glad that someone is with you now.", timeout=WAIT)
    expect(widget.banner).to_be_hidden()
    widget.settle()


def say_with_an_error(widget: Widget) -> None:
    """An emergency too soon after other messages: its advice comes with the error, and is not in the stored chat."""
    refused = {"error": "too_fast", "text": "Too many messages.", "messages": [answer(custom={"kind": "emergency"})]}
    widget.page.route("**/webhook", lambda route: route.fulfill(status=429, json=refused))
    widget.say(EMERGENCY)
    widget.page.unroute("**/webhook")
    expect(widget.banner).to_contain_text("An AML is a growth.")


def say_and_lose_the_reply(widget: Widget, text: str) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    widget.page.route("**/webhook", lose)
    expect(widget.say(text)).to_contain_text("The guide cannot be reached just now.")
    widget.page.unroute("**/webhook")


def come_back(widget: Widget, stored: int) -> None:
    """Load the page again; ``stored`` messages of the person are in the chat that comes back."""
    widget.page.reload()
    expect(widget.page.locator("#agree")).to_be_hidden(timeout=WAIT)
    expect(widget.yours).to_have_count(stored, timeout=WAIT)
    widget.settle()


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


@pytest.mark.parametrize("notice", ["still/help_arrived", "still/with_someone", "still/called", "still/not_needed"])
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


def test_an_old_word_of_help_does_not_end_an_alarm_that_came_with_an_error_later(new_page, watched, guide):
    watched.expect("429")
    widget = in_alarm(new_page("phone"), f"{guide.url}/")
    helped(widget)
    say_with_an_error(widget)
    for _ in range(2):
        come_back(widget, stored=2)
        expect(widget.banner).to_contain_text("An AML is a growth.")
        assert widget.page.evaluate("() => alerts") == 1
    helped(widget)
    come_back(widget, stored=3)
    expect(widget.banner).to_be_hidden()


def test_an_alarm_after_a_word_of_help_comes_back_and_is_read_out_once(new_page, guide):
    widget = in_alarm(new_page(), f"{guide.url}/")
    helped(widget)
    widget.say(EMERGENCY)
    come_back(widget, stored=3)
    expect(widget.banner).to_be_visible()
    assert widget.page.evaluate("() => alerts") == 1


def test_advice_that_is_shown_again_outlasts_the_word_of_help_before_it(new_page, guide):
    widget = in_alarm(new_page(), f"{guide.url}/")
    helped(widget)
    widget.log.get_by_role("button", name="Show the advice again").click()
    come_back(widget, stored=2)
    expect(widget.banner).to_be_visible()


def test_a_word_of_help_whose_reply_was_lost_ends_only_the_alarm_before_it(new_page, watched, guide):
    watched.expect("ERR_FAILED", "429")
    widget = in_alarm(new_page(), f"{guide.url}/")
    say_and_lose_the_reply(widget, HELP)
    come_back(widget, stored=2)
    expect(widget.banner).to_be_hidden()
    widget.say(EMERGENCY)
    say_and_lose_the_reply(widget, HELP)
    say_with_an_error(widget)
    come_back(widget, stored=4)
    expect(widget.banner).to_be_visible()


def test_an_alarm_whose_reply_was_lost_is_raised_even_after_one_with_an_error(new_page, watched, guide):
    watched.expect("ERR_FAILED", "429")
    widget = Widget(new_page()).open(f"{guide.url}/")
    say_with_an_error(widget)
    helped(widget)
    say_and_lose_the_reply(widget, EMERGENCY)
    expect(widget.banner).to_be_hidden()
    come_back(widget, stored=2)
    expect(widget.banner).to_be_visible()


@pytest.mark.parametrize("new_alarm", [False, True])
def test_help_that_is_pressed_during_a_turn_does_not_end_the_alarm_that_the_turn_brings(new_page, guide, new_alarm):
    widget = in_alarm(new_page(), f"{guide.url}/")
    held = hold(widget.page, "webhook")
    widget.input.fill("he has a seizure")
    widget.send.click()
    expect(widget.yours).to_have_count(2)
    widget.banner.get_by_role("button", name="Help is here").click()
    expect(widget.banner).to_be_hidden()
    held[0].fulfill(json=[answer(custom={"kind": "emergency" if new_alarm else "answer"})])
    if new_alarm:
        widget.settle()
        expect(widget.banner).to_contain_text("An AML is a growth.")
        expect(widget.yours).to_have_count(2)
        helped(widget)
    expect(widget.yours).to_have_count(3)
    expect(widget.replies.last).to_contain_text("I am glad", timeout=WAIT)
    expect(widget.banner).to_be_hidden()


def test_help_that_is_pressed_while_the_chat_comes_back_is_heard(new_page, guide):
    widget = in_alarm(new_page(), f"{guide.url}/")
    held = hold(widget.page, "session")
    widget.page.reload()
    widget.banner.get_by_role("button", name="Help is here").click()
    held[0].continue_()
    expect(widget.replies.last).to_contain_text("I am glad", timeout=WAIT)
    expect(widget.banner).to_be_hidden()
    assert widget.page.evaluate("() => alerts") == 1


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
    page = watched.page("phone", java_script_enabled=False)
    page.goto(f"{guide.url}/")
    shown = {}
    for line in page.get_by_role("listitem").all_inner_texts():
        names, _, number = line.partition(":")
        shown |= {name: number.strip() for name in re.split(", | and ", names)}
    cautions = {check: "" if check is Checked.official_page else " (please check this number)" for check in Checked}
    numbers = {place.name: place.emergency for place in PLACES.values() if place.emergency and place.emergency.number}
    assert shown == {name: f"{contact.number}{cautions[contact.how]}" for name, contact in numbers.items()}
    for link in page.get_by_role("listitem").get_by_role("link").all():
        assert link.get_attribute("href") == f"tel:{link.inner_text()}"
        expect(link).to_be_in_viewport(ratio=1)
