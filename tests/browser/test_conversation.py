"""A whole conversation as a person has it: by keyboard, over a reload, with a slow, failing or forgetful server."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect
from widget import ANSWERED, WAIT, Widget

SESSION_LOST = "AAAA.BBBB.CCCC"


def test_a_whole_conversation_needs_no_mouse(new_page, charity):
    page = new_page("phone")
    widget = Widget(page)
    page.goto(f"{charity.origin}/")
    widget.launcher.wait_for()
    keys = page.keyboard
    widget.tab_to("Ask the guide: TSC kidney guide")
    keys.press("Enter")
    expect(page.locator(".consent")).to_be_visible(timeout=WAIT)
    widget.settle()
    assert widget.focused == "Type your question"
    keys.type(ANSWERED)
    keys.press("Enter")
    expect(page.locator(".guide .tools")).to_be_visible(timeout=WAIT)
    assert widget.focused == "Type your question", "the focus stays where the person types"
    widget.tab_to("Conversation", "Shift+Tab")
    widget.tab_to(page.locator("summary", has_text="Sources").first.inner_text())
    keys.press("Enter")
    expect(page.locator(".cards").first).to_be_visible()
    widget.tab_to("What helps?")
    keys.press("Enter")
    expect(widget.yours).to_have_count(2)
    widget.settle()
    widget.tab_to("Yes")
    keys.press("Space")
    expect(widget.replies.last).to_contain_text("Thank you", timeout=WAIT)
    widget.settle()
    widget.tab_to("Menu", "Shift+Tab")
    keys.press("Enter")
    expect(widget.menu).to_be_visible()
    widget.tab_to("Erase this chat")
    keys.press("Enter")
    assert widget.focused == "Keep the chat", "the harmless choice comes first"
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(widget.menu).to_be_visible()
    widget.tab_to("Back to the chat")
    keys.press("Enter")
    assert widget.focused == "Type your question"
    keys.press("Escape")
    expect(widget.launcher).to_be_focused()
    keys.press("Tab")
    assert widget.focused == "Contact us", "the chat does not hold the keyboard"


def test_consent_stands_before_the_first_message_and_nothing_is_kept_till_then(new_page, guide):
    widget = Widget(new_page("phone")).open(f"{guide.url}/")
    expect(widget.page.locator(".consent")).to_contain_text("What is kept")
    agree = widget.page.locator("#agree")
    expect(agree).to_be_visible()
    expect(widget.input).to_have_accessible_description(re.compile("you agree that it is kept"))
    assert widget.kept() == {}
    widget.say(ANSWERED)
    expect(agree).to_be_hidden()
    assert len(widget.kept()) == 1
    assert widget.page.evaluate("() => localStorage.length") == 0
    assert widget.page.evaluate("() => document.cookie") == ""
    assert widget.page.context.cookies() == []


def test_who_speaks_is_told_to_screen_readers_and_each_reply_is_added_once(new_page, guide):
    widget = Widget(new_page()).open(f"{guide.url}/")
    expect(widget.log).to_have_attribute("aria-live", "polite")
    widget.say(ANSWERED)
    expect(widget.yours).to_have_text(f"You said{ANSWERED}")
    assert widget.replies.last.inner_text().startswith("The guide said")
    assert widget.replies.count() == 3, "greeting, consent, answer"
    assert widget.page.get_by_role("dialog").count() == 0, "the chat is no modal"
    expect(widget.page.get_by_role("region", name="TSC kidney guide")).to_have_count(1)
    expect(widget.page.locator(".promise")).to_contain_text("Information only, not medical advice.")


def test_a_reload_brings_the_chat_back_and_reads_nothing_out_again(new_page, guide):
    widget = Widget(new_page("phone")).open(f"{guide.url}/")
    widget.say(ANSWERED)
    widget.say("how common is that?")
    widget.page.reload()
    expect(widget.yours).to_have_count(2, timeout=WAIT)
    widget.settle()
    expect(widget.yours.last).to_contain_text("how common is that?")
    expect(widget.yours.last).to_be_in_viewport()
    assert widget.log.get_by_role("button", name="Yes", exact=True).count() == 1, "asked of the last answer only"
    expect(widget.page.locator("#agree")).to_be_hidden()
    expect(widget.log).to_have_attribute("aria-live", "polite")


def test_two_tabs_and_a_duplicated_tab_do_not_mix(watched, guide):
    context = watched.context()
    first = Widget(context.new_page()).open(f"{guide.url}/")
    first.say(ANSWERED)
    second = Widget(context.new_page()).open(f"{guide.url}/")
    expect(second.yours).to_have_count(0)
    with context.expect_page() as opened:
        first.page.evaluate("() => { window.open(location.href); }")  # copies sessionStorage, as 'duplicate tab' does
    copy = Widget(opened.value)
    expect(copy.page.locator(".consent")).to_be_visible(timeout=WAIT)
    copy.settle()
    expect(copy.yours).to_have_count(0)
    copy.say("what is sirolimus?")
    first.say("how common is that?")
    first.page.reload()
    expect(first.yours).to_have_count(2, timeout=WAIT)
    copy.page.reload()
    expect(copy.yours).to_have_count(1, timeout=WAIT)


def test_a_chat_that_has_ended_says_so_kindly_after_a_reload(new_page, watched, guide):
    watched.expect("401")
    widget = Widget(new_page()).open(f"{guide.url}/")
    widget.say(ANSWERED)
    widget.page.evaluate(
        """(lost) => {
            const [key] = Object.keys(sessionStorage);
            sessionStorage[key] = JSON.stringify({...JSON.parse(sessionStorage[key]), token: lost});
        }""",
        SESSION_LOST,
    )
    widget.page.reload()
    expect(widget.log).to_contain_text("Your earlier chat has ended, so this is a new one.", timeout=WAIT)
    widget.settle()
    widget.say(ANSWERED)
    expect(widget.page.locator(".tools")).to_be_visible()


def test_a_chat_that_ends_while_someone_writes_keeps_what_was_typed(new_page, watched, guide):
    watched.expect("401")
    widget = Widget(new_page()).open(f"{guide.url}/")

    def ended(route: Route) -> None:
        route.continue_(post_data={"sender": SESSION_LOST, "message": ANSWERED})

    widget.page.route("**/webhook", ended)
    last = widget.say(ANSWERED)
    expect(last).to_contain_text("This chat has ended")
    widget.page.unroute("**/webhook")
    last.get_by_role("button", name="Start a new chat").click()
    expect(widget.page.locator(".consent")).to_be_visible(timeout=WAIT)
    expect(widget.input).to_have_value(ANSWERED)
    widget.settle()
    widget.send.click()
    expect(widget.page.locator(".tools")).to_be_visible(timeout=WAIT)


def test_a_double_tap_sends_once(new_page, guide):
    page = new_page("phone")
    widget = Widget(page).open(f"{guide.url}/")
    sent = []
    page.on("request", lambda request: request.url.endswith("/webhook") and sent.append(request.post_data_json))
    widget.input.fill(ANSWERED)
    widget.send.dblclick()
    widget.settle()
    expect(widget.yours).to_have_count(1)
    expect(page.locator(".tools")).to_be_visible()
    held = []
    page.route("**/webhook", lambda route: held.append(route))
    title = "What helps?"
    widget.log.get_by_role("button", name=title).dblclick()
    widget.log.get_by_role("button", name="When to call").click()
    assert len(held) == 1
    held[0].continue_()
    widget.settle()
    expect(widget.yours).to_have_count(2)
    assert len(sent) == 2


def test_a_slow_server_shows_that_it_works_and_one_that_never_answers_is_told_as_such(new_page, guide):
    page = new_page()
    page.clock.install()
    widget = Widget(page).open(f"{guide.url}/")
    page.route("**/webhook", lambda route: None)
    widget.input.fill(ANSWERED)
    widget.send.click()
    expect(widget.status).to_have_text("The guide is writing ...")
    page.clock.run_for(6_000)
    expect(widget.status).to_have_text(re.compile("^Still working on it"))
    page.clock.run_for(25_000)
    expect(widget.replies.last).to_contain_text("The guide cannot be reached just now.")
    page.clock.run_for(200)
    expect(widget.status).to_be_empty()


def test_when_sending_fails_there_are_numbers_to_call_and_another_try(new_page, watched, guide):
    watched.expect("ERR_FAILED")
    page = new_page("phone")
    widget = Widget(page).open(f"{guide.url}/")
    page.route("**/webhook", lambda route: route.abort())
    last = widget.say(ANSWERED)
    expect(last).to_contain_text("In an emergency do not wait for it")
    expect(last.get_by_role("link", name="Call 000")).to_have_attribute("href", "tel:000")
    expect(last.get_by_role("link", name="Call 112").first).to_be_visible()
    page.unroute("**/webhook")
    last.get_by_role("button", name="Try again").click()
    expect(page.locator(".tools")).to_be_visible(timeout=WAIT)
    expect(widget.yours).to_have_count(1)
    expect(page.locator(".problem")).to_have_count(0)


@pytest.mark.parametrize("answered", [{"status": 502, "body": "<h1>Bad gateway</h1>"}, {"status": 200, "body": "[]"}])
def test_an_answer_that_is_none_counts_as_not_reached(new_page, watched, guide, answered):
    watched.expect("502")
    widget = Widget(new_page()).open(f"{guide.url}/")
    widget.page.route("**/webhook", lambda route: route.fulfill(**answered))
    expect(widget.say(ANSWERED)).to_contain_text("The guide cannot be reached just now.")


def test_without_a_connection_the_status_line_says_so(new_page, guide):
    widget = Widget(new_page()).open(f"{guide.url}/")
    widget.page.context.set_offline(True)
    expect(widget.status).to_contain_text("No internet connection. In an emergency do not wait: call first.")
    widget.page.context.set_offline(False)
    expect(widget.status).to_be_empty()
