"""spaCy without TensorFlow, which Rasa installs and nothing of ours uses.

spaCy's library for networks (thinc) imports TensorFlow wherever it finds it: nine seconds and 380 MB in every process of ours
that reads a message. Imported before spaCy, this module keeps the two apart; who wants TensorFlow imports it later as ever.
"""

from __future__ import annotations

import importlib.util
import sys

# Fine-tuning has an environment of its own, without spaCy.
if "tensorflow" not in sys.modules and importlib.util.find_spec("thinc"):
    sys.modules["tensorflow"] = None  # type: ignore[assignment]  # Python's own sign for "cannot be imported"
    try:
        importlib.import_module("thinc.compat")
    finally:
        del sys.modules["tensorflow"]
