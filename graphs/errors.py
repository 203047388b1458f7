"""What can go wrong with graphs."""

from collections.abc import Iterable, Mapping

from graphs.sentences import Sentence
from graphs.validation import Problem


class GraphError(Exception):
    """Base of the errors of this app; the message is a sentence for the user."""


class InvalidGraphError(GraphError):
    """The drawing or the inputs are wrong; `node_errors` says where: {node id: {field: sentence}}."""

    def __init__(self, message: str, node_errors: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(message)
        self.node_errors = node_errors

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> "InvalidGraphError":
        """Group problems by node; the message names the first."""
        node_errors: dict[str, dict[str, str]] = {}
        problems = list(problems)
        for problem in problems:
            node_errors.setdefault(problem.node_id, {}).setdefault(problem.field, problem.message)
        first, others = problems[0].message, len(problems) - 1
        if others:
            first = Sentence("{problem} (and {count} more)", problem=first, count=others)
        return cls(first, node_errors)

    def problems(self) -> list[Problem]:
        """What is wrong, one by one."""
        return [
            Problem(node_id, field, message)
            for node_id, fields in self.node_errors.items()
            for field, message in fields.items()
        ]


class BlockDisabledError(InvalidGraphError):
    """A node is of a block that operators have switched off."""


class VersionConflictError(GraphError):
    """Somebody else saved a version in the meantime."""


class StaleVersionError(VersionConflictError):
    """The `If-Match` of a request names another version than the newest."""


class NotSharedError(GraphError):
    """A template for a team of a graph that is shared with none."""


class OthersPartsError(GraphError):
    """A template that would give away graphs of others."""


class DraftConflictError(GraphError):
    """The draft was changed in another window in the meantime."""
