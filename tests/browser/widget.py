"""The chat as a person sees it: what can be read, pressed and typed. Playwright looks into the open shadow root by itself."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import FloatRect, Locator, Page, Route, expect

WAIT = 15_000
"""Milliseconds; the guide itself answers within eight seconds whatever breaks."""
WIDTHS = {"phone": {"width": 320, "height": 640}, "desktop": {"width": 1280, "height": 800}}
ANSWERED = "What is an angiomyolipoma?"
EMERGENCY = "there is blood in her urine and she is very pale"


class Widget:
    """One chat on one page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.log = page.get_by_role("log")
        self.input = page.get_by_label("Type your question")
        self.send = page.get_by_role("button", name="Send")
        self.status = page.locator(".status [role=status]").first
        self.banner = page.get_by_role("region", name="Emergency advice")
        self.launcher = page.get_by_role("button", name="Ask the guide")
        self.replies = page.locator(".guide")
        self.yours = page.locator(".you")
        self.menu = page.locator(".menu")

    def open(self, address: str, launch: bool = False) -> Widget:
        self.page.goto(address)
        if launch:
            self.launcher.click()
        expect(self.page.locator(".consent")).to_be_visible(timeout=WAIT)
        self.settle()
        return self

    def settle(self) -> None:
        """Wait until the guide has answered."""
        expect(self.page.locator("button[aria-disabled]")).to_have_count(0, timeout=WAIT)

    def say(self, text: str) -> Locator:
        """Send ``text``; returns the last reply once it is there."""
        before = self.yours.count()
        self.input.fill(text)
        self.send.click()
        expect(self.yours).to_have_count(before + 1)
        self.settle()
        return self.replies.last

    def press(self, title: str) -> Locator:
        """Press the last button with this title in the conversation; returns the last reply."""
        before = self.yours.count()
        self.log.get_by_role("button", name=title, exact=True).last.click()
        expect(self.yours).to_have_count(before + 1)
        self.settle()
        return self.replies.last

    def show_menu(self) -> None:
        self.page.get_by_role("button", name="Menu", exact=True).click()
        expect(self.menu).to_be_visible()

    def kept(self) -> dict[str, str]:
        """Everything that the page keeps in this tab."""
        return dict(self.page.evaluate("() => ({...sessionStorage})"))

    @property
    def focused(self) -> str:
        """Name or text of what has the focus, looked up through the shadow root."""
        return str(
            self.page.evaluate(
                """() => {
                    let at = document.activeElement;
                    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                    const label = at?.labels?.[0]?.textContent ?? "";
                    const text = at?.textContent?.trim().replace(/\\s+/g, " ");
                    return at?.getAttribute("aria-label") || label || text || at?.tagName;
                }"""
            )
        )

    def tab_to(self, name: str, key: str = "Tab") -> None:
        """Go there as a person without a mouse does."""
        passed = []
        for _ in range(60):
            if self.focused == name:
                return
            self.page.keyboard.press(key)
            passed.append(self.focused)
        raise AssertionError(f"{name!r} is not reached by {key}; passed {passed}")


def hold(page: Page, path: str) -> list[Route]:
    """Holds the next request whose address ends so until it is let go; those after it are not held."""
    held: list[Route] = []
    page.route(f"**/{path}", lambda route: route.continue_() if held else held.append(route))
    return held


def box(locator: Locator) -> FloatRect:
    found = locator.bounding_box()
    assert found, "it is not on the screen"
    return found


def answer(**changes: Any) -> dict[str, Any]:
    """A message of the guide with every part that the contract knows."""
    custom = {
        "kind": "answer", "topic": "aml/what", "audience": "family", "disclaimer": "This is general information.",
        "sources": [{"id": "a", "group": "guideline", "title": "A guideline", "year": 2021, "publisher": "Experts",
                     "url": "https://example.org/a", "note": "Old."}],
        "review": {"status": "approved", "updated": "2026-01-01", "reviewed_by": "A kidney nurse", "review_due": "2100-03-01"},
        "contacts": [{"label": "Nurse line", "number": "1800 022 222", "url": "https://example.org/n", "note": "day and night",
                      "verify": "please check this number"}],
        "more": [{"choice": "part:aml/what:what_helps", "title": "What helps?"}],
        "related": [{"choice": "topic:aml/size", "title": "Size of an AML"}],
        "questions": ["How big is it?", "When is the next scan?"],
        "terms": [{"term": "AML", "text": "A growth in the kidney."}],
    }  # fmt: skip
    custom.update(changes.pop("custom", {}))
    text = f"An **AML** is a growth.\n\n- It holds fat.\n- It holds vessels.\n\n{custom['disclaimer']}"
    return {"recipient_id": "x", "text": text, "buttons": [{"title": "Not what I meant", "payload": "not_meant"}],
            "custom": custom, **changes}  # fmt: skip
