"""The index of the full-text search."""

from django.db import migrations

from bot.console.conversations import search


class Migration(migrations.Migration):
    dependencies = [("conversations", "0002_queue")]

    operations = [
        migrations.RunPython(
            lambda apps, schema: search.set_up(schema), lambda apps, schema: search.take_away(schema), elidable=False
        )
    ]
