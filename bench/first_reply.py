"""From the click to the painted first reply in a real Chromium, beside the same request without a page.

    .venv-test/bin/python -m bench.first_reply

The difference is what the page itself takes to send, build and paint. Each reply is the first of a new chat. On a machine that
does nothing else at most LIMIT ms are wanted.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import httpx
from needed import program
from painted import first_reply
from playwright.sync_api import sync_playwright
from widget import ANSWERED, WIDTHS, Widget

from tools.guide_process import GuideProcess

CHATS = 30
LIMIT = 150


def bare(guide: GuideProcess) -> float:
    """Milliseconds of the first turn of a new chat over HTTP."""
    with httpx.Client(base_url=guide.url, timeout=30) as client:
        token = client.post("/session", json={}).json()["sender"]
        began = time.perf_counter()
        client.post("/webhook", json={"sender": token, "message": ANSWERED}).raise_for_status()
        return (time.perf_counter() - began) * 1e3


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        guide = GuideProcess(Path(folder))
        browser = playwright.chromium.launch(executable_path=program("chromium", "chromium-browser", "google-chrome"))
        try:
            guide.start()
            requests, pages = [], []
            for _ in range(CHATS):  # by turns, so that what else the machine does meets both
                requests.append(bare(guide))
                context = browser.new_context(viewport=WIDTHS["phone"])  # type: ignore[arg-type]
                pages.append(first_reply(Widget(context.new_page()).open(f"{guide.url}/")))
                context.close()
        finally:
            browser.close()
            guide.stop()
    print(f"{f'first reply of {CHATS} chats, ms':40} {'p50':>6} {'most':>6}")
    for name, times in (("request over HTTP", requests), ("click to painted reply", pages)):
        print(f"{name:40} {statistics.median(times):6.0f} {max(times):6.0f}")
    own = statistics.median(pages) - statistics.median(requests)
    print(f"{'of that the page itself':40} {own:6.0f}        (at most {LIMIT} in all are wanted)")


if __name__ == "__main__":
    main()
