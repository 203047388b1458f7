"""A sample: some rows that stand for many."""

import random
from collections.abc import Callable, Hashable, Iterator
from enum import StrEnum
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Example, Pins, PinValue
from blocks.library.identity import identity
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import describe, preview

Row = dict[str, Any] | list[Any]


class SamplingMethod(StrEnum):
    """How the rows are chosen."""

    RANDOM = "random"
    SYSTEMATIC = "systematic"
    TOP = "top"
    BOTTOM = "bottom"
    STRATIFIED = "stratified"
    WEIGHTED = "weighted"
    RESERVOIR = "reservoir"
    CLUSTER = "cluster"


@register
class DataSampling(Block["DataSampling.Input"]):
    id = "data_sampling_block"
    aliases = ("4a448883-71fa-49cf-91cf-70d793bd7d87",)
    name = "Data sampling"
    description = "Chooses some rows out of many, at random or by a rule."
    category = "data"

    class Input(Pins):
        data: dict[str, Any] | list[Row] = Field(
            description="The rows; the entries of a dictionary count as one row each."
        )
        sample_size: int = Field(default=10, ge=1, description="The most rows to choose.")
        sampling_method: SamplingMethod = Field(
            default=SamplingMethod.RANDOM, description="How to choose."
        )
        accumulate: bool = Field(
            default=False, description="Accepted from other platforms; must be off here."
        )
        random_seed: int | None = Field(
            default=None, description="The same number gives the same choice every time."
        )
        stratify_key: str | None = Field(
            default=None, description="For stratified: the column whose shares are kept."
        )
        weight_key: str | None = Field(
            default=None, description="For weighted: the column that says how likely a row is."
        )
        cluster_key: str | None = Field(
            default=None, description="For cluster: the column whose groups are taken whole."
        )

    class Output(Pins):
        sampled_data: list[Row] = Field(description="The chosen rows.")
        sample_indices: list[int] = Field(description="Their positions, 0 for the first row.")

    examples = (
        Example(
            given={"data": [[1], [2], [3]], "sample_size": 2, "sampling_method": "top"},
            yields=[("sampled_data", [[1], [2]]), ("sample_indices", [0, 1])],
        ),
        Example(
            given={
                "data": [{"n": 1}, {"n": 2}, {"n": 3}, {"n": 4}],
                "sample_size": 2,
                "sampling_method": "systematic",
            },
            yields=[("sampled_data", [{"n": 1}, {"n": 3}]), ("sample_indices", [0, 2])],
        ),
        Example(
            given={"data": [[1], [2]], "sample_size": 1},
            yields=[("sampled_data", list), ("sample_indices", list)],
        ),
        Example(
            given={"data": [{"n": 1}], "sampling_method": "weighted"},
            error="needs a column in weight_key",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if data.accumulate:
            raise BlockError("Accumulating is not possible; collect the rows in a list first")
        rows = _rows(data.data)
        if len(rows) <= data.sample_size and data.sampling_method not in _NEEDS_KEY:
            chosen = list(range(len(rows)))
        else:
            source = random.Random(data.random_seed)  # noqa: S311 a sample is not a secret
            chosen = _CHOOSE[data.sampling_method](rows, data, source)
        yield "sampled_data", [rows[index] for index in chosen]
        yield "sample_indices", chosen


def _rows(data: dict[str, Any] | list[Row]) -> list[Row]:
    if isinstance(data, dict):
        return [{key: value} for key, value in data.items()]
    return data


def _systematic(rows: list[Row], data: DataSampling.Input, source: random.Random) -> list[int]:
    return [index * len(rows) // data.sample_size for index in range(data.sample_size)]


def _random(rows: list[Row], data: DataSampling.Input, source: random.Random) -> list[int]:
    return sorted(source.sample(range(len(rows)), data.sample_size))


def _top(rows: list[Row], data: DataSampling.Input, source: random.Random) -> list[int]:
    return list(range(data.sample_size))


def _bottom(rows: list[Row], data: DataSampling.Input, source: random.Random) -> list[int]:
    return list(range(len(rows) - data.sample_size, len(rows)))


def _weighted(rows: list[Row], data: DataSampling.Input, source: random.Random) -> list[int]:
    """Without putting back: every row gets a random moment, the sooner the heavier it is."""
    weights = _column(rows, data.weight_key, "weight_key")
    moments = []
    for index, weight in enumerate(weights):
        if isinstance(weight, bool) or not isinstance(weight, int | float) or weight < 0:
            raise BlockError(f"Row {index + 1} has {describe(weight)} as its weight")
        if weight > 0:
            moments.append((source.expovariate(1.0) / weight, index))
    return sorted(index for _, index in sorted(moments)[: data.sample_size])


def _cluster(rows: list[Row], data: DataSampling.Input, source: random.Random) -> list[int]:
    """Whole groups in random order, as long as they fit."""
    groups = list(_groups(_column(rows, data.cluster_key, "cluster_key")).values())
    source.shuffle(groups)
    chosen: list[int] = []
    for group in groups:
        if len(chosen) + len(group) <= data.sample_size:
            chosen += group
    return sorted(chosen)


def _stratified(rows: list[Row], data: DataSampling.Input, source: random.Random) -> list[int]:
    """From every group its share; what rounding leaves over goes to the largest remainders."""
    groups = list(_groups(_column(rows, data.stratify_key, "stratify_key")).values())
    wanted = min(data.sample_size, len(rows))
    shares = [divmod(len(group) * wanted, len(rows)) for group in groups]
    by_remainder = sorted(range(len(groups)), key=lambda index: -shares[index][1])
    extra = set(by_remainder[: wanted - sum(share for share, _ in shares)])
    chosen: list[int] = []
    for index, group in enumerate(groups):
        chosen += source.sample(group, shares[index][0] + (index in extra))
    return sorted(chosen)


def _column(rows: list[Row], key: str | None, pin: str) -> list[Any]:
    if not key:
        raise BlockError(f"This way of sampling needs a column in {pin}")
    values = []
    for index, row in enumerate(rows):
        if not isinstance(row, dict) or key not in row:
            raise BlockError(f"Row {index + 1} has no column {preview(key)}")
        values.append(row[key])
    return values


def _groups(values: list[Any]) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = {}
    for index, value in enumerate(values):
        groups.setdefault(identity(value), []).append(index)
    return groups


_NEEDS_KEY = frozenset({SamplingMethod.STRATIFIED, SamplingMethod.WEIGHTED, SamplingMethod.CLUSTER})

_CHOOSE: dict[
    SamplingMethod, Callable[[list[Row], DataSampling.Input, random.Random], list[int]]
] = {
    SamplingMethod.RANDOM: _random,
    SamplingMethod.RESERVOIR: _random,
    SamplingMethod.SYSTEMATIC: _systematic,
    SamplingMethod.TOP: _top,
    SamplingMethod.BOTTOM: _bottom,
    SamplingMethod.STRATIFIED: _stratified,
    SamplingMethod.WEIGHTED: _weighted,
    SamplingMethod.CLUSTER: _cluster,
}
