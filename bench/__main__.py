"""Speed, memory and understanding of the guide beside Rasa's default pipeline and policies, in one run on the same data.

    make bench

One user has TURNS turns over HTTP through channel, NLU, policies, action server and SQLite; first with the guide, then with
what `rasa init` would set up (DIET, ResponseSelector, TED, UnexpecTED, built-in REST channel), trained on the same data and
served beside the same actions. Numbers depend on the machine: compare the two columns, not two runs.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.questions import questions
from tools.guide_process import free_port
from tools.wilson import wilson

ROOT = Path(__file__).parents[1]
TURNS = 200
QUIET = {"PYTHONWARNINGS": "ignore", "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
EPOCHS = int(os.environ.get("BENCH_EPOCHS", "5"))
"""Of the 100 that Rasa trains each of its four networks by default: with all of them the training on our data did not end
within half an hour on two cores. How long a turn takes does not depend on it."""
DEFAULT_CONFIG = """
recipe: default.v1
assistant_id: default
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - {name: CountVectorsFeaturizer, analyzer: char_wb, min_ngram: 1, max_ngram: 4}
  - {name: DIETClassifier, epochs: EPOCHS, constrain_similarities: true}
  - name: EntitySynonymMapper
  - {name: ResponseSelector, epochs: EPOCHS, constrain_similarities: true}
  - {name: FallbackClassifier, threshold: 0.3, ambiguity_threshold: 0.1}
policies:
  - name: MemoizationPolicy
  - name: RulePolicy
  - {name: UnexpecTEDIntentPolicy, max_history: 5, epochs: EPOCHS}
  - {name: TEDPolicy, max_history: 5, epochs: EPOCHS, constrain_similarities: true}
