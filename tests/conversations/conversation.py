"""A family's conversation with the running guide, in words that read like one."""

from __future__ import annotations

from typing import Any

import httpx

Message = dict[str, Any]


OPEN: list[httpx.Client] = []
"""Connections of the running test; a fixture closes them after it."""


class Conversation:
    """One session. ``say`` and ``choose`` return the guide's messages; ``replies`` keeps the last ones."""

    def __init__(self, url: str, **wanted: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=30)
        OPEN.append(self.client)
        opened = self.client.post("/session", json=wanted)
        assert opened.status_code == 200, opened.text
        self.token: str = opened.json()["sender"]
        self.greeting: list[Message] = opened.json()["messages"]
        self.replies: list[Message] = []

    def say(self, text: str) -> list[Message]:
        return self._post({"sender": self.token, "message": text})

    def choose(self, choice: str) -> list[Message]:
        return self._post({"sender": self.token, "choice": choice})

    def post(self, body: object) -> httpx.Response:
        return self.client.post("/webhook", json=body)

    def history(self) -> list[Message]:
        answer = self.client.get("/session", headers={"Authorization": f"Bearer {self.token}"})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["messages"])

    def erase(self) -> httpx.Response:
        return self.client.delete("/session", headers={"Authorization": f"Bearer {self.token}"})

    @property
    def first(self) -> Message:
        return self.replies[0]

    def _post(self, body: Message) -> list[Message]:
        answer = self.post(body)
        assert answer.status_code == 200, f"{answer.status_code}: {answer.text[:300]}"
        self.replies = answer.json()
        assert_contract(self.replies)
        return self.replies


KINDS = {
    "answer", "emergency", "crisis", "urgent", "refusal", "unknown", "clarify", "signpost", "support", "smalltalk",
    "boundary", "language", "notice",
}  # fmt: skip
KEYS = {
    "kind", "topic", "audience", "sources", "review", "disclaimer", "more", "related", "contacts",
    "notice", "part", "category", "languages", "alarm", "pointer", "question", "questions", "terms",
}  # fmt: skip


def assert_contract(messages: list[Message]) -> None:
    """Every message has the shape that docs/architecture.md promises."""
    assert isinstance(messages, list), messages
    assert messages, "the list of messages is never empty"
    for message in messages:
        assert message["text"].strip()
        custom = message["custom"]
        assert custom["kind"] in KINDS
        assert set(custom) <= KEYS, set(custom) - KEYS
        if custom["kind"] == "answer":
            assert custom["topic"]
            assert custom["sources"] or custom["topic"].startswith(("about/", "care/"))
        for source in custom.get("sources", []):
            assert {"id", "group", "title", "year", "publisher", "url"} <= set(source)
            assert source["group"] in {"guideline", "label", "research", "charity"}
        if "disclaimer" in custom:
            assert message["text"].endswith(custom["disclaimer"])
            assert message["text"].count(custom["disclaimer"]) == 1
        if custom["kind"] in {"answer", "emergency", "crisis", "urgent", "refusal", "unknown", "support", "signpost"}:
            assert custom["disclaimer"]
            assert set(custom["review"]) == {"status", "updated", "reviewed_by", "review_due"}
        if custom["kind"] in {"emergency", "crisis", "urgent", "refusal", "unknown", "support"}:
            assert custom["contacts"]
        for choice in [*custom.get("more", []), *custom.get("related", [])]:
            assert set(choice) == {"choice", "title"}
