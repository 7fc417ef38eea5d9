"""`bot-knowledge`: what an editor and a clinician do with the texts without touching YAML."""
