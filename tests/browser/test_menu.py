"""What the menu changes, and erasing."""

from __future__ import annotations

from playwright.sync_api import expect
from widget import WAIT, Widget


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
