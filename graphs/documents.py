"""A graph as JSON: what clients send, what graph files hold. Checked here in form, in `validation` in sense."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import orjson
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from graphs import spec
from graphs.errors import InvalidGraphError
from graphs.policy import Policy
from graphs.sentences import Sentence
from graphs.validation import GRAPH, MAX_LINKS, MAX_NODES, Problem

MAX_METADATA_BYTES = 100_000

Id = Annotated[str, Field(min_length=1, max_length=100)]
PinName = Annotated[str, Field(min_length=1, max_length=300)]


def _or_empty(value: Any) -> Any:
    return {} if value is None else value


class _Part(BaseModel):
    """Takes the fields that it names and, without looking at them, those in `IGNORED`."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"additionalProperties": True}
    )


def _sound_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    if len(orjson.dumps(metadata)) > MAX_METADATA_BYTES:
        raise ValueError(f"it is larger than {MAX_METADATA_BYTES:,} bytes")
    try:
        Policy.model_validate(metadata)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ValueError(_sentence(".".join(map(str, first["loc"])), first)) from None
    return metadata


class NodeDocument(_Part):
    """A node. Keys that other systems write beside these (`input_links`, `graph_id` …) are ignored."""

    id: Id
    block_id: Id
    input_default: Annotated[dict[str, Any], BeforeValidator(_or_empty)] = {}
    metadata: Annotated[
        dict[str, Any], BeforeValidator(_or_empty), AfterValidator(_sound_metadata)
    ] = {}

    @model_validator(mode="before")
    @classmethod
    def _ignore(cls, value: Any) -> Any:
        return _without(value, NODE_IGNORED)


class LinkDocument(_Part):
    """A link. Whether it is static follows from its source's block, so `is_static` is ignored."""

    id: Id = Field(default_factory=lambda: str(uuid.uuid4()))
    source_id: Id
    sink_id: Id
    source_name: PinName
    sink_name: PinName

    @model_validator(mode="before")
    @classmethod
    def _ignore(cls, value: Any) -> Any:
        return _without(value, LINK_IGNORED)


class LimitsDocument(_Part):
    """What one run may use."""

    node_executions: int = Field(100_000, ge=1, le=10_000_000)
    seconds: float = Field(604_800, gt=0, le=31 * 86_400)


class SettingsDocument(_Part):
    """How runs of the graph behave."""

    on_error: Literal["fail", "stop", "continue"] = "fail"
    limits: LimitsDocument = LimitsDocument()


class GraphDocument(_Part):
    """A graph. What the server decides (`id`, `version`, `owner` …) is ignored, so an answer can be sent back."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    description: Annotated[str, BeforeValidator(lambda value: value or "")] = Field(
        "", max_length=1000, json_schema_extra={"type": ["string", "null"]}
    )
    nodes: list[NodeDocument] = Field(min_length=1, max_length=MAX_NODES)
    links: list[LinkDocument] = Field([], max_length=MAX_LINKS)
    settings: Annotated[SettingsDocument, BeforeValidator(_or_empty)] = SettingsDocument()
    message: str = Field("", max_length=200, description="What has changed in this version.")

    @model_validator(mode="before")
    @classmethod
    def _ignore(cls, value: Any) -> Any:
        return _without(value, GRAPH_IGNORED)

    def drawing(self) -> spec.Graph:
        """The drawing as data."""
        return spec.Graph(
            nodes={
                node.id: spec.Node(node.id, node.block_id, node.input_default, node.metadata)
                for node in self.nodes
            },
            links=tuple(
                spec.Link(link.id, link.source_id, link.source_name, link.sink_id, link.sink_name)
                for link in self.links
            ),
            settings=self.settings.model_dump(exclude_unset=True),
        )


NODE_IGNORED = frozenset(
    ("input_links", "output_links", "graph_id", "graph_version", "webhook_id", "webhook")
)
LINK_IGNORED = frozenset(("is_static",))
GRAPH_IGNORED = frozenset(
    (
        *(
            "format",
            "id",
            "version",
            "is_active",
            "owner",
            "user_id",
            "created_at",
            "updated_at",
            "saved_at",
        ),
        *("input_schema", "output_schema", "credentials_input_schema", "node_count"),
    )
)


def _without(value: Any, ignored: frozenset[str]) -> Any:
    if isinstance(value, dict) and not ignored.isdisjoint(value):
        return {key: each for key, each in value.items() if key not in ignored}
    return value


def parse(data: Any) -> GraphDocument:
    """The graph that the JSON describes. Raises `InvalidGraphError` that says of every part what is wrong."""
    try:
        document = GraphDocument.model_validate(data)
    except ValidationError as error:
        problems = [_problem(data, each) for each in error.errors(include_url=False)]
        raise InvalidGraphError.of(problems) from None
    doubles = [*_doubles(document)]
    if doubles:
        raise InvalidGraphError.of(doubles)
    return document


def _doubles(document: GraphDocument) -> Iterator[Problem]:
    seen: set[str] = set()
    for node in document.nodes:
        if node.id in seen:
            yield Problem(node.id, "id", Sentence('Two nodes have the id "{id}"', id=node.id))
        seen.add(node.id)
    seen = set()
    for link in document.links:
        if link.id in seen:
            yield Problem(
                link.source_id, link.id, Sentence('Two links have the id "{id}"', id=link.id)
            )
        seen.add(link.id)


def _problem(data: Any, error: ErrorDetails) -> Problem:
    """The part that is wrong, named by the id of its node where it has one."""
    place = error["loc"]
    if len(place) < 2 or place[0] not in {"nodes", "links"}:
        field = ".".join(map(str, place)) or "graph"
        return Problem(GRAPH, field, _sentence(field, error))
    part, index, *inside = place
    holder = data[part][index] if isinstance(index, int) else None
    field = ".".join(map(str, inside)) or str(part)
    node_id = (
        holder.get("id" if part == "nodes" else "source_id")
        if isinstance(holder, Mapping)
        else None
    )
    where = f"{part}[{index}]"
    return Problem(
        node_id if isinstance(node_id, str) else GRAPH,
        field if part == "nodes" and isinstance(node_id, str) else f"{where}.{field}",
        _sentence(f"{where}.{field}", error),
    )


def _sentence(field: str, error: ErrorDetails) -> str:
    match error["type"]:
        case "missing":
            return Sentence('"{field}" is missing', field=field)
        case "extra_forbidden":
            return Sentence('There is no field "{field}"', field=field)
        case _:
            reason = error["msg"].removeprefix("Value error, ")
            return Sentence('"{field}": {error}', field=field, error=reason)
