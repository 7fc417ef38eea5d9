"""Thin adapters between the guide and Rasa: graph components of the NLU pipeline, the web channel, the start-up check."""
