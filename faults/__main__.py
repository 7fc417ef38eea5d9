"""All goals with their counts; status 1 when one does not hold.

make faults                              the whole run, some hours
.venv-test/bin/python -m faults --short  each goal with small numbers, two to three minutes on two idle cores
.venv-test/bin/python -m faults kills    the named goals alone
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time

from faults import apart, commands, erasure, kills, never_silent, nothing_kills, outage, same_bot
from faults.goal import SHORT, Amounts, Finding, Goal
from faults.house import House

GOALS = (
    Goal("same bot", ("sqlite", "postgresql"), same_bot.check),
    Goal("never silent", ("sqlite",), never_silent.check_sqlite),
    Goal("never silent", ("postgresql",), never_silent.check_postgresql),
    Goal("nothing kills it", ("sqlite",), nothing_kills.check),
    Goal("apart", ("sqlite",), apart.check),
    Goal("erasure", ("sqlite",), erasure.check),
    Goal("no commands", ("sqlite",), commands.check),
    Goal("outage", ("postgresql",), outage.check),
    Goal("kills", ("postgresql",), kills.check),
)
OF_ANOTHER = ("ACTION_SERVER_URL", "TRACKER_DB")
"""Settings of a guide that may run here already."""


class Run:
    """Runs goals and keeps what they found."""

    def __init__(self, house: House, amounts: Amounts) -> None:
        self.house, self.amounts = house, amounts
        self.findings: list[Finding] = []

    def goals(self, goals: list[Goal]) -> None:
        """One after the other. A goal that raises does not hold; what it raised is told by its kind alone."""
        for goal in goals:
            began = time.monotonic()
            try:
                found = goal.check(self.house, self.amounts)
            except Exception as error:
                found = [Finding(False, f"ended with {type(error).__name__} in {_place(error)}")]
            for finding in found:
                took = f"({time.monotonic() - began:.0f} s)"
                print(f"{'ok  ' if finding.holds else 'FAIL'} {goal.name}: {finding.line} {took}", flush=True)
            self.findings += found

    def side_by_side(self, goals: list[Goal]) -> None:
        """Those of each guide in a thread of their own, after those that need both."""
        self.goals([goal for goal in goals if len(goal.uses) > 1])
        lanes = [[goal for goal in goals if goal.uses == (name,)] for name in ("sqlite", "postgresql")]
        threads = [threading.Thread(target=self.goals, args=(lane,)) for lane in lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _place(error: Exception) -> str:
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    return f"{os.path.basename(place.tb_frame.f_code.co_filename)}:{place.tb_lineno}" if place else "?"


def main() -> None:
    parser = argparse.ArgumentParser(prog="faults", description="break the running guide and count what families get")
    names = list(dict.fromkeys(goal.name for goal in GOALS))
    parser.add_argument("--short", action="store_true", help="small numbers, two to three minutes")
    parser.add_argument("goals", nargs="*", metavar="NAME", help=f"of {', '.join(names)} (default: all)")
    wanted = parser.parse_args()
    if set(wanted.goals) - set(names):
        parser.error(f"there are only {', '.join(names)}")
    goals = [goal for goal in GOALS if goal.name in (wanted.goals or names)]
    for name in OF_ANOTHER:
        os.environ.pop(name, None)
    began = time.monotonic()
    with House() as house:
        house.start(sorted({name for goal in goals for name in goal.uses}))
        print(f"faults: started after {time.monotonic() - began:.0f} s", flush=True)
        run = Run(house, SHORT if wanted.short else Amounts())
        (run.side_by_side if wanted.short else run.goals)(goals)
    failed = sum(not finding.holds for finding in run.findings)
    print(f"faults: {len(run.findings) - failed} of {len(run.findings)} hold, {time.monotonic() - began:.0f} s")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
