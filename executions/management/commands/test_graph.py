"""Runs the test cases of a graph from the terminal, on the workers of the installation."""

import dataclasses
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from executions.errors import NotRecordableError
from executions.evaluation import services
from executions.evaluation.models import Evaluation, Verdict
from graphs import bundles, json_text
from graphs import services as graphs
from graphs.errors import InvalidGraphError
from graphs.formats import own
from graphs.formats.bundle import FormatError
from graphs.json_text import JsonError
from graphs.models import GraphVersion

WRONG_INPUT = 2
_POLL_SECONDS = 0.2


class Command(BaseCommand):
    """A line for each test case; the exit code is 0 only if all passed."""

    help = "Run the test cases of a graph: of a file, or of a stored graph."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What is tested."""
        parser.add_argument("graph", help="A file as graphs are exported, or the id of a graph.")
        parser.add_argument("--graph-version", type=int, help="Of a stored graph (the active one).")
        parser.add_argument(
            "--email", default=settings.ADMIN_EMAIL, help="Whose tests (%(default)s)."
        )

    def handle(
        self, *, graph: str, graph_version: int | None, email: str, **options: object
    ) -> None:
        """Raises `CommandError` with the exit code."""
        try:
            user = User.objects.get_by_natural_key(email)
            with _version_of(user, graph, graph_version) as version:
                evaluation = services.start_tests(version=version, user=user)
                self._follow(evaluation)
        except User.DoesNotExist:
            raise CommandError(f"There is no user {email}", returncode=WRONG_INPUT) from None
        except (NotRecordableError, PermissionDenied, InvalidGraphError, FormatError) as error:
            raise CommandError(str(error), returncode=WRONG_INPUT) from error
        except (OSError, JsonError) as error:
            raise CommandError(f"{graph}: {error}", returncode=WRONG_INPUT) from error
        self._report(evaluation)

    def _follow(self, evaluation: Evaluation) -> None:
        while evaluation.ended_at is None:
            sleep(_POLL_SECONDS)
            evaluation.refresh_from_db(fields=["ended_at"])

    def _report(self, evaluation: Evaluation) -> None:
        samples = list(evaluation.samples.defer("answers"))
        failed = [each for each in samples if each.verdict == Verdict.FAILED]
        for sample in samples:
            self.stdout.write(f"{sample.verdict:<7} {sample.name}")
            for finding in sample.findings:
                self.stdout.write(f"        {finding}")
        if failed:
            raise CommandError(f"{len(failed)} of {len(samples)} test cases have not passed")


@contextmanager
def _version_of(user: User, graph: str, number: int | None) -> Iterator[GraphVersion]:
    """The stored version, or the file as a graph of its own that is deleted afterwards."""
    try:
        id_ = UUID(graph)
    except ValueError:
        with _made_of(user, Path(graph)) as version:
            yield version
        return
    try:
        version = GraphVersion.objects.runnable(user, id_, number)
    except GraphVersion.DoesNotExist:
        raise CommandError(f"There is no such version of {graph}", returncode=WRONG_INPUT) from None
    yield version


@contextmanager
def _made_of(user: User, file: Path) -> Iterator[GraphVersion]:
    """Without the presets and triggers of the file: it is only tried."""
    bundle = own.read(json_text.read(file.read_bytes()))
    imported = bundles.save(user, dataclasses.replace(bundle, along={}))
    try:
        yield imported.version
    finally:
        for made in (imported.version, *imported.parts):
            graphs.delete_graph(made.graph, by=user)
