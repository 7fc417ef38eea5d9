"""`make run`: the processes of the Procfile under honcho, and one line with the address of each part that answers.

With names of processes, only those: `python -m tools.run console feed`.
"""

from __future__ import annotations

import os
import re
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Message, Printer

PORTS = {"WEB_PORT": "5005", "ACTION_PORT": "5055", "CONSOLE_PORT": "8000"}
USED_BY = {"WEB_PORT": "guide", "ACTION_PORT": "actions", "CONSOLE_PORT": "console"}
"""The process of the Procfile that listens on each port."""
PATIENCE_SECONDS = 120
WARNING = re.compile(r"Warning: |^  \S|^Implementing implicit namespace")


class WithoutWarnings(Printer):  # type: ignore[misc]
    """Leaves out Python's warnings: Sanic switches them on again, and the packages that Rasa is frozen with have many."""

    def write(self, message: Message) -> None:
        text = message.data.decode(errors="replace") if isinstance(message.data, bytes) else str(message.data)
        if not WARNING.search(text):
            super().write(message)


def main() -> None:
    processes = parse_procfile(Path("Procfile").read_text()).processes
    wanted = sys.argv[1:] or list(processes)
    ports = {name: os.environ.get(name, default) for name, default in PORTS.items()}
    for name, port in ports.items():
        if USED_BY[name] in wanted and _in_use(int(port)):
            sys.exit(f"run: port {port} is in use. Stop what uses it, or choose another: {name}=... make run")
    environment = {
        **os.environ, **ports,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "ACTION_SERVER_URL": f"http://127.0.0.1:{ports['ACTION_PORT']}/webhook",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",
    }  # fmt: skip
    manager = Manager(WithoutWarnings(sys.stdout))
    for name in wanted:
        manager.add_process(name, processes[name], env=environment)
    if "guide" in wanted:
        _announce_later("guide", f"http://127.0.0.1:{ports['WEB_PORT']}/webhooks/web/")
    if "console" in wanted:
        _announce_later("staff console", f"http://127.0.0.1:{ports['CONSOLE_PORT']}/")
    manager.loop()
    sys.exit(manager.returncode)


def _announce_later(part: str, address: str) -> None:
    threading.Thread(target=_announce, args=(part, address), daemon=True).start()


def _announce(part: str, address: str) -> None:
    """Print the address when the health check is green; say which part is not when it takes too long."""
    started, problem = time.monotonic(), "it does not answer yet"
    while time.monotonic() - started < PATIENCE_SECONDS:
        try:
            with urllib.request.urlopen(f"{address}health", timeout=10):
                print(f"\n  The {part} is ready after {time.monotonic() - started:.0f} s: {address}\n", flush=True)
                return
        except urllib.error.HTTPError as error:
            problem = error.read().decode(errors="replace")
        except OSError:
            pass
        time.sleep(0.5)
    print(f"\n  The {part} is not ready after {PATIENCE_SECONDS} s: {problem}\n", flush=True)


def _in_use(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    main()
