"""Export all approved training examples into a folder that is ready for a branch of the repository."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bot.console.learning import exporting
from bot.console.learning.bot_commands import CommandFailed


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = exporting.make()
        except CommandFailed as error:
            raise CommandError(f"nothing was exported. {error}") from None
        except OSError as error:
            raise CommandError(f"nothing was exported: the file could not be written ({error.strerror})") from None
        for refused in result.refused:
            # No text: the proposal's page shows it.
            self.stderr.write(f"left out: proposal {refused.proposal.pk}: {len(refused.problems)} problems, see its page")
        if result.export is None:
            raise CommandError("nothing was exported: no approved example is fit for it")
        self.stdout.write(f"export {result.export.pk}: {result.count} examples in {exporting.folder(result.export)}")
