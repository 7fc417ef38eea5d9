"""What axe finds in one state of a page after another, and what is wider than its place."""

from __future__ import annotations

from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (tags) => {
    const {violations} = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
    return violations.flatMap(({id, nodes}) => nodes.map(({target, failureSummary}) =>
        `${id}: ${JSON.stringify(target)} ${failureSummary}`));
}"""


class Barriers:
    """Looks for barriers in one state after another and remembers in which each was found."""

    def __init__(self, page: Page, parts: str) -> None:
        """``parts`` are those (a CSS selector) whose content must not be wider than they are."""
        self.page, self.parts, self.found, self.states = page, parts, list[str](), list[str]()

    def look(self, state: str) -> None:
        self.states.append(state)
        self.found += [f"[{state}] {one}" for one in self.page.evaluate(RUN, TAGS)]
        sideways = self.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        if sideways > 0:
            self.found.append(f"[{state}] the page is {sideways} px wider than the screen")
        for part in self.page.locator(self.parts).all():
            if part.is_visible() and part.evaluate("e => e.scrollWidth - e.clientWidth") > 1:
                self.found.append(f"[{state}] something is wider than {part.get_attribute('class')}")
