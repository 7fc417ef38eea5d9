"""A whole conversation as a person has it: by keyboard, over a reload, with a slow, failing or forgetful server."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect
from widget import ANSWERED, WAIT, Widget, answer

SESSION_LOST = "AAAA.BBBB.CCCC"


def reply_with(*messages: dict) -> object:
    return lambda route: route.fulfill(json=list(messages))


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


def test_the_focus_can_be_seen_on_everything_that_takes_it(new_page, guide):
    widget = Widget(new_page()).open(f"{guide.url}/")
    widget.say(ANSWERED)
    for _ in range(25):
        widget.page.keyboard.press("Tab")
        outline = widget.page.evaluate(
            """() => {
                const at = document.activeElement?.shadowRoot?.activeElement;
                return at ? getComputedStyle(at).outlineStyle : "solid";
            }"""
        )
        assert outline != "none", widget.focused


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


def test_text_grows_and_an_answer_can_be_read_aloud_and_copied(watched, guide):
    context = watched.context("phone", permissions=["clipboard-read", "clipboard-write"])
    context.add_init_script(
        """window.spoken = [];
        speechSynthesis.speak = (speech) => { spoken.push(speech.text); };
        speechSynthesis.cancel = () => { spoken.push(null); };"""
    )
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


def test_at_four_hundred_percent_everything_can_be_reached(new_page: object, guide):
    page: Page = new_page(viewport={"width": 320, "height": 256})  # type: ignore[operator]  # 1280 x 1024 at 400 %
    widget = Widget(page).open(f"{guide.url}/")
    widget.say("there is blood in her urine and she is very pale")
    for part in (widget.banner.get_by_role("button", name="Help is here"), widget.input, widget.send):
        part.scroll_into_view_if_needed()
        expect(part).to_be_in_viewport(ratio=1)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320


def test_the_keyboard_of_a_phone_does_not_cover_the_input(watched, charity):
    context = watched.context("phone", has_touch=True)
    context.add_init_script(
        """const seen = Object.assign(new EventTarget(), {scale: 1, offsetTop: 0, height: 640, width: 320});
        Object.defineProperty(window, "visualViewport", {value: seen});"""
    )
    widget = Widget(context.new_page())
    widget.open(f"{charity.origin}/", launch=True)
    widget.input.tap()
    for top in (0, 120):  # iOS moves the page up, too
        widget.page.evaluate(
            """(top) => { Object.assign(visualViewport, {height: 330, offsetTop: top});
                          visualViewport.dispatchEvent(new Event("resize")); }""",
            top,
        )
        widget.page.evaluate("() => new Promise(requestAnimationFrame)")
        place = widget.input.bounding_box()
        assert place
        assert place["y"] >= top - 1
        assert place["y"] + place["height"] <= top + 331, "a pixel for rounding"


def test_nothing_moves(new_page, guide):
    widget = Widget(new_page()).open(f"{guide.url}/")
    widget.say(ANSWERED)
    moving = widget.page.evaluate(
        """() => [...document.querySelector("tsc-chat").shadowRoot.querySelectorAll("*")].filter((each) => {
            const {transitionDuration, animationName, scrollBehavior} = getComputedStyle(each);
            return transitionDuration !== "0s" || animationName !== "none" || scrollBehavior !== "auto";
        }).length"""
    )
    assert moving == 0


def test_what_is_pressed_is_large_enough_for_a_thumb(new_page, guide):
    widget = Widget(new_page("phone")).open(f"{guide.url}/")
    widget.say(ANSWERED)
    for one in widget.page.get_by_role("button").all():
        if one.is_visible():
            place = one.bounding_box()
            assert place
            assert place["height"] >= 44, one.inner_text()
