"""Makes a graph of a file: one of ours, an agent of AutoGPT, or a workflow of n8n."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from graphs import bundles, json_text
from graphs.errors import InvalidGraphError
from graphs.formats import reading
from graphs.formats.bundle import Bundle, FormatError
from graphs.json_text import JsonError


class Command(BaseCommand):
    """The id of the graph goes to standard output, what there is to say about it to standard error."""

    help = "Make a graph of a file: one of ours, an agent of AutoGPT, or a workflow of n8n."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and whose graph it becomes."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--email", default=settings.ADMIN_EMAIL, help="Whose graph (%(default)s)."
        )

    def handle(self, *, file: Path, email: str, **options: object) -> None:
        """Raises `CommandError` that says what is wrong."""
        try:
            owner = User.objects.get_by_natural_key(email)
            imported = bundles.save(owner, _bundle_in(file))
        except User.DoesNotExist:
            raise CommandError(f"There is no user {email}") from None
        except InvalidGraphError as error:
            problems = "\n".join(f"{each.node_id} {each.message}" for each in error.problems())
            raise CommandError(problems) from None
        except (OSError, JsonError, FormatError) as error:
            raise CommandError(str(error)) from None
        for remark in imported.remarks:
            self.stderr.write(f"{remark.about}: {remark.text}")
        self.stdout.write(str(imported.version.graph_id))


def _bundle_in(file: Path) -> Bundle:
    return reading.read(json_text.read(file.read_bytes()))
