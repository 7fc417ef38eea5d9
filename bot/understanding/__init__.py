"""Which topic is meant? Sentence encoder and topic classifier (pure Python, no Rasa)."""

import bot.without_tensorflow  # noqa: F401  # before spaCy
