"""How long the staff console takes for a page, with 100,000 invented conversations: p50 and p95 of each kind of page.

    VAR=/tmp/bench .venv-console/bin/python -m bench.console

The pages are asked for through Django's whole stack (session, second factor, permissions, log of who saw what, templates),
without a network. Wall time is what a reader waits; processor time is what is left of it on a machine that does nothing else.
Whatever is in the database of VAR (or CONSOLE_DATABASE_URL) is used; what is missing up to the wanted number is made first.
"""
# ruff: noqa: E402 - Django is set up before what needs it is imported
# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bot.console.settings")

import django

django.setup()

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

LIMIT = 300
"""Milliseconds: what 95 of 100 pages may take."""
LONG = 1_000
"""Turns of the long conversation."""
WORDS = ("kidney", "everolimus", "pressure", "mouth sores", '"blood test"', "ultrasound -scan", "teenager travel")

Conversation, Turn, Tag = (apps.get_model("conversations", name) for name in ("Conversation", "Turn", "Tag"))
Ask = Callable[[], tuple[str, dict[str, Any] | None]]
"""Makes the next address, and what is posted to it."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--conversations", type=int, default=100_000)
    arguments.add_argument("--rounds", type=int, default=40, help="how often each kind of page is asked for (40)")
    options = arguments.parse_args()
    prepare(options.conversations)
    client = log_in()
    found = Conversation.objects.count(), Turn.objects.count()
    print(
        f"{found[0]:,} conversations, {found[1]:,} turns; load of the machine {os.getloadavg()[0]:.1f}; times in milliseconds"
    )
    print(f"{'page':<40} {'p50':>6} {'p95':>6} {'processor p50':>15} {'p95':>6}")
    slow = []
    for name, ask in pages():
        wall, processor = measure(client, ask, options.rounds)
        columns = [percentile(times, share) for times in (wall, processor) for share in (50, 95)]
        print(f"{name:<40} {columns[0]:>6.0f} {columns[1]:>6.0f} {columns[2]:>15.0f} {columns[3]:>6.0f}", flush=True)
        if columns[1] > LIMIT:
            slow.append(name)
    print(f"p95 over {LIMIT} ms: {', '.join(slow) if slow else 'none'}")


def prepare(count: int) -> None:
    """Conversations up to ``count``, and one that is long."""
    call_command("migrate", verbosity=0)
    missing = count - Conversation.objects.count()
    if missing > 0:
        call_command("make_conversations", missing, seed=random.randrange(10**9))
    if not Conversation.objects.filter(turn_count=LONG).exists():
        call_command("make_conversations", 1, seed=random.randrange(10**9))
        conversation = Conversation.objects.order_by("-pk")[0]
        [pattern] = conversation.turns.order_by("-number")[:1]
        highest = pattern.event_id
        for number in range(conversation.turns.count() + 1, LONG + 1):
            pattern.pk, pattern.number, pattern.event_id = None, number, highest + 10 * number
            pattern.save(force_insert=True)
        conversation.recount()
    tag, _ = Tag.objects.get_or_create(name="measured")
    if not tag.conversations.exists():
        tag.conversations.add(*Conversation.objects.order_by("pk").values_list("pk", flat=True)[:5_000])


def log_in() -> Client:
    """A browser of a lead who gave the second factor."""
    user, _ = User.objects.get_or_create(username="measured")
    user.groups.add(Group.objects.get(name="lead"))
    client = Client(SERVER_NAME="localhost", raise_request_exception=True)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=True, defaults={"name": "measured"})
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


def pages() -> Iterator[tuple[str, Ask]]:
    """Kinds of pages, each with a way to make the next address."""
    chance = random.Random(1)
    keys = list(Conversation.objects.order_by("?").values_list("pk", flat=True)[:2_000])
    topics = list(Turn.objects.exclude(topic="").order_by().values_list("topic", flat=True)[:500])
    tag = Tag.objects.get(name="measured").pk
    new = iter(Conversation.objects.filter(state="new").order_by("?").values_list("pk", "turn_count")[:500])
    long = Conversation.objects.filter(turn_count=LONG).order_by("pk").values_list("pk", flat=True)[0]

    def queue(*queries: str) -> Ask:
        following = cycle(queries)
        return lambda: (f"/conversations/?{next(following)}", None)

    def save() -> tuple[str, dict[str, Any]]:
        key, turns = next(new)
        return f"/conversations/{key}/save", {"do": "reviewed", "seen": turns, "comment": "An invented note."}

    yield "queue: new", queue("", "page=2")
    yield "queue: all, any page", lambda: (f"/conversations/?state=all&page={chance.randint(1, 2_000)}", None)
    yield "queue: new and saved, alarms", queue("alarm=any&state=open", "alarm=emergency&state=open")
    yield "queue: another order", queue("order=latest", "order=oldest&state=all", "order=unsure", "order=unsure&state=all")
    yield "queue: topic", lambda: (f"/conversations/?state=all&topic={chance.choice(topics)}", None)
    yield "queue: counted kind", queue("kind=unknown", "kind=refusal&state=all", "has=not_helped&state=all", "has=helped")
    yield "queue: other kind", queue("kind=support", "kind=support&state=all", "kind=smalltalk&state=all", "kind=boundary")
    yield "queue: confidence", queue("under=20", "under=90&state=all", "under=1&state=all")
    yield "queue: tag, person, flag", queue(f"tag={tag}", "assigned=me", "assigned=nobody&state=all", "has=flagged&state=all")
    yield "queue: days", queue("since=2026-06-01&until=2026-06-30&state=all", "since=2020-01-01", "until=2020-01-01")
    yield "queue: country, way of explaining", queue("place=AU&state=all", "audience=easy_read", "place=none&audience=family")
    yield "queue: search", lambda: (f"/conversations/?state=all&q={chance.choice(WORDS)}", None)
    yield "queue: search for what nobody wrote", queue("state=all&q=xanthogranuloma")
    narrow = "&under=60&has=not_helped&place=AU"
    yield (
        "queue: search and filters",
        lambda: (
            f"/conversations/?q={chance.choice(WORDS)}&topic={chance.choice(topics)}{narrow}",
            None,
        ),
    )
    yield "review page", lambda: (f"/conversations/{chance.choice(keys)}/", None)
    yield "review page, from a search", lambda: (f"/conversations/{chance.choice(keys)}/?state=all&q=kidney&under=60", None)
    yield f"review page of {LONG:,} turns", lambda: (f"/conversations/{long}/", None)
    yield "earlier turns", lambda: (f"/conversations/{long}/turns?until={chance.randint(20, LONG)}", None)
    yield "next", lambda: (f"/conversations/{chance.choice(keys)}/next", None)
    yield "next, in a search", lambda: (f"/conversations/{chance.choice(keys)}/next?state=all&q={chance.choice(WORDS)}", None)
    yield "reviewed, with a note", save


def measure(client: Client, ask: Ask, rounds: int) -> tuple[list[float], list[float]]:
    """Wall and processor times in milliseconds; the first two pages are not counted."""
    wall, processor = [], []
    for round_ in range(rounds + 2):
        address, posted = ask()
        before = time.perf_counter(), time.process_time()
        response = client.get(address) if posted is None else client.post(address, posted)
        after = time.perf_counter(), time.process_time()
        if response.status_code not in {200, 302}:
            raise SystemExit(f"{address.partition('?')[0]} answered {response.status_code}")
        if round_ >= 2:
            wall.append((after[0] - before[0]) * 1_000)
            processor.append((after[1] - before[1]) * 1_000)
    return wall, processor


def percentile(times: list[float], share: int) -> float:
    """The time under which ``share`` of 100 are."""
    return statistics.quantiles(times, n=100, method="inclusive")[share - 1]


if __name__ == "__main__":
    main()
