"""What the menu changes, and erasing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from widget import ANSWERED, WAIT, Widget, hold


def choose_new_zealand(widget: Widget) -> None:
    widget.show_menu()
    widget.menu.get_by_label("My country").select_option(label="New Zealand")
    widget.menu.get_by_role("button", name="Use this").click()


def test_country_and_way_of_explaining_are_chosen_in_the_menu(new_page, guide):
    widget = Widget(new_page("phone")).open(f"{guide.url}/")
    widget.show_menu()
    widget.menu.get_by_label("My country").select_option(label="New Zealand")
    widget.menu.get_by_label("How to explain").select_option(index=1)
    widget.menu.get_by_role("button", name="Use this").click()
    expect(widget.yours).to_have_count(2, timeout=WAIT)
    widget.settle()
    expect(widget.log).to_contain_text("I will show phone numbers for this place: New Zealand.")
    expect(widget.page.locator(".promise")).to_contain_text("In an emergency call 111 first.")
    expect(widget.say("there is blood in her urine")).to_be_visible()
    expect(widget.banner).to_contain_text("Call 111 now")
    widget.page.reload()
    expect(widget.page.locator(".promise")).to_contain_text("111")
    widget.show_menu()
    expect(widget.menu.get_by_label("My country")).to_have_value("NZ")
    expect(widget.menu.get_by_label("How to explain")).to_have_value("easy_read")


@pytest.mark.parametrize("during", ["a turn", "the start"])
def test_a_country_that_is_chosen_while_something_is_under_way_is_used_after_it(new_page, guide, during):
    widget = Widget(new_page())
    if during == "a turn":
        widget.open(f"{guide.url}/")
        held = hold(widget.page, "webhook")
        widget.input.fill(ANSWERED)
        widget.send.click()
        expect(widget.yours).to_have_count(1)
    else:
        held = hold(widget.page, "session")
        widget.page.goto(f"{guide.url}/")
    choose_new_zealand(widget)
    held[0].continue_()
    expect(widget.log).to_contain_text("I will show phone numbers for this place: New Zealand.", timeout=WAIT)
    expect(widget.yours.last).to_contain_text("New Zealand")


def test_help_and_a_country_that_wait_for_the_same_turn_are_both_said(new_page, guide):
    widget = Widget(new_page()).open(f"{guide.url}/")
    widget.say("there is blood in her urine")
    held = hold(widget.page, "webhook")
    widget.input.fill(ANSWERED)
    widget.send.click()
    expect(widget.yours).to_have_count(2)
    choose_new_zealand(widget)
    widget.banner.get_by_role("button", name="Help is here").click()
    held[0].continue_()
    expect(widget.yours).to_have_count(4, timeout=WAIT)
    widget.settle()
    expect(widget.log).to_contain_text("I am glad that someone is with you now.")
    expect(widget.log).to_contain_text("I will show phone numbers for this place: New Zealand.")


def test_a_country_that_is_chosen_after_a_failed_start_is_used_as_soon_as_the_chat_is_there(new_page, watched, guide):
    watched.expect("ERR_FAILED")
    widget = Widget(new_page())
    sent = []
    widget.page.on("request", lambda request: request.url.endswith("/webhook") and sent.append(request.post_data_json))
    widget.page.route("**/session", lambda route: route.abort())
    widget.page.goto(f"{guide.url}/")
    expect(widget.page.locator(".problem")).to_be_visible(timeout=WAIT)
    choose_new_zealand(widget)
    expect(widget.input).to_be_visible()
    widget.settle()
    expect(widget.page.locator(".problem")).to_have_count(1)
    assert sent == [], "there is nobody to say it to"
    widget.page.unroute_all()
    widget.page.get_by_role("button", name="Try again").click()
    expect(widget.log).to_contain_text("I will show phone numbers for this place: New Zealand.", timeout=WAIT)
    assert len(sent) == 1
    assert sent[0]["sender"]


def test_erasing_ends_the_chat_here_and_on_the_server(new_page, guide):
    widget = Widget(new_page("phone")).open(f"{guide.url}/")
    widget.say("there is blood in her urine")
    widget.show_menu()
    widget.menu.get_by_role("button", name="Erase this chat").click()
    with widget.page.expect_response(lambda answered: answered.request.method == "DELETE") as erased:
        widget.page.get_by_role("button", name="Erase the chat").click()
    assert erased.value.json()["erased"]["conversation_events"] > 3
    expect(widget.log).to_contain_text("This chat has been erased.", timeout=WAIT)
    expect(widget.yours).to_have_count(0)
    expect(widget.banner).to_be_hidden()
    assert widget.kept() == {}
