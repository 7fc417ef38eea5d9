"""Keep what `make evaluate` counted (.build/evaluation.json) before or after the examples of an export were trained."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from bot.console.learning import evaluations
from bot.console.learning.models import Evaluation, Export


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--export", help="number of the export; without it the latest")
        parser.add_argument("--moment", required=True, choices=Evaluation.Moment.values)

    def handle(self, *args: Any, **options: Any) -> None:
        exports = Export.objects.filter(withdrawn_at=None)
        if options["export"]:
            exports = exports.filter(pk=options["export"]) if options["export"].isdigit() else exports.none()
        export = exports.order_by("-pk").first()
        if export is None:
            raise CommandError("there is no such export; the page of exports shows their numbers")
        try:
            found = evaluations.record(export, options["moment"], options["file"].read_bytes())
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"export {export.pk}, {found.moment}: {len(found.measures)} measures")
