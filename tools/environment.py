"""What the environment of the guide's own process says unless the operator has said otherwise. Imported before all else:
numpy reads its threads only once."""

from __future__ import annotations

import os

DEFAULTS = {
    "ACTION_SERVER_URL": "http://127.0.0.1:5055/webhook",
    "RASA_TELEMETRY_ENABLED": "false",
    # Threads for products as small as ours cost more than they save: 6.5 ms of CPU to understand a message instead of 10.7.
    "OPENBLAS_NUM_THREADS": "1",
    # With Rasa's 100, the 101st of many who come at once is not heard, and its browser tries again after 1, 3, 7 seconds.
    "SANIC_BACKLOG": "1024",
}

for name, value in DEFAULTS.items():
    os.environ.setdefault(name, value)
