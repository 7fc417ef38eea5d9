"""The page of a charity on another origin, with a policy as strict as they come."""

from __future__ import annotations

import http.server
import threading
from urllib.parse import parse_qs, urlsplit

PAGE = """<!doctype html>
<html lang="en" dir="{direction}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>A TSC charity</title><link rel="icon" href="data:,">{script}</head>
<body><header><a href="#about">About us</a></header><main><h1>A TSC charity</h1><p>We are here for families with TSC.</p>
<p>{words}</p>{chat}</main><footer><a href="#contact">Contact us</a></footer></body></html>"""
WORDS = "Tuberous sclerosis complex touches many parts of a life. Our volunteers listen, day by day. " * 12


class Charity:
    """Serves ``/`` with the chat embedded by its one line, ``/?frame`` with the chat page in a frame.

    Attributes of the element are given in the address: ``/?position=left&place=AU``.
    """

    def __init__(self) -> None:
        self.guide = ""
        charity = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                charity.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        wanted = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query, keep_blank_values=True).items()}
        direction, frame = wanted.pop("dir", "ltr"), "frame" in wanted
        attributes = "".join(f' {name}="{escaped(value)}"' for name, value in wanted.items())
        script = f'<script type="module" src="{self.guide}/static/tsc-chat.js"></script>'
        chat = f'<tsc-chat server="{self.guide}/"{attributes}></tsc-chat>'
        if frame:
            script, chat = "", f'<iframe src="{self.guide}/" title="Chat" width="400" height="640"></iframe>'
        page = PAGE.format(direction=direction, script=script, words=WORDS, chat=chat).encode()
        server = self.guide.partition("/webhooks")[0]
        request.send_response(200)
        request.send_header("Content-Type", "text/html; charset=utf-8")
        request.send_header(
            "Content-Security-Policy",
            f"default-src 'none'; script-src 'self' {server}; style-src 'self'; connect-src {server}; frame-src {server}; "
            "img-src data:; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        )
        request.end_headers()
        request.wfile.write(page)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
