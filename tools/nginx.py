"""Write nginx's configuration for the guide, from deploy/nginx and the guide's own stored texts.

    python -m tools.nginx --folder /etc/nginx/tsc-guide --host guide.example.org --certificate C --key K

Include ``guide.conf`` of that folder inside nginx's ``http``. Writes nothing outside the folder and starts nothing.
"""

from __future__ import annotations

import argparse
import html
import ipaddress
import json
import math
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from bot.knowledge import ContentPolicy
from bot.reply import Guide, Reader
from bot.settings import Settings, SettingsError

TEMPLATES = Path(__file__).parents[1] / "deploy/nginx"
STORED = "/.stored"
"""Path of the stored texts, which only nginx itself asks for."""
REFUSALS = ("malformed", "too_long", "too_fast", "failed")
"""The errors of docs/architecture.md that can arise before a copy of the guide is reached."""
AIR = 4.0
"""Seconds above the longest turn until nginx gives up."""
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>TSC kidney guide</title><body style="font: 1.2em/1.5 sans-serif; max-width: 34em; margin: 3em auto; padding: 0 1em">
<h1 style="font-size: 1.3em">TSC kidney guide</h1><p>{text}</p></body></html>
"""
ADDRESS = re.compile(r"(\[[0-9a-f:]+\]|[A-Za-z0-9.-]+):\d{1,5}")


def copies(addresses: Iterable[str]) -> str:
    """The lines of an upstream. A slow copy stays in use: with no copy left, nginx would refuse everybody at once."""
    return "".join(f"server {address} max_fails=0;\n" for address in addresses)


def stored_texts() -> dict[str, str]:
    """File names and contents of what nginx answers itself."""
    guide = Guide.load(ContentPolicy.preview)
    texts = {code: guide.notice(f"errors/{code}", Reader()).text for code in REFUSALS}
    files = {f"{code}.json": json.dumps({"error": code, "text": text}, ensure_ascii=False) for code, text in texts.items()}
    return {**files, "failed.html": PAGE.format(text=html.escape(texts["failed"]))}


def write(wanted: argparse.Namespace, turn_seconds: float) -> None:
    """Write all files into ``wanted.folder``."""
    folder: Path = wanted.folder.resolve()
    stored = folder / "stored"
    stored.mkdir(parents=True, exist_ok=True)
    for name, content in stored_texts().items():
        (stored / name).write_text(content)
    (folder / "copies.conf").write_text(copies(wanted.copy))
    allowed = wanted.console_allow
    values = {
        "FOLDER": folder, "STORED": STORED, "HOST": wanted.host, "TLS": wanted.tls, "PLAIN": wanted.plain,
        "CERTIFICATE": wanted.certificate, "KEY": wanted.key, "TURN": math.ceil(turn_seconds + AIR),
        "LOG": wanted.log, "ERRORS": wanted.errors,
        "CONSOLE_HOST": wanted.console_host, "CONSOLE": wanted.console,
        "CONSOLE_CERTIFICATE": wanted.console_certificate or wanted.certificate,
        "CONSOLE_KEY": wanted.console_key or wanted.key,
        "ALLOW": " ".join([f"allow {network};" for network in allowed] + ["deny all;"] if allowed else []),
        "ACTIONS": wanted.actions, "ACTION_SERVERS": copies(wanted.action_server),
    }  # fmt: skip
    parts = ["guide", *(["console"] if wanted.console_host else []), *(["actions"] if wanted.action_server else [])]
    text = "".join((TEMPLATES / f"{part}.conf.template").read_text() for part in parts)
    (folder / "guide.conf").write_text(re.sub(r"@([A-Z_]+)@", lambda found: str(values[found[1]]), text))


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tools.nginx", description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--folder", type=Path, required=True, help="where to write guide.conf and what it includes")
    add("--host", required=True, help="name under which families reach the guide")
    add("--certificate", required=True, help="file of the TLS certificate with its chain")
    add("--key", required=True, help="file of its key")
    add("--copy", type=_address, action="append", help="address of a copy of the guide; once for each (127.0.0.1:5005)")
    add("--action-server", type=_address, action="append", default=[], help="address of an action server; once for each")
    add("--actions", type=_address, default="127.0.0.1:5050", help="one address for all action servers (%(default)s)")
    add("--console-host", default="", help="name under which staff reach the console; without it, it is not reachable here")
    add("--console", type=_address, default="127.0.0.1:8000", help="address of the console (%(default)s)")
    add("--console-certificate", default="", help="its certificate, when it is not the guide's")
    add("--console-key", default="")
    add("--console-allow", type=_network, action="append", default=[], help="network that may reach the console; once for each")
    add("--tls", default="443", help="port, or address and port, for https (%(default)s)")
    add("--plain", default="80", help="port for http, which only leads to https (%(default)s)")
    add("--log", default="/var/log/nginx/tsc-guide.log")
    add("--errors", default="/var/log/nginx/tsc-guide-errors.log")
    return parser


def main() -> None:
    wanted = arguments().parse_args()
    wanted.copy = wanted.copy or ["127.0.0.1:5005"]
    try:
        settings = Settings.read()
        write(wanted, max(settings.web_turn_seconds, settings.web_alarm_seconds))
    except (SettingsError, OSError) as error:
        sys.exit(f"nginx: {error}")
    print(f"nginx: include {wanted.folder.resolve()}/guide.conf inside http, then: nginx -t && nginx -s reload")


def _address(text: str) -> str:
    if not ADDRESS.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text} is no address with a port, such as 127.0.0.1:5005")
    return text


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no network, such as 203.0.113.0/24") from None


if __name__ == "__main__":
    main()
