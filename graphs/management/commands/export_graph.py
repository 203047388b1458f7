"""Writes a graph, the graphs that it runs, and what its owner keeps for it as a file."""

from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from graphs import files
from graphs.models import GraphVersion


class Command(BaseCommand):
    """The file goes to standard output. It holds no secrets."""

    help = "Write a graph, and the graphs that it runs, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which graph, and how."""
        parser.add_argument("graph", type=UUID, help="The id of the graph.")
        parser.add_argument("--version-number", type=int, help="A version; else the active one.")
        parser.add_argument("--format", choices=sorted(files.WRITERS), default="agentloom")

    def handle(
        self, *, graph: UUID, version_number: int | None, format: str, **options: object
    ) -> None:
        """Raises `CommandError` where there is no such version."""
        which = {"is_active": True} if version_number is None else {"version": version_number}
        versions = GraphVersion.objects.filter(graph_id=graph, graph__deleted_at=None, **which)
        version = versions.select_related("graph__owner").first()
        if version is None:
            raise CommandError("There is no such graph, or no such version of it")
        self.stdout.write(files.exported(version, format, version.graph.owner))
