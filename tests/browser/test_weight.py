"""What the widget weighs, and that its types are right."""

from __future__ import annotations

import gzip
import subprocess

import httpx
from needed import COMPILER, HERE, present, program
from playwright.sync_api import expect
from widget import WAIT

MOST_BYTES = 15_000


def test_all_that_a_page_loads_is_at_most_15_kilobytes(new_page, watched, guide):
    page = new_page()
    page.goto(f"{guide.url}/")
    expect(page.locator(".consent")).to_be_visible(timeout=WAIT)
    loaded = sorted(file for file in watched.files if "/static/" in file)
    sizes = {}
    for file in loaded:
        answer = httpx.get(file)
        assert answer.headers["content-encoding"] == "gzip", file
        sizes[file.rpartition("/")[2]] = len(gzip.compress(answer.content, 9))
    assert "tsc-chat.js" in sizes
    print(f"\nwidget, gzipped: {sum(sizes.values())} bytes {sizes}")
    assert sum(sizes.values()) <= MOST_BYTES


def test_the_types_in_the_comments_are_right():
    command = [program("node"), str(present(COMPILER)), "-p", str(HERE)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
