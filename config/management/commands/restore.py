"""Takes a backup back."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import backups


class Command(BaseCommand):
    """No process may work meanwhile; runs that had not ended go on when workers start."""

    help = "Fill an installation with what `backup` has copied."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="Remove what this installation has."
        )

    def handle(self, *, folder: Path, replace: bool, **options: object) -> None:
        try:
            runs = backups.take_back(folder, replace=replace)
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        counts = ", ".join(f"{count} {status}" for status, count in sorted(runs.items()))
        self.stdout.write(f"Runs: {counts or 'none'}. Migrate if this version is a newer one.")
