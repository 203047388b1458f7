"""Copies the database and the files of users."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import backups


class Command(BaseCommand):
    """The installation may work meanwhile."""

    help = "Copy the database and the files of users into a new folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder: Path, **options: object) -> None:
        try:
            backups.make(folder)
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{folder} has everything but SECRET_KEY and CREDENTIAL_KEYS: keep these elsewhere."
        )
