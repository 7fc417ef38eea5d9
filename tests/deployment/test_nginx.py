"""What nginx answers by itself, with the files of `python -m tools.nginx`: no copy of the guide is running."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import httpx
import pytest
from servers import free_port

from bot.knowledge import ContentPolicy
from bot.reply import Guide, Reader
from tests.deployment.proxy import CONSOLE_HOST, HOST, Nginx
from tools import nginx as writing


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    gone = [f"127.0.0.1:{free_port()}" for _ in range(2)]
    console = ("--console-host", CONSOLE_HOST, "--console", f"127.0.0.1:{free_port()}")
    server = Nginx(tmp_path_factory.mktemp("nginx"), gone, *console)
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def client(nginx: Nginx) -> Iterator[httpx.Client]:
    with httpx.Client(verify=ssl.create_default_context(cafile=str(nginx.certificate)), timeout=10) as client:
        yield client


def text(code: str) -> str:
    return Guide.load(ContentPolicy.preview).notice(f"errors/{code}", Reader()).text


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/webhook"), ("POST", "/session"), ("GET", "/session"), ("GET", "/health")]
)
def test_without_any_copy_the_stored_text_with_the_emergency_number_is_the_answer(nginx, client, method, path):
    answer = client.request(method, nginx.url + path, json={"sender": "x", "message": "hello"})
    assert answer.status_code == 502
    assert answer.json() == {"error": "failed", "text": text("failed")}
    assert "000 in Australia" in answer.json()["text"]
    assert answer.headers["content-type"].startswith("application/json")


def test_without_any_copy_the_page_is_a_page(nginx, client):
    answer = client.get(f"{nginx.url}/")
    assert answer.status_code == 502
    assert answer.headers["content-type"].startswith("text/html")
    assert text("failed") in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/version", "/status", "/domain", "/model/parse", "/conversations/x/tracker", "/metrics", "/webhooks/rest/webhook",
        "/webhooks/web/metrics", "/webhooks/web/webhook/x", "/webhooks/web/../../status",
        "/webhooks/web/static/../../../status", "//status", "/.stored/failed.json", "/copies.conf",
    ],
)  # fmt: skip
def test_nothing_but_the_web_channel_can_be_reached(nginx, client, path):
    answer = client.get(nginx.root + path)
    assert answer.status_code == 404, "502 would mean that a copy was asked"
    assert answer.json() == {"error": "malformed", "text": text("malformed")}


def test_a_message_that_is_far_too_large_is_refused_before_a_copy_sees_it(nginx, client):
    answer = client.post(f"{nginx.url}/webhook", content=b"x" * (1 << 20 | 1))
    assert (answer.status_code, answer.json()) == (413, {"error": "too_long", "text": text("too_long")})


def test_http_leads_to_https_and_the_first_page_to_the_chat(nginx, client):
    moved = client.get(f"http://{HOST}:{nginx.plain}/webhooks/web/")
    assert (moved.status_code, moved.headers["location"]) == (301, f"https://{HOST}/webhooks/web/")
    first = client.get(nginx.root)
    assert (first.status_code, first.headers["location"]) == (302, f"{nginx.url}/")
    assert first.headers["strict-transport-security"] == "max-age=31536000"
    assert "nginx/" not in first.headers["server"]


def test_a_name_that_is_not_ours_gets_no_certificate(nginx, client):
    with pytest.raises(httpx.ConnectError):
        client.get(nginx.root, extensions={"sni_hostname": "elsewhere.example.org"})


def test_old_tls_is_refused(nginx):
    old = ssl.create_default_context(cafile=str(nginx.certificate))
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with httpx.Client(verify=old) as client, pytest.raises(httpx.ConnectError):
        client.get(nginx.root)


def ask_console(nginx: Nginx, client: httpx.Client, method: str = "GET") -> int:
    extensions = {"sni_hostname": CONSOLE_HOST}
    return client.request(method, nginx.root, headers={"Host": CONSOLE_HOST}, extensions=extensions).status_code


def test_the_console_has_its_own_name_and_nobody_tries_passwords_fast(nginx, client):
    assert ask_console(nginx, client) == 502, "it is asked, and it is not running"
    tried = [ask_console(nginx, client, "POST") for _ in range(40)]
    assert tried[:20] == [502] * 20
    assert tried.count(429) >= 10
    assert ask_console(nginx, client) == 502, "reading goes on"


def test_the_console_can_be_for_some_networks_only(tmp_path, nginx):
    console = ("--console-host", CONSOLE_HOST, "--console-allow", "203.0.113.0/24")
    server = Nginx(tmp_path, ["127.0.0.1:1"], *console).start()
    try:
        with httpx.Client(verify=ssl.create_default_context(cafile=str(server.certificate))) as client:
            assert ask_console(server, client) == 403
            assert client.get(f"{server.url}/health").status_code == 502, "the guide is for everyone"
    finally:
        server.stop()


def test_logs_hold_no_address_and_no_query(nginx, client):
    client.get(f"{nginx.url}/health", params={"q": "a-word-of-a-family"})
    lines = nginx.log().splitlines()
    assert lines
    assert "a-word-of-a-family" not in nginx.log() + (nginx.folder / "errors.log").read_text()
    for line in lines:
        assert "127.0.0.1" not in line.split(" ", 6)[0:6]


@pytest.mark.parametrize("wrong", [["--copy", "5005"], ["--copy", "a; b:1"], ["--console-allow", "the office"]])
def test_what_is_no_address_is_refused(wrong, capsys):
    with pytest.raises(SystemExit):
        writing.arguments().parse_args(["--folder", "x", "--host", "h", "--certificate", "c", "--key", "k", *wrong])
    assert "is no " in capsys.readouterr().err
