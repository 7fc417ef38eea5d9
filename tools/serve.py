"""Start Rasa, but only with the very model that was trained and with texts and rules that are in order.

Stock Rasa starts in silence with a corrupt model, with another model, or with none; a family would find a guide that does
not answer. Here the start ends with the reason instead.
"""

from __future__ import annotations

import os
import sys

from bot import model_file, store
from bot.datafile import DataFileError
from bot.knowledge import UnapprovedNotice, unapproved_rules
from bot.metrics import MetricsError, require_free
from bot.privacy import NamesError, Recogniser
from bot.reply import Guide
from bot.settings import Settings, SettingsError
from bot.understanding.encoder import Encoder, EncoderError

REASONS = (
    SettingsError, MetricsError, model_file.ModelError, EncoderError, NamesError, DataFileError, UnapprovedNotice,
    store.StoreError,
)  # fmt: skip


def main() -> None:
    os.environ.setdefault("ACTION_SERVER_URL", "http://127.0.0.1:5055/webhook")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Threads for products as small as ours cost more than they save: 6.5 ms of CPU to understand a message instead of 10.7.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # With Rasa's 100, the 101st of many who come at once is not heard, and its browser tries again after 1, 3, 7 seconds.
    os.environ.setdefault("SANIC_BACKLOG", "1024")
    port = os.environ.get("WEB_PORT", "5005")
    try:
        settings = Settings.read()
        if settings.metrics_port:
            require_free(settings.metrics_interface, settings.metrics_port, port)
        model_file.check()
        Encoder()
        Recogniser()
        guide = Guide.load(settings.content_policy)
        settings.var.mkdir(parents=True, exist_ok=True)
        if "://" not in settings.database:  # Rasa waits for a server that is not up yet
            store.prepare(store.connect(settings.database))
    except REASONS as error:
        sys.exit(f"guide: not started. {error}")
    remark = unapproved_rules(guide.library, guide.today())
    if remark:
        print(f"guide: {remark}", flush=True)
    os.environ["TRACKER_DB"] = settings.database
    interface = os.environ.get("WEB_INTERFACE", "127.0.0.1")
    arguments = [
        sys.executable, "-W", "ignore", "-m", "rasa", "run", "--model", str(model_file.MODEL), "--interface", interface,
        "--port", port, "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
    ]  # fmt: skip
    os.execv(sys.executable, arguments)


if __name__ == "__main__":
    main()
