"""Everything can be seen and reached: small screens, zoom, a phone's keyboard, thumbs, people whom movement makes ill."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from widget import ANSWERED, Widget


def test_the_focus_can_be_seen_on_everything_that_takes_it(new_page, guide):
    widget = Widget(new_page()).open(f"{guide.url}/")
    widget.say(ANSWERED)
    outlines = {}
    for _ in range(25):
        widget.page.keyboard.press("Tab")
        at = widget.page.evaluate(
            """() => {
                const root = document.querySelector("tsc-chat").shadowRoot;
                const at = root.activeElement;
                return at && [[...root.querySelectorAll("*")].indexOf(at), getComputedStyle(at).outlineStyle];
            }"""
        )
        if at:
            outlines[at[0]] = (widget.focused, at[1])
    assert [name for name, outline in outlines.values() if outline == "none"] == []
    assert len(outlines) >= 15, f"few took the focus: {outlines}"


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
