"""Indexes over the feed's tables that hold all that the overview counts: without them each turn's whole row would be read."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("overview", "0001_initial"), ("conversations", "0003_search")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX overview_turn ON conversations_turn (at, kind, topic, seconds)", "DROP INDEX overview_turn"
        ),
        migrations.RunSQL(
            "CREATE INDEX overview_conversation ON conversations_conversation (started)", "DROP INDEX overview_conversation"
        ),
    ]
