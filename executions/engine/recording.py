"""What firings of some nodes gave once, to be given again instead of running their blocks.

Rule 1: an answer belongs to a node and its inputs; inputs are the same when they are as JSON, 1 and 1.0 alike.
Rule 2: when a node asked the same several times and got different answers, they come again in that order, the last
    one for whatever is asked beyond.
Rule 3: an answer without inputs is pinned: its node gives it whatever is asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson

from executions.engine.firing import Outcome
from executions.engine.values import dump, load

NOT_RECORDED = "not_recorded"
_TOO_LARGE = 2.0**63  # for a whole number in JSON; the database keeps it as it was

Asked = tuple[str, str]  # (node id, digest of the inputs)


@dataclass(frozen=True, slots=True)
class Answer:
    """How one firing ended."""

    node_id: str
    inputs: Mapping[str, Any] | None
    outputs: Sequence[tuple[str, Any]]
    error: str = ""
    error_code: str = ""

    @property
    def outcome(self) -> Outcome:
        """As if the block had run, for the last time."""
        return Outcome(list(self.outputs), self.error or None, self.error_code, is_last=True)


class Recording:
    """Finds answers."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        found: defaultdict[Asked, list[Answer]] = defaultdict(list)
        self._pinned: dict[str, Answer] = {}
        for answer in answers:
            if answer.inputs is None:
                self._pinned[answer.node_id] = answer
            else:
                found[asked_of(answer.node_id, answer.inputs)].append(answer)
        self._answers = dict(found)

    def is_ambiguous(self, asked: Asked) -> bool:
        """Whether it matters how often this was asked before."""
        return len(self._answers.get(asked, ())) > 1

    def outcome_of(self, asked: Asked, times_before: int) -> Outcome | None:
        """What came of it then; None for what was not recorded."""
        node_id, _digest = asked
        if node_id in self._pinned:
            return self._pinned[node_id].outcome
        answers = self._answers.get(asked)
        if not answers:
            return None
        return answers[min(times_before, len(answers) - 1)].outcome


def asked_of(node_id: str, inputs: Mapping[str, Any]) -> Asked:
    """What is the same for firings that ask the same. Raises `UnstorableError`."""
    stored = _plain(load(dump(inputs)))
    return node_id, sha256(orjson.dumps(stored, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _plain(value: Any) -> Any:
    """With whole numbers as one kind: the database writes 1e3 out, and keeps 1.0."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < _TOO_LARGE
    return int(value) if is_whole else value
