"""No text can become markup or script, whatever field it stands in; the policy is switched off here, so that it cannot help."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from widget import ANSWERED, WAIT, Widget, answer

ROOT = Path(__file__).parents[2]
ATTACKS = [
    "<img src=x onerror=window.hacked=1>",
    "<script>window.hacked=1</script>",
    "<svg onload=window.hacked=1><iframe srcdoc='<script>parent.hacked=1</script>'>",
    '"><a href=javascript:window.hacked=1>press</a>',
    "[press](javascript:window.hacked=1) [press](data:text/html,<script>parent.hacked=1</script>) [x](vbscript:x)",
    "**<b onclick=window.hacked=1>bold</b>** javascript:window.hacked=1 JaVaScRiPt:window.hacked=1",
    "https://example.org/\"onmouseover=window.hacked=1 https://<img src=x onerror=window.hacked=1>",
    "- <img src=x onerror=window.hacked=1>\n- [a](&#106;avascript:window.hacked=1)\n${window.hacked=1}{{window.hacked=1}}",
]  # fmt: skip
ADDRESSES = ["javascript:window.hacked=1", " javascript:window.hacked=1", "JAVASCRIPT:window.hacked=1", "java\nscript:x=1",
             "data:text/html,<script>1</script>", "http://example.org", "//example.org", "blob:x", "file:///etc"]  # fmt: skip
FOUND = """() => {
    const root = document.querySelector("tsc-chat").shadowRoot;
    const all = [...root.querySelectorAll("*")];
    return {
        hacked: window.hacked ?? null,
        elements: all.map(({tagName}) => tagName).filter((name) => /^(SCRIPT|IMG|IFRAME|SVG|OBJECT|B|STYLE)$/i.test(name)),
        handlers: [...root.querySelectorAll(".log *, .menu *, .banner *")].flatMap((each) =>
            each.getAttributeNames().filter((name) => /^(on|style$|src)/.test(name))),
        schemes: [...new Set([...root.querySelectorAll("[href]")].map(({protocol}) => protocol))],
    };
}"""


def everywhere(attack: str, address: str, **changes: object) -> dict:
    """A message with the attack in every field."""
    custom = {
        "topic": attack, "disclaimer": attack, "languages": [attack],
        "sources": [{"id": attack, "group": attack, "title": attack, "year": attack, "publisher": attack, "url": address,
                     "note": attack}],
        "review": {"status": "approved", "updated": attack, "reviewed_by": attack, "review_due": "2100-01-01"},
        "contacts": [{"label": attack, "number": attack, "url": address, "note": attack, "verify": attack}],
        "more": [{"choice": attack, "title": attack}], "related": [{"choice": address, "title": attack}],
        "questions": [attack], "terms": [{"term": attack, "text": attack}], "notice": attack, "pointer": attack, **changes,
    }  # fmt: skip
    return answer(text=f"{attack}\n{attack}", custom=custom, buttons=[{"title": attack, "payload": attack}])


def look_everywhere(widget: Widget) -> None:
    for part in widget.page.locator("summary").all():
        if part.is_visible():
            part.click()
    found = widget.page.evaluate(FOUND)
    assert found["hacked"] is None
    assert found["elements"] == []
    assert found["handlers"] == []
    assert set(found["schemes"]) <= {"https:", "tel:", "mailto:", "http:", ":"}, "http: is the chat page's own address"
    assert widget.page.locator(".log [href^='http:'], .banner [href^='http:']").count() == 0


@pytest.mark.parametrize("kind", ["answer", "emergency", "language"])
def test_no_field_of_a_message_becomes_markup(watched, guide, kind):
    watched.expect("404")
    page = watched.page("desktop", bypass_csp=True)
    widget = Widget(page).open(f"{guide.url}/")
    messages = [everywhere(attack, ADDRESSES[index % len(ADDRESSES)], kind=kind) for index, attack in enumerate(ATTACKS)]
    messages += [everywhere("text", address, kind=kind) for address in ADDRESSES]
    page.route("**/webhook", lambda route: route.fulfill(json=messages))
    widget.say(ATTACKS[0])
    look_everywhere(widget)
    widget.show_menu()
    look_everywhere(widget)
    assert "<img src=x onerror" in widget.page.locator(".you").first.inner_text(), "shown as it was typed"


def test_neither_an_error_nor_a_stored_chat_becomes_markup(watched, guide):
    watched.expect("500")
    page = watched.page("desktop", bypass_csp=True)
    widget = Widget(page).open(f"{guide.url}/")
    broken = {"error": ATTACKS[0], "text": ATTACKS[0], "messages": [everywhere(ATTACKS[0], ADDRESSES[0], kind="emergency")]}
    page.route("**/webhook", lambda route: route.fulfill(status=500, json=broken))
    widget.say(ANSWERED)
    look_everywhere(widget)
    lines = [{"from": "you", "text": attack} for attack in ATTACKS] + [
        {"from": "guide", **everywhere(attack, ADDRESSES[0])} for attack in ATTACKS
    ]
    page.route("**/session", lambda route: route.fulfill(json={"sender": "x", "messages": lines}))
    page.reload()
    expect(widget.yours).to_have_count(len(ATTACKS), timeout=WAIT)
    look_everywhere(widget)


def test_no_attribute_of_the_element_becomes_markup(watched, charity):
    watched.expect("404", "ERR_NAME", "ERR_FAILED", "Failed to load", "URL scheme")
    for name in ("name", "position", "place", "audience"):
        page = watched.page("desktop", bypass_csp=True)
        page.goto(f"{charity.origin}/?{name}=%3Cimg+src%3Dx+onerror%3Dwindow.hacked%3D1%3E")
        page.get_by_role("button", name=re.compile("Ask the guide")).click()
        expect(page.locator(".consent")).to_be_visible(timeout=WAIT)
        look_everywhere(Widget(page))


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://example.org/a_b. Then go.", ["https://example.org/a_b"]),
        ("[our page](https://example.org/x?a=1)", ["https://example.org/x?a=1"]),
        ("[call](tel:000) or [write](mailto:help@example.org)", ["tel:000", "mailto:help@example.org"]),
        ("[no](javascript:alert(1)) [no](http://example.org) [no](//example.org) [no](/webhook)", []),
        ("http://example.org and www.example.org", []),
    ],
)
def test_links_are_https_tel_or_mailto(new_page, guide, text, links):
    widget = Widget(new_page()).open(f"{guide.url}/")
    widget.page.route(
        "**/webhook", lambda route: route.fulfill(json=[{"text": text, "buttons": [], "custom": {"kind": "notice"}}])
    )
    shown = widget.say(ANSWERED).locator("a")
    assert [one.get_attribute("href") for one in shown.all()] == links


@pytest.mark.parametrize(
    "body",
    [[{"text": "plain"}], [{"text": "later", "custom": {"kind": "something_new", "novelty": {"a": [1]}}}], [{}],
     [{"text": None}], [{"text": "x", "custom": None, "buttons": None}], {"text": "no list"}, [None], "text", 5],
)  # fmt: skip
def test_a_message_of_another_shape_is_shown_as_far_as_it_can_be_or_told_as_a_problem(new_page, guide, body):
    widget = Widget(new_page()).open(f"{guide.url}/")
    widget.page.route("**/webhook", lambda route: route.fulfill(body=json.dumps(body), content_type="application/json"))
    before = widget.replies.count()
    widget.say(ANSWERED)
    assert widget.replies.count() > before, "never silent"
    widget.page.unroute("**/webhook")
    widget.say(ANSWERED)
    expect(widget.page.locator(".tools")).to_be_visible()


def test_no_source_of_the_widget_makes_markup_or_code_from_text():
    for path in sorted((ROOT / "bot/widget").glob("*.js")):
        found = re.findall(
            r"\.innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|localStorage|DOMParser|setHTML",
            path.read_text(encoding="utf-8"),
        )
        assert found == [], path.name
