"""The overview counts what is there, by day and by week, in the reader's time zone; each chart is a table and a CSV, too."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from learning_data import make_turn
from staff import staff

from bot.console.conversations.models import Conversation, Turn
from bot.console.feed.models import NotImported
from bot.console.overview.numbers import Range, Table, count
from bot.console.spreadsheet import cell

pytestmark = pytest.mark.django_db
UTC = dt.timezone.utc
CHART_JS = Path(__file__).parents[2] / "bot/console/overview/static/overview/chart.js-4.6.1"
NOVEMBER = Range(dt.date(2026, 11, 1), dt.date(2026, 11, 3))


def talk(day: int, hour: int = 12, **fields: object) -> Conversation:
    at = dt.datetime(2026, 11, day, hour, tzinfo=UTC)
    number = Conversation.objects.count()
    return Conversation.objects.create(sender_id=f"c{number}", started=at, last_activity=at, **{"turn_count": 1, **fields})


def table(days: Range, name: str) -> Table:
    return next(one for one in count(days).tables if one.id == name)


def test_conversations_count_on_the_day_on_which_they_began():
    talk(1), talk(1), talk(3)
    assert table(NOVEMBER, "conversations").rows == [("2026-11-01", (2,)), ("2026-11-02", (0,)), ("2026-11-03", (1,))]
    assert dict(count(NOVEMBER).facts)["Conversations"] == "3"


@pytest.mark.parametrize(
    ("zone", "rows"), [("UTC", [1, 1, 0]), ("Australia/Perth", [1, 0, 1]), ("America/New_York", [1, 1, 0])]
)
def test_days_are_those_of_the_time_zone(settings, zone, rows):
    talk(1, 15), talk(2, 17)
    settings.TIME_ZONE = zone
    from django.utils import timezone

    with timezone.override(ZoneInfo(zone)):
        found = [values[0] for _, values in table(NOVEMBER, "conversations").rows]
    assert found == rows


def test_the_first_and_the_last_moment_of_the_range_are_inside_and_no_other():
    for at in ("2026-10-31T23:59:59.999999", "2026-11-01T00:00:00", "2026-11-03T23:59:59.999999", "2026-11-04T00:00:00"):
        moment = dt.datetime.fromisoformat(at).replace(tzinfo=UTC)
        conversation = Conversation.objects.create(sender_id=at, started=moment, last_activity=moment)
        make_turn("x", conversation, at=moment)
    assert [values[0] for _, values in table(NOVEMBER, "conversations").rows] == [1, 0, 1]
    assert table(NOVEMBER, "kinds").rows == [("not answered", (2,))]


def test_shares_votes_alarms_and_states():
    talk(1, turn_count=8, unknown_count=2, helped_count=3, not_helped_count=1, state="reviewed")
    talk(1, turn_count=2, alarm_level=2, alarm_category="bleeding")
    talk(2, turn_count=1, alarm_level=1, alarm_category="infection", state="saved")
    assert table(NOVEMBER, "unknown").rows == [("2026-11-01", (20.0,)), ("2026-11-02", (0.0,)), ("2026-11-03", (None,))]
    assert table(NOVEMBER, "votes").rows[0] == ("2026-11-01", (3, 1))
    assert table(NOVEMBER, "alarms").rows == [("2026-11-01", (1, 0)), ("2026-11-02", (0, 1)), ("2026-11-03", (0, 0))]
    assert table(NOVEMBER, "alarm_categories").rows == [("bleeding", (1, 0)), ("infection", (0, 1))]
    assert table(NOVEMBER, "reviewing").rows[:2] == [("2026-11-01", (1, 0, 1)), ("2026-11-02", (0, 1, 0))]
    assert dict(table(NOVEMBER, "states").rows) == {"New": (1,), "Saved for later": (1,), "Reviewed": (1,)}
    facts = dict(count(NOVEMBER).facts)
    assert (facts["Not answered"], facts["Votes “this helped”"]) == ("2 of 11 (18.2 %)", "3 of 4 (75.0 %)")
    assert (facts["With an emergency"], facts["With something urgent"], facts["Reviewed"]) == ("1", "1", "1 of 3 (33.3 %)")


def test_response_times_are_those_that_were_stored():
    conversation = talk(1)
    for number, seconds in enumerate([0.1, 0.25, 0.3, 1.0, 7.9, 8.0, 20.0, None]):
        make_turn(f"{number}", conversation, at=conversation.started, seconds=seconds)
    found = table(NOVEMBER, "response_times").rows
    assert [values[0] for _, values in found] == [2, 1, 1, 0, 0, 2, 1]
    assert [values[1] for _, values in found][-2:] == [85.7, 100.0]
    facts = dict(count(NOVEMBER).facts)
    assert (facts["Half of the answers within"], facts["95 of 100 within"]) == ("1.00 s", "20.00 s")


def test_topics_that_are_not_among_the_commonest_stand_together():
    conversation = talk(1)
    rows = [(f"area/topic{number}", 30 - number) for number in range(25)]
    Turn.objects.bulk_create(
        Turn(
            conversation=conversation, number=1, event_id=100 * place + one, at=conversation.started, topic=topic, kind="answer"
        )
        for place, (topic, times) in enumerate(rows, 1)
        for one in range(times)
    )
    found = table(NOVEMBER, "topics").rows
    assert len(found) == 21
    assert found[0] == ("ask_area/topic0", (30,))
    assert found[-1] == ("5 others together", (10 + 9 + 8 + 7 + 6,))


def test_a_long_range_is_counted_by_weeks_and_nothing_is_lost():
    days = Range(dt.date(2026, 9, 2), dt.date(2026, 11, 30))
    for day in range(1, 31):
        talk(day)
    rows = table(days, "conversations").rows
    assert rows[0][0] == "2026-09-02"
    assert all(dt.date.fromisoformat(label).weekday() == 0 for label, _ in rows[1:])
    assert sum(values[0] for _, values in rows) == 30


def test_nothing_at_all_is_no_trouble_and_no_number_is_made_up():
    page = staff("lead").get("/overview/").content.decode()
    assert page.count("none yet") == 5
    assert "Nothing in these days." in page
    assert "NaN" not in page


class Found(HTMLParser):
    """Tables, and what a strict Content-Security-Policy would block."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: set[str] = set()
        self.charts: set[str] = set()
        self.blocked: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "table":
            self.tables.add(given["id"] or "")
        if "data-table" in given:
            self.charts.add(given["data-table"] or "")
        if (
            tag == "style"
            or "style" in given
            or (tag == "script" and "src" not in given)
            or any(n.startswith("on") for n in given)
        ):
            self.blocked.append(tag)


