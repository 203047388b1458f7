"""Makes an installation ready to serve: tables, static files, administrator, demo data."""

import argparse
import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.utils import OperationalError

from config import tables


class Command(BaseCommand):
    """Doing it again changes nothing and is quick, also on several machines at once."""

    help = "Migrate, collect static files, make the administrator and the demo data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demo", action=argparse.BooleanOptionalAction, default=True, help="Load demo data."
        )
        parser.add_argument(
            "--static",
            action=argparse.BooleanOptionalAction,
            default=True,
            help="Collect static files; an image has them already.",
        )

    def handle(self, *, demo: bool, static: bool = True, **options: object) -> None:
        try:
            tables.require_database()
        except OperationalError as error:
            raise CommandError(f"DATABASE_URL leads to no database: {error}") from error
        with tables.alone():
            if tables.are_behind():
                call_command("migrate", verbosity=0, interactive=False)
            call_command("ensure_admin", stdout=self.stdout)
            if demo:
                call_command("load_demo", stdout=self.stdout)
        if static:
            collect_static_files()


def collect_static_files() -> None:
    """Only when a source has changed: hashing and compressing all of them takes seconds."""
    mark, current = Path(settings.STATIC_ROOT) / ".sources", static_fingerprint()
    if mark.exists() and mark.read_text() == current:
        return
    call_command("collectstatic", verbosity=0, interactive=False)
    mark.write_text(current)


def static_fingerprint() -> str:
    """A digest of the path, size and time of every static file."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            facts = Path(storage.path(path)).stat()
            digest.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