""".replace("EPOCHS", str(EPOCHS))
"""The pipeline and policies that `rasa init` of Rasa 3.6 writes (as comments) into config.yml."""


@dataclass
class Result:
    """``turns`` in seconds; ``memory`` in bytes (the most that Rasa and action server each held)."""

    training: float = 0.0
    start: float = 0.0
    turns: list[float] = field(default_factory=list)
    memory: int = 0
    cpu_per_turn: float = 0.0
    understood: dict[str, Any] = field(default_factory=dict)
    """What bench.parse found: counts on the evaluation sets, CPU time of parsing one message."""


def post(url: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def peak(pid: int) -> int:
    """Bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(folder: Path, rasa: list[str], environment: dict[str, str], ready: Callable[[], Callable[[str], Any]]) -> Result:
    """Start the two processes, have the conversation, read time and memory, stop them."""
    result = Result()
    port = environment["ACTION_PORT"]
    commands = [[sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", port], rasa]
    started = time.monotonic()
    with (folder / "bench.log").open("wb") as log:
        processes = [subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log) for command in commands]
    try:
        say = None
        while say is None:
            if any(process.poll() is not None for process in processes) or time.monotonic() - started > 180:
                sys.exit(f"bench: did not start:\n{(folder / 'bench.log').read_text(errors='replace')[-2000:]}")
            try:
                say = ready()
            except (OSError, urllib.error.URLError):
                time.sleep(0.2)
        say("What is an angiomyolipoma?")
        result.start = time.monotonic() - started
        cpu = sum(cpu_seconds(process.pid) for process in processes)
        for question in questions(TURNS):
            began = time.perf_counter()
            assert say(question), "a turn without an answer"
            result.turns.append(time.perf_counter() - began)
        result.cpu_per_turn = (sum(cpu_seconds(process.pid) for process in processes) - cpu) / TURNS
        result.memory = sum(peak(process.pid) for process in processes)
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(30)
    return result


def train(folder: Path, environment: dict[str, str], command: str) -> float:
    began = time.monotonic()
    subprocess.run(
        [
            sys.executable, "-m", command, "train", "--force", "--quiet", "--skip-validation",
            "--fixed-model-name", "guide", "--out", "models",
        ],
        cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return time.monotonic() - began


def understood(folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    """What the trained model in ``folder`` makes of the evaluation sets, with the threads that tools.serve allows."""
    environment = {"OPENBLAS_NUM_THREADS": "1", **environment}
    finished = subprocess.run(
        [sys.executable, "-m", "bench.parse", str(folder / "models/guide.tar.gz")],
        cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(finished.stdout.splitlines()[-1])
    return found


def checkout(folder: Path) -> None:
    for name in ("bot", "actions", "tools", "data", "requirements"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("config.yml", "domain.yml", "credentials.yml", "endpoints.yml"):
        shutil.copy(ROOT / name, folder / name)
    (folder / ".build").symlink_to(ROOT / ".build")


def setting(folder: Path) -> dict[str, str]:
    port = str(free_port())
    return {
        **os.environ, **QUIET, "ACTION_PORT": port, "ACTION_SERVER_URL": f"http://127.0.0.1:{port}/webhook",
        "SANIC_HOST": "127.0.0.1", "VAR": str(folder / "var"), "TRACKER_DB": str(folder / "conversations.db"),
        "WEB_RATE_LIMIT": "off", "WEB_PORT": str(free_port()),
    }  # fmt: skip


def bench_guide(folder: Path) -> Result:
    checkout(folder)
    environment = setting(folder)
    training = train(folder, environment, "bot.rasa_ext.command_line")
    subprocess.run([sys.executable, "-c", "from bot import model_file; model_file.write_manifest()"], cwd=folder, check=True)
    url = f"http://127.0.0.1:{environment['WEB_PORT']}/webhooks/web"

    def ready() -> Callable[[str], Any]:
        with urllib.request.urlopen(f"{url}/health", timeout=10):
            token = post(f"{url}/session", {})["sender"]
        return lambda text: post(f"{url}/webhook", {"sender": token, "message": text})

    result = measure(folder, [sys.executable, "-m", "tools.serve"], environment, ready)
    result.training, result.understood = training, understood(folder, environment)
    return result


def bench_default(folder: Path) -> Result:
    checkout(folder)
    (folder / "config.yml").write_text(DEFAULT_CONFIG)
    (folder / "credentials.yml").write_text("rest:\n")
    environment = setting(folder)
    training = train(folder, environment, "rasa")
    address = f"http://127.0.0.1:{environment['WEB_PORT']}"
    command = [
        sys.executable, "-m", "rasa", "run", "--model", "models/guide.tar.gz", "--interface", "127.0.0.1",
        "--port", environment["WEB_PORT"], "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
    ]  # fmt: skip

    def ready() -> Callable[[str], Any]:
        def say(text: str) -> Any:
            return post(f"{address}/webhooks/rest/webhook", {"sender": "bench", "message": text})

        if not say("What is an angiomyolipoma?"):
            raise OSError("the action server does not answer yet")
        return say

    result = measure(folder, command, environment, ready)
    result.training, result.understood = training, understood(folder, environment)
    return result


def percentile(values: list[float], share: float) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]


def main() -> None:
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory() as default:
        print("bench: the guide", flush=True)
        guide = bench_guide(Path(ours))
        print("bench: Rasa's default pipeline and policies on the same data (trains for minutes)", flush=True)
        stock = bench_default(Path(default))
    rows = [
        (f"training, s (default: {EPOCHS} of its 100 epochs)", guide.training, stock.training),
        ("start to first answer, s", guide.start, stock.start),
        (f"turn over HTTP, p50 of {TURNS}, ms", percentile(guide.turns, 0.5) * 1e3, percentile(stock.turns, 0.5) * 1e3),
        (f"turn over HTTP, p95 of {TURNS}, ms", percentile(guide.turns, 0.95) * 1e3, percentile(stock.turns, 0.95) * 1e3),
        ("last 20 turns / first 20 turns", _growth(guide.turns), _growth(stock.turns)),
        ("CPU a turn, both processes, ms", guide.cpu_per_turn * 1e3, stock.cpu_per_turn * 1e3),
        ("peak memory, both processes, MB", guide.memory / 1e6, stock.memory / 1e6),
        ("CPU of parsing one message, p50, ms", guide.understood["ms"], stock.understood["ms"]),
    ]
    print(f"\n{'':44} {'guide':>10} {'default':>10} {'ratio':>8}")
    for name, own, other in rows:
        print(f"{name:44} {own:10.1f} {other:10.1f} {own / other:8.2f}")
    print(f"\n{'both halves of tests/evaluation':32} {'guide':>30} {'default':>30}")
    for name in guide.understood:
        if name != "ms":
            print(f"{name:32} {_share(guide.understood[name]):>30} {_share(stock.understood[name]):>30}")


def _share(counted: list[int]) -> str:
    held, count = counted
    low, high = wilson(held, count)
    return f"{held}/{count} {held / count:.1%} ({low:.1%}-{high:.1%})"


def _growth(turns: list[float]) -> float:
    return statistics.median(turns[-20:]) / statistics.median(turns[:20])


if __name__ == "__main__":
    main()
