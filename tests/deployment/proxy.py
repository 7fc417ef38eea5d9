"""A private nginx with the very files that `python -m tools.nginx` writes, and a certificate made for the test."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from servers import free_port, program, wait_for

from tools import nginx

SYSTEM = Path("/usr/sbin")
HOST, CONSOLE_HOST = "localhost", "console.localhost"
MAIN = """
daemon off;
{user}
worker_processes 1;
pid {folder}/pid;
error_log {folder}/nginx.log crit;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/conf/guide.conf;
}}
"""


class Nginx:
    """``url`` leads to the web channel, ``root`` to the host's first page."""

    def __init__(self, folder: Path, copies: list[str], *options: str, turn_seconds: float = 8.0) -> None:
        self.folder, self.conf = folder, folder / "conf"
        self.port, self.plain = free_port(), free_port()
        self.root = f"https://{HOST}:{self.port}"
        self.url = f"{self.root}/webhooks/web"
        self.certificate = folder / "certificate.pem"
        self._make_certificate()
        arguments = [
            "--folder", str(self.conf), "--host", HOST,
            "--certificate", str(self.certificate), "--key", str(folder / "key.pem"),
            "--tls", f"127.0.0.1:{self.port}", "--plain", f"127.0.0.1:{self.plain}",
            "--log", str(folder / "access.log"), "--errors", str(folder / "errors.log"),
            *(part for copy in copies for part in ("--copy", copy)), *options,
        ]  # fmt: skip
        nginx.write(nginx.arguments().parse_args(arguments), turn_seconds)
        # As root it would take another account for its workers, which cannot read the test's folder.
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Nginx:
        files = ["-c", str(self.folder / "nginx.conf"), "-e", str(self.folder / "nginx.log")]
        with (self.folder / "output.log").open("wb") as output:
            self._process = subprocess.Popen([program("nginx", SYSTEM), *files], stdout=output, stderr=output)
        try:
            wait_for(self.port, self._process)
        except RuntimeError:
            raise RuntimeError((self.folder / "output.log").read_text()) from None
        return self

    def reload(self) -> None:
        """As `nginx -s reload` does, and a moment for the new workers to begin."""
        assert self._process
        self._process.send_signal(signal.SIGHUP)
        time.sleep(0.5)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def log(self) -> str:
        return (self.folder / "access.log").read_text()

    def _make_certificate(self) -> None:
        names = f"subjectAltName=DNS:{HOST},DNS:{CONSOLE_HOST}"
        subprocess.run(
            [program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-days", "2", "-subj", f"/CN={HOST}", "-addext", names, "-keyout", str(self.folder / "key.pem"),
             "-out", str(self.certificate)],
            check=True, capture_output=True, timeout=30,
        )  # fmt: skip
