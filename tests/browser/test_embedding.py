"""The chat on the page of another site: by its one line, in a frame, and in a tab of its own."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import expect
from widget import ANSWERED, WAIT, Widget, box


def test_one_line_embeds_it_under_a_strict_policy_of_another_origin(new_page, charity):
    page = new_page()
    widget = Widget(page).open(f"{charity.origin}/", launch=True)
    widget.say(ANSWERED)
    expect(page.locator(".guide .tools")).to_be_visible()
    expect(page.get_by_role("heading", name="TSC kidney guide", level=2)).to_be_visible()
    assert page.locator("tsc-chat").evaluate("e => e.shadowRoot.mode") == "open"
    page.get_by_role("link", name="About us").focus()
    expect(page.get_by_role("link", name="About us")).to_be_focused()
    page.reload()
    expect(widget.yours).to_have_count(1, timeout=WAIT)


def test_it_is_opened_closed_and_announced_by_its_button(new_page, charity):
    page = new_page("phone")
    widget = Widget(page)
    page.goto(f"{charity.origin}/")
    expect(widget.launcher).to_have_attribute("aria-expanded", "false")
    assert widget.kept() == {}
    widget.launcher.click()
    panel = box(page.locator(".panel"))
    assert (panel["x"], panel["y"], panel["width"], panel["height"]) == (0, 0, 320, 640), "a phone's whole screen"
    page.get_by_role("button", name="Close").click()
    expect(widget.launcher).to_be_focused()
    expect(page.locator(".panel")).to_be_hidden()


@pytest.mark.parametrize(("position", "left"), [("left", True), ("right", False), ("", False)])
def test_it_stands_in_the_corner_that_was_asked_for(new_page, charity, position, left):
    page = new_page()
    widget = Widget(page)
    page.goto(f"{charity.origin}/?position={position}")
    assert (box(widget.launcher)["x"] < 640) is left
    widget.launcher.click()
    panel = box(page.locator(".panel"))
    assert (panel["x"] < 640) is left
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= 1280
    assert panel["y"] >= 0


def test_name_place_and_audience_are_attributes(new_page, charity):
    page = new_page()
    page.goto(f"{charity.origin}/?name=Kidney+helper&place=NZ&audience=easy_read")
    page.get_by_role("button", name="Ask the guide: Kidney helper").click()
    expect(page.get_by_role("region", name="Kidney helper")).to_have_count(1)
    expect(page.get_by_role("log")).to_contain_text("Call 111 first", timeout=WAIT)
    expect(page.get_by_role("log")).to_contain_text("I am a computer. I am not a doctor.")


def test_an_unknown_place_is_left_out(new_page, charity):
    widget = Widget(new_page()).open(f"{charity.origin}/?place=constructor&audience=__proto__", launch=True)
    expect(widget.page.locator(".promise")).to_contain_text("your emergency number")


def test_colours_are_custom_properties_of_the_page(new_page, charity):
    page = new_page()
    widget = Widget(page)
    page.goto(f"{charity.origin}/")
    widget.launcher.wait_for()
    page.locator("tsc-chat").evaluate("e => e.style.setProperty('--tsc-action', 'rgb(90, 20, 110)')")
    assert widget.launcher.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(90, 20, 110)"


def test_styles_of_the_page_do_not_reach_it(new_page, charity):
    page = new_page()
    widget = Widget(page)
    page.goto(f"{charity.origin}/")
    widget.launcher.wait_for()
    page.evaluate("() => { const own = new CSSStyleSheet(); document.adoptedStyleSheets = [own];"
                  " own.replaceSync('html { font-size: 8px } body { font: 8px serif; color: red; text-transform: uppercase }'"
                  " + 'button { display: none }'); }")  # fmt: skip
    widget.launcher.click()
    assert widget.input.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 17
    assert widget.send.evaluate("e => getComputedStyle(e).textTransform") == "none"


def test_what_stands_inside_is_shown_until_the_chat_is_there(new_page, guide):
    """The style sheet never comes: the numbers stay till the chat goes on without it."""
    page = new_page("phone")
    page.route("**/chat.css", lambda route: None)
    page.goto(f"{guide.url}/")
    page.wait_for_function("() => document.querySelector('tsc-chat').shadowRoot")
    inside = page.get_by_role("listitem").filter(has_text="Australia").get_by_role("link", name="000")
    expect(inside).to_be_visible()
    expect(page.locator(".consent")).to_be_visible(timeout=WAIT)
    expect(inside).to_be_hidden()


def test_an_error_is_no_style_sheet(new_page, watched, guide):
    watched.expect("503")
    page = new_page()
    page.route("**/chat.css", lambda route: route.fulfill(status=503, body="* { display: none }", content_type="text/css"))
    page.goto(f"{guide.url}/")
    expect(page.locator(".consent")).to_be_visible(timeout=WAIT)


def test_the_chat_page_may_stand_in_a_frame_of_the_charity_and_opens_in_a_tab_of_its_own(watched, charity, guide):
    context = watched.context()
    page = context.new_page()
    page.goto(f"{charity.origin}/?frame")
    frame = page.frame_locator("iframe")
    frame.get_by_label("Type your question").fill(ANSWERED)
    expect(frame.locator(".consent")).to_be_visible(timeout=WAIT)
    frame.get_by_role("button", name="Send").click()
    expect(frame.locator(".guide .tools")).to_be_visible(timeout=WAIT)
    frame.get_by_role("button", name="Menu").click()
    with context.expect_page() as opened:
        frame.get_by_role("link", name="Open in a new tab").click()
    expect(opened.value.locator(".consent")).to_be_visible(timeout=WAIT)
    assert opened.value.url == f"{guide.url}/"


def test_a_page_of_another_site_gets_neither_script_nor_frame(new_page, watched, stranger):
    watched.expect("blocked by CORS policy", "ERR_FAILED", "frame-ancestors", "ERR_BLOCKED_BY_RESPONSE")
    page = new_page()
    page.goto(f"{stranger.origin}/")
    expect(page.get_by_text("We are here for families")).to_be_visible()
    assert page.evaluate("() => document.querySelector('tsc-chat').shadowRoot === null")
    page.goto(f"{stranger.origin}/?frame")
    expect(page.frame_locator("iframe").get_by_label("Type your question")).to_have_count(0)


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/session"), ("GET", "/session"), ("DELETE", "/session"), ("POST", "/webhook"), ("GET", "/static/chat.css"),
     ("GET", "/"), ("GET", "/health")],
)  # fmt: skip
def test_a_request_of_another_site_is_refused_and_not_merely_unreadable(guide, charity, stranger, method, path):
    for origin in (stranger.origin, "null", "https://example.org"):
        refused = httpx.request(method, f"{guide.url}{path}", headers={"Origin": origin}, json={})
        assert refused.status_code == 403
        assert refused.json()["error"] == "origin"
        assert "emergency number" in refused.json()["text"]
        assert "access-control-allow-origin" not in refused.headers
    taken = httpx.request(method, f"{guide.url}{path}", headers={"Origin": charity.origin}, json={})
    assert taken.status_code != 403
    assert taken.headers["access-control-allow-origin"] == charity.origin
    assert "access-control-allow-credentials" not in taken.headers
    own = guide.url.partition("/webhooks")[0]
    assert httpx.request(method, f"{guide.url}{path}", headers={"Origin": own}, json={}).status_code != 403


def test_a_browser_may_ask_first_and_learns_nothing_for_another_site(guide, charity, stranger):
    wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    for path in ("/session", "/webhook"):
        asked = httpx.options(f"{guide.url}{path}", headers={"Origin": charity.origin, **wanted})
        assert asked.is_success
        assert asked.headers["access-control-allow-headers"] == "Authorization, Content-Type"
        asked = httpx.options(f"{guide.url}{path}", headers={"Origin": stranger.origin, **wanted})
        assert not [name for name in asked.headers if name.startswith("access-control-allow")]


def test_the_policy_names_the_pages_that_may_frame_it(guide, charity):
    policy = httpx.get(f"{guide.url}/").headers["content-security-policy"]
    assert f"frame-ancestors 'self' {charity.origin}" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
