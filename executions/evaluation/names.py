"""Which inputs and outputs test cases and data sets may name: those of the graph."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from executions.errors import UnknownNameError
from graphs import interface, spec
from graphs.sentences import Sentence

EXPECTED = "expected:"  # before the name of an output, in the first line of a file


def require_outputs(drawing: spec.Graph, names: Iterable[str]) -> None:
    """Raise `UnknownNameError` for the first that is no output of the graph."""
    known = interface.output_schema(drawing)["properties"]
    for name in names:
        if name not in known:
            raise UnknownNameError(
                Sentence(
                    'This graph has no output "{name}"; its outputs are: {names}',
                    name=name,
                    names=_listed(known),
                )
            )


def require_columns(drawing: spec.Graph, columns: Sequence[str]) -> Mapping[str, Any]:
    """The schemas of the graph's inputs, by name, if a data set may have these columns.

    Raises `UnknownNameError` for one that is neither an input nor `expected:` and an output, and when a required input has none.
    """
    schema = interface.input_schema(drawing)
    known: Mapping[str, Any] = schema["properties"]
    given = {name for name in columns if not name.startswith(EXPECTED)}
    for name in sorted(given - known.keys()):
        raise UnknownNameError(
            Sentence(
                'This graph has no input "{name}"; its inputs are: {names}',
                name=name,
                names=_listed(known),
            )
        )
    for name in schema["required"]:
        if name not in given:
            raise UnknownNameError(
                Sentence('The input "{name}" is required; the file has no such column', name=name)
            )
    expected = [name.removeprefix(EXPECTED) for name in columns if name.startswith(EXPECTED)]
    require_outputs(drawing, expected)
    return known


def _listed(known: Collection[str]) -> str:
    return ", ".join(f'"{each}"' for each in sorted(known)) or Sentence("none")
