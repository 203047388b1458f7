"""`manage.py partition_events`: part the event log by time, so that retention drops weeks in place of rows."""

from django.core.management.base import BaseCommand, CommandError
from django.db.utils import OperationalError

from executions.retention import partitions


class Command(BaseCommand):
    """Doing it again adds the partitions that are missing."""

    help = "Part the event log by time, while everything works."

    def handle(self, **options: object) -> None:
        try:
            if partitions.is_parted():
                partitions.prepare_ahead()
            else:
                partitions.part()
        except OperationalError as error:
            raise CommandError(f"Others hold the table: {error}. Try again.") from error
        for each in partitions.partitions():
            self.stdout.write(f"{each.name}, until {each.ends_at:%Y-%m-%d}")
