"""Restart all action servers and all copies of the guide, one after the other, without losing a message.

    python -m tools.rolling --folder /etc/nginx/tsc-guide --reload "nginx -s reload" \\
        --action-server 127.0.0.1:5055 --action-server 127.0.0.1:5056 \\
        --restart-actions "systemctl restart tsc-guide-actions@{port}" \\
        --restart "systemctl restart tsc-guide@{port}" 127.0.0.1:5005 127.0.0.1:5006

The action servers come first: answers are their texts, read once at their start, and a new copy may ask for an answer that an
old one does not have. While one restarts, nginx asks another.

A copy first gets no new messages, then has time to finish its turns, then is restarted, and gets messages again once its health
is good. When one does not come back, the others stay as they are and go on answering.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from bot.settings import Settings
from tools.nginx import AIR, copies

PATIENCE = 120.0
"""Seconds until a copy must be healthy again."""


class NotBack(Exception):
    """A copy or an action server was restarted and is not healthy."""


def restart_actions(addresses: list[str], restart: Callable[[str], None]) -> None:
    """``restart`` restarts the action server of an address. Raises NotBack."""
    for address in addresses:
        restart(address)
        _wait_until_healthy(address, "/health")
        print(f"rolling: action server {address} is back", flush=True)


def restart_all(
    folder: Path, addresses: list[str], reload: Callable[[], None], restart: Callable[[str], None], finish_seconds: float
) -> None:
    """``reload`` makes nginx read its files anew, ``restart`` restarts the copy of an address. Raises NotBack."""
    for address in addresses:
        _tell_nginx(folder, addresses, reload, resting=address)
        time.sleep(finish_seconds)
        restart(address)
        _wait_until_healthy(address, "/webhooks/web/health", " It gets no messages")
        _tell_nginx(folder, addresses, reload)
        print(f"rolling: {address} is back", flush=True)


def _tell_nginx(folder: Path, addresses: list[str], reload: Callable[[], None], resting: str = "") -> None:
    new = folder / "copies.conf.new"
    new.write_text(copies([address for address in addresses if address != resting] or addresses))
    new.replace(folder / "copies.conf")
    reload()


def _of(command: str, address: str) -> str:
    """The command for this address."""
    return command.format(address=address, port=address.rpartition(":")[2])


def _run(command: str) -> None:
    subprocess.run(shlex.split(command), check=True, timeout=PATIENCE)


def _wait_until_healthy(address: str, path: str, state: str = "") -> None:
    deadline, problem = time.monotonic() + PATIENCE, "it does not answer"
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://{address}{path}", timeout=15):
                return
        except urllib.error.HTTPError as error:
            problem = error.read().decode(errors="replace")
        except OSError:
            pass
        time.sleep(0.3)
    raise NotBack(f"{address} is not healthy {PATIENCE:.0f} seconds after its restart: {problem}.{state}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="tools.rolling", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="what tools.nginx wrote")
    parser.add_argument("--reload", required=True, help="command after which nginx reads its files anew")
    parser.add_argument("--restart", required=True, help="command that restarts a copy; {port} or {address} stands for it")
    parser.add_argument("--action-server", action="append", required=True, help="address of an action server; once for each")
    parser.add_argument("--restart-actions", required=True, help="command that restarts an action server, likewise")
    parser.add_argument("addresses", nargs="+", help="all copies, such as 127.0.0.1:5005 127.0.0.1:5006")
    wanted = parser.parse_args()
    settings = Settings.read()
    try:
        finish = max(settings.web_turn_seconds, settings.web_alarm_seconds) + AIR
        restart_actions(wanted.action_server, lambda address: _run(_of(wanted.restart_actions, address)))
        restart_all(
            wanted.folder,
            wanted.addresses,
            lambda: _run(wanted.reload),
            lambda address: _run(_of(wanted.restart, address)),
            finish,
        )
    except (NotBack, subprocess.SubprocessError, OSError) as error:
        sys.exit(f"rolling: stopped. {error}")


if __name__ == "__main__":
    main()
