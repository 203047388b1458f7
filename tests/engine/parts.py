"""Tiny blocks, and graphs drawn from them with a line of text for each link."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from executions.engine.firing import Outcome, Wait
from graphs import spec

Inputs = dict[str, Any]
Body = Callable[[Inputs], Iterable[tuple[str, Any]]]


class BrokenError(Exception):
    """A test block gives up."""


@dataclass(frozen=True)
class Part:
    """One node of a test graph: what its block does, and what is typed into it."""

    run: Body
    is_pure: bool = True
    kind: str = "standard"  # or input, output, note
    opens: frozenset[str] = frozenset()  # pins of a for-each
    at_once: str = ""  # the pin with the limit of a for-each
    collects: str = ""  # the pin of a collect
    catches: bool = False
    gathers: str = ""  # the pin of a merge
    takes_first: bool = False
    counts: str = ""  # the pin that gets the number of the firing
    waits: int = 0  # first attempts of a shaky firing, which end by waiting for something
    flaky: int = 0  # attempts after those, which break down at their end and are worth another one
    is_shaky: Callable[[Inputs], bool] = lambda _inputs: True
    default: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def effectful(self) -> Self:
        """The same, run outside of bursts."""
        return replace(self, is_pure=False)

    def having(self, **default: Any) -> Self:
        """The same with these values typed in; a name may be given as `**{"pin": value}`."""
        return replace(self, default={**self.default, **default})

    def asking(self, times: int) -> Self:
        """The same, but the first attempts of each firing wait for an answer at their end."""
        return replace(self, waits=times)

    def breaking(self, times: int, *, retries: int, on: Any = ...) -> Self:
        """The same, but the first attempts of each firing (or of those `on` a value) break down at their end."""
        return replace(
            self,
            flaky=times,
            is_shaky=lambda inputs: on is ... or inputs["value"] == on,
            metadata={**self.metadata, "retry": {"count": retries}},
        )


def draw(parts: Mapping[str, Part], links: str = "", **settings: Any) -> spec.Graph:
    """A graph; `links` has one per line, `a.out -> b.in`, static ones with `=>`."""
    return spec.Graph(
        nodes={
            id_: spec.Node(id_, id_, part.default, part.metadata) for id_, part in parts.items()
        },
        links=tuple(_links(links)),
        settings=settings,
    )


def _links(text: str) -> Iterator[spec.Link]:
    for line in filter(None, map(str.strip, text.splitlines())):
        source, arrow, sink = line.split()
        source_id, _, source_name = source.partition(".")
        sink_id, _, sink_name = sink.partition(".")
        yield spec.Link(line, source_id, source_name, sink_id, sink_name, arrow == "=>")


def attempt(part: Part, inputs: Inputs, earlier: int) -> Outcome:
    """Run a test block once: it ends at its first error, and what came before counts."""
    outputs = []
    try:
        for pin, value in part.run(inputs):
            outputs.append((pin, value))
            if pin == "error":
                return Outcome(outputs, str(value))
    except BrokenError as error:
        return Outcome([*outputs, ("error", str(error))], str(error))
    if not part.is_shaky(inputs):
        earlier = part.waits + part.flaky
    if earlier < part.waits:
        return Outcome(outputs, wait=Wait("an answer"))
    if earlier < part.waits + part.flaky:
        return Outcome([*outputs, ("error", "not yet")], "not yet", retryable=True)
    return Outcome(outputs)


def sends(*values: Any) -> Part:
    """Sends these values, one after another."""
    return Part(lambda _inputs: [("out", value) for value in values])


def passes(kind: str = "standard") -> Part:
    """Sends its `value` on."""
    return Part(lambda inputs: [("out", inputs["value"])], kind=kind)


def fails(message: str = "it broke", *before: Any) -> Part:
    """Sends some values and then gives up."""

    def run(_inputs: Inputs) -> Iterator[tuple[str, Any]]:
        yield from (("out", value) for value in before)
        raise BrokenError(message)

    return Part(run)


def ends_quietly() -> Part:
    """Takes what comes and sends nothing."""
    return Part(lambda _inputs: [])


def for_each() -> Part:
    """Sends its `items` one by one, no more than `limit` at once."""
    return Part(
        lambda inputs: [("item", item) for item in inputs["items"]],
        opens=frozenset({"item"}),
        at_once="limit",
    )


def collects() -> Part:
    """Sends one list of all that became of the items."""
    return Part(lambda inputs: [("list", inputs["items"])], collects="item")


def tries() -> Part:
    """Sends its `value` into a scope of its own."""
    return Part(lambda inputs: [("out", inputs["value"])], opens=frozenset({"out"}))


def catches() -> Part:
    """Sends what became of a try, and what went wrong in it."""
    return Part(
        lambda inputs: [
            *(("out", each) for each in inputs["items"]),
            *(("failure", each["message"]) for each in inputs["failures"]),
        ],
        collects="item",
        catches=True,
    )


def merges() -> Part:
    """Sends one list of all that came."""
    return Part(lambda inputs: [("list", inputs["arrived"])], gathers="in")


def takes_first() -> Part:
    """Sends the first value that came."""
    return Part(lambda inputs: [("out", inputs["arrived"][0][1])], gathers="in", takes_first=True)


def counts() -> Part:
    """Sends the number of its firing."""
    return Part(lambda inputs: [("out", inputs["number"])], counts="number")


def chooses() -> Part:
    """Sends its `value` to `yes` or `no`."""

    def run(inputs: Inputs) -> Iterator[tuple[str, Any]]:
        yield ("yes" if inputs["value"] >= inputs.get("limit", 0) else "no"), inputs["value"]

    return Part(run)


def adds() -> Part:
    """Sends `value` + 1."""
    return Part(lambda inputs: [("out", inputs["value"] + 1)])


def appends() -> Part:
    """Sends `list` with `entry` at its end."""
    return Part(lambda inputs: [("out", [*inputs["list"], inputs["entry"]])])


def joins() -> Part:
    """Sends all that it got."""
    return Part(lambda inputs: [("out", inputs)])
