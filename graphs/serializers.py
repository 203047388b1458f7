"""Graphs as JSON, in answers; what clients send is read by `graphs.documents`."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.serializers import StrictSerializer
from graphs import credentials, interface, spec
from graphs.documents import SettingsDocument
from graphs.files import WRITERS
from graphs.formats.bundle import About
from graphs.models import Audience, Graph, GraphVersion

MAX_VERSION = 2**31 - 1  # what the column holds
JSON_FILE = {"type": "object", "additionalProperties": {}}
GRAPH_OR_FILE = {"anyOf": [{"$ref": "#/components/schemas/Graph"}, JSON_FILE]}


class GraphSummarySerializer(serializers.ModelSerializer[Graph]):
    """A graph without its drawing; `version` is the active one."""

    owner = serializers.UUIDField(source="owner_id")
    version = serializers.IntegerField(source="active_version", allow_null=True)
    is_active = serializers.SerializerMethodField()
    node_count = serializers.IntegerField()

    class Meta:
        model = Graph
        fields: tuple[str, ...] = (
            *("id", "version", "is_active", "name", "description", "owner"),
            *("node_count", "template_for", "created_at", "updated_at"),
        )
        read_only_fields = fields

    def get_is_active(self, graph: Any) -> bool:
        """Whether a version runs when none is named."""
        return graph.active_version is not None


class ListedGraphSerializer(GraphSummarySerializer):
    """A graph in the caller's list, with the tags that they have given it."""

    tags = serializers.ListField(child=serializers.CharField())

    class Meta(GraphSummarySerializer.Meta):
        fields = (*GraphSummarySerializer.Meta.fields, "tags")
        read_only_fields = fields


class VersionSummarySerializer(serializers.ModelSerializer[GraphVersion]):
    """One saved version of a graph, without its drawing; `saved_at` is when it was saved."""

    id = serializers.UUIDField(source="graph_id")
    name = serializers.CharField(source="graph.name")
    description = serializers.CharField(source="graph.description")
    owner = serializers.UUIDField(source="graph.owner_id")
    settings = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField(source="graph.created_at")
    updated_at = serializers.DateTimeField(source="graph.updated_at")
    saved_at = serializers.DateTimeField(source="created_at")

    class Meta:
        model = GraphVersion
        fields: tuple[str, ...] = (
            *("id", "version", "is_active", "name", "description", "owner"),
            *("settings", "message", "created_at", "updated_at", "saved_at"),
        )
        read_only_fields = fields

    @extend_schema_field(SettingsDocument)  # type: ignore[arg-type]  # its extension for pydantic takes it
    def get_settings(self, version: GraphVersion) -> Any:
        """How runs of it behave."""
        return version.settings


class NodeSerializer(serializers.Serializer[spec.Node]):
    """A node of a drawing."""

    id = serializers.CharField()
    block_id = serializers.CharField()
    input_default = serializers.DictField()
    metadata = serializers.DictField()

    def to_representation(self, node: spec.Node) -> Any:
        """As it is: the renderer writes such values itself, which matters for ten thousand of them."""
        return node


class LinkSerializer(serializers.Serializer[spec.Link]):
    """A link of a drawing."""

    id = serializers.CharField()
    source_id = serializers.CharField()
    source_name = serializers.CharField()
    sink_id = serializers.CharField()
    sink_name = serializers.CharField()
    is_static = serializers.BooleanField()

    def to_representation(self, link: spec.Link) -> Any:
        """As it is, see `NodeSerializer`."""
        return link


class GraphSerializer(VersionSummarySerializer):
    """One version of a graph with its drawing, and what a run of it takes and gives."""

    nodes = NodeSerializer(many=True, source="drawing.nodes")
    links = LinkSerializer(many=True, source="drawing.links")
    input_schema = serializers.DictField(help_text="JSON Schema of the inputs of a run.")
    output_schema = serializers.DictField(help_text="JSON Schema of the outputs of a run.")
    credentials_input_schema = serializers.DictField(
        help_text="JSON Schema of the `credentials_inputs` of a run."
    )

    class Meta(VersionSummarySerializer.Meta):
        fields = (
            *VersionSummarySerializer.Meta.fields,
            *("nodes", "links", "input_schema", "output_schema", "credentials_input_schema"),
        )
        read_only_fields = fields

    def to_representation(self, version: GraphVersion) -> dict[str, Any]:
        """Loads the drawing once for everything that is derived from it."""
        drawing = version.load()
        return {
            **VersionSummarySerializer(version).data,
            "nodes": list(drawing.nodes.values()),
            "links": drawing.links,
            "input_schema": interface.input_schema(drawing),
            "output_schema": interface.output_schema(drawing),
            "credentials_input_schema": credentials.input_schema(drawing),
        }


class ActiveVersionSerializer(StrictSerializer):
    """Which version runs when none is named."""

    active_graph_version = serializers.IntegerField(min_value=1, max_value=MAX_VERSION)


class OfferSerializer(StrictSerializer):
    """For whom a graph is a template."""

    template_for = serializers.ChoiceField(choices=Audience.choices)


class ExportQuerySerializer(serializers.Serializer[Any]):
    """Which version, in which format."""

    version = serializers.IntegerField(min_value=1, max_value=MAX_VERSION, required=False)

    def get_fields(self) -> dict[str, Any]:
        """`as` is a word of Python, and `format` one of the framework."""
        formats = serializers.ChoiceField(choices=sorted(WRITERS), default="agentloom")
        return {"as": formats, **super().get_fields()}


class GraphQuerySerializer(serializers.Serializer[Any]):
    """Which version, and for whom."""

    version = serializers.IntegerField(min_value=1, max_value=MAX_VERSION, required=False)
    for_export = serializers.BooleanField(
        default=False,
        help_text="As an agent file of the AutoGPT platform, as its clients ask for it.",
    )


class RemarkSerializer(serializers.Serializer[Any]):
    """Something to know about an imported graph; `node_id` is empty for what belongs to no node."""

    about = serializers.ChoiceField(choices=[each.value for each in About])
    node_id = serializers.CharField(allow_blank=True)
    text = serializers.CharField()


class ImportedSerializer(serializers.Serializer[Any]):
    """What a file has become."""

    graph = GraphSerializer(source="version")
    remarks = RemarkSerializer(many=True)


class GraphNameSerializer(serializers.Serializer[Any]):
    """A graph by name."""

    id = serializers.UUIDField(source="pk")
    name = serializers.CharField()


class UsesSerializer(serializers.Serializer[Any]):
    """Graphs that run this one, that it runs, and the way back to itself if there is one."""

    used_by = GraphNameSerializer(many=True)
    runs = GraphNameSerializer(many=True)
    cycle = GraphNameSerializer(many=True)
    depth = serializers.IntegerField(help_text="Levels below it; counted up to 11.")
    is_too_deep = serializers.BooleanField(help_text="More than runs may be nested.")
