"""What is checked before inputs and credentials are kept for later runs, so that nothing foreign is ever named."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from accounts.models import User
from executions import plans
from executions.attempts import credentials
from executions.attempts.credentials import References
from executions.files.models import StoredFile
from graphs import interface
from graphs.errors import InvalidGraphError
from graphs.models import GraphVersion
from graphs.sentences import Sentence
from graphs.validation import GRAPH, Problem

_FILE = "workspace://"


def require_sound(
    user: User,
    version: GraphVersion,
    inputs: Mapping[str, Any],
    given: References,
    *,
    is_complete: bool,
) -> None:
    """Raise `InvalidGraphError` for values that the graph does not take, and credentials and files that are not there.

    With `is_complete` also for what is missing: then a run could start with just these.
    """
    graph = plans.graph_of_version(version.pk)
    needs = plans.needs_of_version(version.pk)
    problems = list(_file_problems(user, inputs))
    if is_complete:
        problems += plans.problems_of_version(version.pk)
    else:
        needs = tuple(need for need in needs if need.ask.key in given)
    problems += [
        problem
        for problem in interface.input_problems(graph, inputs)
        if is_complete or problem.field in inputs
    ]
    problems += credentials.problems(needs, user, given, version.graph_id, is_inherited=False)
    if problems:
        raise InvalidGraphError.of(problems)


def _file_problems(user: User, inputs: Mapping[str, Any]) -> Iterator[Problem]:
    for name, value in inputs.items():
        if not (isinstance(value, str) and value.startswith(_FILE)):
            continue
        id_ = _id_of(value.removeprefix(_FILE).partition("#")[0])
        if id_ is None or not StoredFile.objects.owned_by(user).filter(pk=id_).exists():
            yield Problem(GRAPH, name, Sentence('Input "{name}": there is no such file', name=name))


def _id_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
