"""Start Rasa, but only with the very model that was trained and with texts and rules that are in order.

Stock Rasa starts in silence with a corrupt model, with another model, or with none; a family would find a guide that does
not answer. Here the start ends with the reason instead.
"""

from __future__ import annotations

import os
import sys
import warnings

import tools.environment  # noqa: F401  # before numpy
from bot import model_file, store
from bot.datafile import DataFileError
from bot.knowledge import UnapprovedNotice, unapproved_rules
from bot.metrics import MetricsError, require_free
from bot.privacy import NamesError, Recogniser
from bot.rasa_ext import command_line
from bot.reply import Guide
from bot.settings import Settings, SettingsError
from bot.understanding.encoder import Encoder, EncoderError

REASONS = (
    SettingsError, MetricsError, model_file.ModelError, EncoderError, NamesError, DataFileError, UnapprovedNotice,
    store.StoreError,
)  # fmt: skip


def check() -> None:
    """Read everything that a turn needs, once. Raises one of ``REASONS`` when something is not in order."""
    settings = Settings.read()
    if settings.metrics_port:
        require_free(settings.metrics_interface, settings.metrics_port, port())
    model_file.check()
    Encoder()
    Recogniser()
    guide = Guide.load(settings.content_policy)
    settings.var.mkdir(parents=True, exist_ok=True)
    if "://" not in settings.database:  # the guide starts without a server that is not up yet
        store.prepare(store.connect(settings.database))
    remark = unapproved_rules(guide.library, guide.today())
    if remark:
        print(f"guide: {remark}", flush=True)
    os.environ["TRACKER_DB"] = settings.database  # read by endpoints.yml


def port() -> str:
    return os.environ.get("WEB_PORT", "5005")


def main() -> None:
    try:
        check()
    except REASONS as error:
        sys.exit(f"guide: not started. {error}")
    warnings.simplefilter("ignore")  # Rasa's, of what it will have to change
    command_line.run(
        "run", "--model", str(model_file.MODEL), "--interface", os.environ.get("WEB_INTERFACE", "127.0.0.1"), "--port", port(),
        "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
    )  # fmt: skip


if __name__ == "__main__":
    main()
