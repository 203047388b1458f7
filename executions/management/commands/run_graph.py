"""Runs one graph file from the terminal, on the workers of the installation, and shows how it goes."""

import json
import signal
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper

from accounts.errors import RunRefusedError
from accounts.models import User
from executions import graph_files, services
from executions.engine.status import Status
from executions.models import Event, Execution, Source
from graphs import spec
from graphs.errors import InvalidGraphError
from graphs.json_text import JsonError

WRONG_INPUT, INTERRUPTED = 2, 130
_BAR = 24  # characters


class Command(BaseCommand):
    """Progress goes to standard error, the outputs as JSON to standard output."""

    help = "Run a graph file to its end; the exit code is 0 only if the run completed."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and what the run starts with."""
        parser.add_argument(
            "file", type=Path, help="JSON: name, description, nodes, links, settings."
        )
        parser.add_argument(
            *("-i", "--input"),
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="An input of the run; NAME=@FILE reads it from a text file.",
        )
        parser.add_argument(
            "--email", default=settings.ADMIN_EMAIL, help="Whose run (%(default)s)."
        )

    def handle(self, *, file: Path, input: list[str], email: str, **options: object) -> None:
        """Raises `CommandError` with the exit code."""
        execution, drawing = self._start(file, input, email)
        previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            self._show(execution, drawing)
        except KeyboardInterrupt:
            services.stop(execution)
            raise CommandError("Stopped", returncode=INTERRUPTED) from None
        finally:
            signal.signal(signal.SIGTERM, previous)
        self._report(execution)

    def _start(self, file: Path, pairs: list[str], email: str) -> tuple[Execution, spec.Graph]:
        try:
            user = User.objects.get_by_natural_key(email)
            inputs = _inputs(pairs)
            document = graph_files.load(file)
            version = graph_files.save(user, document)
            execution = services.start_execution(
                version=version, user=user, inputs=inputs, source=Source.TERMINAL
            )
        except User.DoesNotExist:
            message = f"There is no user {email}; `ensure_admin` makes the administrator"
            raise CommandError(message, returncode=WRONG_INPUT) from None
        except InvalidGraphError as error:
            raise CommandError(_problems(error), returncode=WRONG_INPUT) from error
        except (OSError, JsonError) as error:
            raise CommandError(f"{file}: {error}", returncode=WRONG_INPUT) from error
        except RunRefusedError as error:
            raise CommandError(str(error), returncode=WRONG_INPUT) from error
        return execution, document.drawing()

    def _show(self, execution: Execution, drawing: spec.Graph) -> None:
        screen = Screen(self.stderr, drawing)
        for event in graph_files.follow(execution):
            screen.show(event, (event.created_at - execution.created_at).total_seconds())
        screen.clear()

    def _report(self, execution: Execution) -> None:
        execution.refresh_from_db()
        self.stdout.write(json.dumps(execution.outputs, ensure_ascii=False, indent=2))
        if execution.status != Status.COMPLETED:
            raise CommandError(f"The run ended {execution.status}. {execution.error}".strip())


class Screen:
    """Writes a line for each change of a node; on a terminal, with a bar below."""

    def __init__(self, stream: OutputWrapper, drawing: spec.Graph) -> None:
        self._stream, self._drawing = stream, drawing
        self._has_bar = stream.isatty()
        self._done: set[str] = set()

    def show(self, event: Event, seconds: float) -> None:
        """Whatever the event tells of nodes."""
        for change in event.data.get("nodes", ()):
            node, status = self._drawing.nodes[change["node_id"]], Status(change["status"])
            if status.is_final:
                self._done.add(node.id)
            error = f": {change['error']}" if change.get("error") else ""
            self._write(f"{seconds:8.2f} s  {status:<10} {node.title}{error}\n")
        if self._has_bar:
            self._write(self._bar(seconds))

    def clear(self) -> None:
        """Take the bar away."""
        if self._has_bar:
            self._write("")

    def _bar(self, seconds: float) -> str:
        done, total = len(self._done), len(self._drawing.nodes)
        filled = _BAR * done // total
        return f"[{'#' * filled}{'.' * (_BAR - filled)}] {done}/{total} nodes, {seconds:.1f} s"

    def _write(self, text: str) -> None:
        erase = "\r\033[K" if self._has_bar else ""
        self._stream.write(
            erase + text, style_func=str, ending=""
        )  # progress is no error: not in red
        self._stream.flush()


def _inputs(pairs: list[str]) -> Mapping[str, str]:
    inputs: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (name and equals):
            raise CommandError(f'--input needs NAME=VALUE, not "{pair}"', returncode=WRONG_INPUT)
        if name in inputs:
            raise CommandError(f'The input "{name}" is given twice', returncode=WRONG_INPUT)
        inputs[name] = _text_of(Path(value[1:])) if value.startswith("@") else value
    return inputs


def _text_of(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}", returncode=WRONG_INPUT) from error
    if "\0" in text:
        raise CommandError(f"{file} is not text: it has a NUL in it", returncode=WRONG_INPUT)
    return text


def _problems(error: InvalidGraphError) -> str:
    lines = (
        f"  {node_id or 'graph'}: {sentence}"
        for node_id, fields in error.node_errors.items()
        for sentence in fields.values()
    )
    return "\n".join(("The run cannot start:", *lines))
