"""Which topic is meant? Sentence encoder and topic classifier (pure Python, no Rasa)."""
