"""The staff console: a Django project with an environment and a database of its own; it imports nothing else of ``bot``."""
