"""Prints the diagram of states for ARCHITECTURE.md."""

from django.core.management.base import BaseCommand

from executions.engine.status import diagram


class Command(BaseCommand):
    """Writes Mermaid text to standard output."""

    help = "Print the state diagram, made from the transition table."

    def handle(self, *args: object, **options: object) -> None:
        """Print it."""
        self.stdout.write(diagram())
