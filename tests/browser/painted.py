"""How long a person waits from the click to the painted reply."""

from __future__ import annotations

from playwright.sync_api import expect
from widget import ANSWERED, WAIT, Widget

WATCH = """() => {
    const root = document.querySelector("tsc-chat").shadowRoot;
    let pressed = 0;
    root.querySelector("[type=submit]").addEventListener("click", (event) => { pressed = event.timeStamp; }, {capture: true});
    new MutationObserver((_, watcher) => {
        if (!root.querySelector(".guide .tools")) return;
        watcher.disconnect();
        // The frame that shows it is over when a task after its animation callbacks runs.
        requestAnimationFrame(() => setTimeout(() => { window.painted = performance.now() - pressed; }));
    }).observe(root.querySelector(".log"), {childList: true});
}"""
WHEN = "async () => { while (!window.painted) await new Promise(requestAnimationFrame); return window.painted; }"


def first_reply(widget: Widget) -> float:
    """Milliseconds from the click to the painted answer to the first question of a chat that was just opened."""
    widget.page.evaluate(WATCH)
    widget.say(ANSWERED)
    expect(widget.page.locator(".guide .tools")).to_be_visible(timeout=WAIT)
    return float(widget.page.evaluate(WHEN))
