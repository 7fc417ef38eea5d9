"""What the web channel decides about a request, without Rasa or Sanic: tokens, what may come in, how often."""
