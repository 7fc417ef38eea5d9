"""What stands in an answer and what a person can do with it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from widget import ANSWERED, WAIT, Widget, answer

VOICE = """window.spoken = [];
    speechSynthesis.speak = (speech) => { spoken.push(speech.text); };
    speechSynthesis.cancel = () => { spoken.push(null); };"""
"""Stands in for the voice of the device; null is its end."""


def reply_with(*messages: dict) -> object:
    return lambda route: route.fulfill(json=list(messages))


def test_every_part_of_an_answer_is_shown(new_page, guide):
    page = new_page()
    widget = Widget(page).open(f"{guide.url}/")
    page.route("**/webhook", reply_with(answer()))
    last = widget.say(ANSWERED)
    expect(last.locator("strong").first).to_have_text("AML")
    expect(last.locator("ul").first.locator("li")).to_have_text(["It holds fat.", "It holds vessels."])
    expect(last.get_by_text("This is general information.")).to_have_count(1)
    expect(last).to_contain_text("Approved by A kidney nurse, next review 1 March 2100")
    last.get_by_text("Sources (1)").click()
    expect(last.locator(".cards li")).to_contain_text("Medical guideline")
    expect(last.locator(".cards li")).to_contain_text("Experts, 2021")
    link = last.get_by_role("link", name="A guideline (opens in a new tab)")
    expect(link).to_have_attribute("href", "https://example.org/a")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    last.get_by_text("Words explained (1)").click()
    expect(last.get_by_text("A growth in the kidney.")).to_be_visible()
    expect(last.get_by_role("link", name="Call 1800 022 222")).to_have_attribute("href", "tel:1800022222")
    expect(last).to_contain_text("please check this number")
    for group, title in {
        "You can choose": "Not what I meant",
        "More on this": "What helps?",
        "Related": "Size of an AML",
    }.items():
        expect(last.get_by_role("group", name=group).get_by_role("button", name=title)).to_be_visible()


@pytest.mark.parametrize(
    ("review", "words"),
    [
        ({"status": "approved", "reviewed_by": "A nurse", "review_due": "2020-01-01"}, "Awaiting clinical review"),
        ({"status": "preview", "reviewed_by": None, "review_due": None}, "Awaiting clinical review"),
    ],
)
def test_what_is_not_approved_or_no_longer_says_so(new_page, guide, review, words):
    page = new_page()
    widget = Widget(page).open(f"{guide.url}/")
    page.route("**/webhook", reply_with(answer(custom={"review": review})))
    expect(widget.say(ANSWERED)).to_contain_text(words)


def test_my_questions_are_collected_to_copy_print_and_save(watched, guide):
    context = watched.context("phone", permissions=["clipboard-read", "clipboard-write"], accept_downloads=True)
    page = context.new_page()
    widget = Widget(page).open(f"{guide.url}/")
    widget.show_menu()
    expect(widget.menu).to_contain_text("are collected here.")
    page.get_by_role("button", name="Back to the chat").click()
    page.route("**/webhook", reply_with(answer()))
    widget.say(ANSWERED)
    last = widget.say(ANSWERED)
    last.get_by_text("Questions to ask your team").click()
    last.get_by_role("button", name="My questions for the team").click()
    boxes = widget.menu.get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    boxes.first.uncheck()
    wanted = "My questions for the team\n\n- When is the next scan?\n"
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(widget.status).to_have_text("Copied.")
    assert page.evaluate("() => navigator.clipboard.readText()") == wanted
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as text").click()
    assert saved.value.suggested_filename == "my-questions.txt"
    assert saved.value.path().read_text() == wanted
    context.add_init_script("window.print = () => { window.printed = true; };")
    with context.expect_page() as printed:
        page.get_by_role("button", name="Print").click()
    expect(printed.value.locator("h1")).to_have_text("My questions for the team")
    expect(printed.value.locator("li")).to_have_text(["When is the next scan?"])


def test_did_this_help_is_stored_with_its_reason_for_reviewers(new_page, guide):
    widget = Widget(new_page("phone")).open(f"{guide.url}/")
    widget.say(ANSWERED)
    reply = widget.press("No")
    expect(widget.yours.last).to_contain_text("No, this did not help")
    expect(reply).to_contain_text("choose what was wrong")
    reply = widget.press("It was hard to understand")
    expect(reply).to_contain_text("Thank you for telling me.")
    reply = widget.press("Say it more simply")
    expect(reply.locator("p").nth(1)).to_contain_text("AML")
    widget.page.reload()
    expect(widget.yours).to_have_count(4, timeout=WAIT)
    expect(widget.yours.nth(2)).to_contain_text("It was hard to understand")


def test_text_grows_and_an_answer_can_be_read_aloud_and_copied(watched, guide):
    context = watched.context("phone", permissions=["clipboard-read", "clipboard-write"])
    context.add_init_script(VOICE)
    page = context.new_page()
    widget = Widget(page).open(f"{guide.url}/")
    last = widget.say(ANSWERED)
    size = last.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    last.get_by_role("button", name="Read aloud").click()
    last.get_by_role("button", name="Stop reading").click()
    expect(last.get_by_role("button", name="Read aloud")).to_be_visible()
    text, stopped = page.evaluate("() => spoken")
    assert text.startswith("An angiomyolipoma")
    assert "**" not in text
    assert stopped is None
    last.get_by_role("button", name="Copy").click()
    expect(widget.status).to_have_text("Copied.")
    assert "angiomyolipoma" in page.evaluate("() => navigator.clipboard.readText()")
    widget.show_menu()
    widget.menu.get_by_role("button", name="Very large").click()
    assert last.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= size * 1.5
    page.reload()
    expect(widget.yours).to_have_count(1, timeout=WAIT)
    assert widget.yours.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= size * 1.5


@pytest.mark.parametrize("how", ["closed", "erased"])
def test_a_chat_that_is_closed_or_erased_is_not_read_aloud_any_longer(new_page, charity, how):
    page = new_page()
    page.add_init_script(VOICE)
    widget = Widget(page).open(f"{charity.origin}/", launch=True)
    widget.say(ANSWERED).get_by_role("button", name="Read aloud").click()
    assert len(page.evaluate("() => spoken")) == 1
    if how == "closed":
        page.get_by_role("button", name="Close").click()
    else:
        widget.show_menu()
        widget.menu.get_by_role("button", name="Erase this chat").click()
        page.get_by_role("button", name="Erase the chat").click()
        expect(widget.log).to_contain_text("This chat has been erased.", timeout=WAIT)
    assert page.evaluate("() => spoken.at(-1)") is None
