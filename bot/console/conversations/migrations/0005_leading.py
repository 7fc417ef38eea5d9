"""The message that stands for a conversation, also for those that are there already."""

import itertools

import django.db.models.deletion
from django.db import migrations, models

from bot.console.conversations.leading import Candidate, leading


def fill(apps, schema):
    Turn, Leading = apps.get_model("conversations", "Turn"), apps.get_model("conversations", "Leading")
    typed = Turn.objects.filter(choice="").exclude(text="").order_by("conversation", "number")
    rows = typed.values_list("conversation_id", *Candidate._fields).iterator(chunk_size=2_000)
    made = []
    for pk, turns in itertools.groupby(rows, key=lambda row: row[0]):
        chosen = leading(Candidate(*values) for _, *values in turns)
        made.append(Leading(conversation_id=pk, text=chosen.text[:200], topic=chosen.topic))
    Leading.objects.bulk_create(made, batch_size=2_000)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0004_covering_indexes")]

    operations = [
        migrations.CreateModel(
            name="Leading",
            fields=[
                (
                    "conversation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="leading",
                        serialize=False,
                        to="conversations.conversation",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=200)),
                ("topic", models.CharField(blank=True, max_length=120)),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
