"""Checks what must be true of all runs."""

from datetime import timedelta
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chaos import invariants


class Command(BaseCommand):
    """Reads only; runs may go on meanwhile."""

    help = "Check what must be true of every run and of the credits; the exit code is 1 if anything is not."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which runs."""
        parser.add_argument(
            "--execution", type=UUID, action="append", help="This run only; can be repeated."
        )
        parser.add_argument(
            "--patience",
            type=float,
            metavar="SECONDS",
            help="Report runs that are open for longer.",
        )

    def handle(
        self, *, execution: list[UUID] | None, patience: float | None, **options: object
    ) -> None:
        """Print a sentence for each violation."""
        limit = None if patience is None else timedelta(seconds=patience)
        found = invariants.check(execution, patience=limit)
        for sentence in found:
            self.stdout.write(sentence)
        if found:
            raise CommandError(f"{len(found)} violations")
        self.stdout.write("Everything is as it must be.")
