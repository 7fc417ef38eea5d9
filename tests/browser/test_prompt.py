"""Nothing in the page keeps a person waiting."""

from __future__ import annotations

from painted import first_reply
from playwright.sync_api import expect
from widget import ANSWERED, EMERGENCY, WAIT, Widget


def test_neither_an_answer_nor_an_alarm_waits_for_a_timer(watched, guide):
    """All the timers of the page stand still, and both are there all the same.

    How long the first reply takes while they run is printed; ``make bench`` sets it beside what the bare request takes.
    """
    times = [first_reply(Widget(watched.page("phone")).open(f"{guide.url}/")) for _ in range(5)]
    print(f"\nfirst reply painted after (ms): {', '.join(f'{time:.0f}' for time in times)}")
    page = watched.page("phone")
    page.clock.install()
    widget = Widget(page).open(f"{guide.url}/")
    page.clock.pause_at(page.evaluate("() => Date.now() + 5000"))
    stopped = page.evaluate("() => Date.now()")
    widget.say(ANSWERED)
    expect(page.locator(".guide .tools")).to_be_visible(timeout=WAIT)
    widget.say(EMERGENCY)
    expect(widget.banner).to_be_visible(timeout=WAIT)
    assert page.evaluate("() => Date.now()") == stopped, "no time has passed for the page"