def test_every_chart_has_its_table_on_the_page_and_nothing_stands_inline():
    talk(1, helped_count=1, alarm_level=2, alarm_category="bleeding", unknown_count=1)
    make_turn("x", Conversation.objects.get(), at=dt.datetime(2026, 11, 1, tzinfo=UTC), topic="aml/what", seconds=0.5)
    found = Found()
    found.feed(staff("lead").get("/overview/?since=2026-11-01&until=2026-11-03").content.decode())
    assert found.charts == found.tables == {one.id for one in count(NOVEMBER).tables}
    assert found.blocked == []


def read(answer: object) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))


def test_its_indexes_are_there_and_hold_all_that_is_counted_of_a_turn():
    """They stand in a migration here and not in the models: one that makes a table anew would lose them in silence."""
    with connection.cursor() as cursor:
        turns = connection.introspection.get_constraints(cursor, "conversations_turn")
        conversations = connection.introspection.get_constraints(cursor, "conversations_conversation")
    assert turns["overview_turn"]["columns"] == ["at", "kind", "topic", "seconds"]
    assert conversations["overview_conversation"]["columns"] == ["started"]


def test_every_table_is_a_csv_and_all_together_one():
    talk(1, alarm_level=2, alarm_category="=cmd|' /C calc'!A0")
    browser = staff("lead")
    range_ = "?since=2026-11-01&until=2026-11-03"
    assert read(browser.get(f"/overview/conversations.csv{range_}"))[:2] == [["Day", "Conversations"], ["2026-11-01", "1"]]
    assert read(browser.get(f"/overview/alarm_categories.csv{range_}"))[1] == ["'=cmd|' /C calc'!A0", "1", "0"]
    everything = read(browser.get(f"/overview/all.csv{range_}"))
    assert {row[0] for row in everything[1:]} == {"Together", *(one.title for one in count(NOVEMBER).tables if one.rows)}
    assert browser.get(f"/overview/nothing.csv{range_}").status_code == 404
    assert browser.get("/overview/conversations.csv?since=x").status_code == 404


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "|calc", "\uff1d1"]
)
def test_no_text_is_taken_for_a_formula(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(("value", "wanted"), [(-5, -5), (1.5, 1.5), ("a=b", "a=b"), (None, ""), ("", "")])
def test_what_is_no_formula_stays(value, wanted):
    assert cell(value) == wanted


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=2026-11-03&until=2026-11-01", "The first day is after the last one."),
        ("since=2016-11-03&until=2026-11-01", "At most 1,100 days at once."),
        ("since=2026-02-30", "Enter a valid date."),
        ("since=9999-12-31&until=9999-12-31", "Choose days from 2000 to a year from now."),
        ("since=0001-01-01&until=0001-01-01", "Choose days from 2000 to a year from now."),
    ],
)
def test_a_range_that_cannot_be_is_named_and_the_usual_one_shown(query, words):
    answer = staff("lead").get(f"/overview/?{query}")
    assert words in answer.content.decode()
    assert answer.status_code == 422
    assert "Conversations a day" in answer.content.decode()


@pytest.mark.parametrize("address", ["/overview/", "/overview/all.csv"])
@pytest.mark.parametrize("role", ["reviewer", "lead", "clinical", "data_protection", "admin", "", None])
def test_each_page_for_each_role(role, address):
    browser = Client() if role is None else staff(role)
    answer = browser.get(address)
    if role is None:
        assert answer.status_code == 302
    elif role in {"reviewer", "lead", "admin"}:
        assert answer.status_code == 200
        assert browser.post(address).status_code == 405
    else:
        assert answer.status_code == 403


def test_chart_js_is_what_npm_has_but_for_its_last_line():
    content, told = (CHART_JS / "chart.umd.min.js").read_bytes(), (CHART_JS / "README.md").read_text()
    told_npm, told_here = re.findall(r"SHA-256 .* \| ([0-9a-f]{64}) \|", told)
    assert hashlib.sha256(content).hexdigest() == told_here
    assert hashlib.sha256(content + b"//# sourceMappingURL=chart.umd.min.js.map\n").hexdigest() == told_npm
    assert b"Chart.js v4.6.1" in content


def test_the_files_can_be_gathered_for_production(settings, tmp_path):
    """Whitenoise's storage follows what style sheets and scripts name, and fails on what is not there."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES, "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }  # fmt: skip
    call_command("collectstatic", verbosity=0, interactive=False)
    assert list(tmp_path.glob("overview/chart.js-4.6.1/chart.umd.min.*.js"))


def test_what_could_not_be_imported_is_said():
    browser = staff("reviewer")
    assert "could not be imported" not in browser.get("/overview/").content.decode()
    NotImported.objects.create(sender_id="c1", error="KeyError")
    page = browser.get("/overview/").content.decode()
    assert "1 conversation could not be imported" in page
    assert "so is in no queue" in page
