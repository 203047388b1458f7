"""Tools of MCP servers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ConfigDict, Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.credentials import CredentialType, Reference, credentials_pin, secret_of
from blocks.ports import NodeTool, Ports, Tool
from blocks.registry import register

_SERVER = "https://example.com/mcp"
_ADD = {"name": "add", "description": "Adds.", "parameters": {"type": "object"}}


class ServerPins(Pins):
    """The pins that say where a server is."""

    server_url: str = Field(
        min_length=1,
        description="The address of the server; stdio: and a name for one that the operator has set up.",
    )
    headers: dict[str, str] = Field(
        default={},
        description="Headers that the server wants; what is secret belongs into a credential.",
    )
    credentials: Reference | None = credentials_pin(
        "mcp",
        types=(CredentialType.API_KEY, CredentialType.HOST_SCOPED, CredentialType.OAUTH2),
        optional=True,
        takes_default=False,
        description="What lets us in, for servers that want it.",
    )


@register
class McpTools(Block["McpTools.Input"]):
    id = "mcp_list_tools_block"
    name = "List MCP tools"
    description = "Tells which tools an MCP server has."
    category = "network"
    icon = "plug"
    effect = Effect.IDEMPOTENT
    timeout = 150.0

    class Input(ServerPins):
        pass

    class Output(Pins):
        tools: list[dict[str, Any]] = Field(
            description="Name, description and parameters (a JSON Schema) of each tool."
        )

    examples = (
        Example(
            given={"server_url": _SERVER},
            answers=[{"tools": [_ADD]}],
            yields=[("tools", [_ADD])],
        ),
        Example(
            given={"server_url": _SERVER},
            answers=[{"error": "The MCP server refuses access (status 401)"}],
            error="refuses access",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        found = ports.mcp.list_tools(
            data.server_url, data.headers, secret_of(data.credentials, ports)
        )
        yield (
            "tools",
            [
                {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": dict(tool.parameters),
                }
                for tool in found
            ],
        )


@register
class McpTool(Block["McpTool.Input"]):
    id = "mcp_tool_block"
    aliases = ("a0a4b1c2-d3e4-4f56-a7b8-c9d0e1f2a3b4",)
    name = "MCP tool"
    description = (
        "Calls a tool of an MCP server. Any further input is an argument. As a tool of an agent, it offers all"
        " tools of the server while none is selected."
    )
    category = "network"
    icon = "plug"
    effect = Effect.AT_MOST_ONCE
    timeout = 300.0

    class Input(ServerPins):
        model_config = ConfigDict(extra="allow")

        selected_tool: str = Field(default="", description="The name of the tool.")
        tool_input_schema: dict[str, Any] = Field(
            default={}, description="The JSON Schema of its arguments, for the pins."
        )
        tool_description: str = Field(default="", description="What the tool does, to be shown.")
        tool_arguments: dict[str, Any] = Field(default={}, description="Its arguments by name.")

    class Output(Pins):
        result: Any = Field(description="What the tool gave.")

    examples = (
        Example(
            given={"server_url": _SERVER, "selected_tool": "add", "a": 1, "b": 2},
            answers=[{"result": 3}],
            yields=[("result", 3)],
        ),
        Example(
            given={"server_url": _SERVER, "selected_tool": "add", "tool_arguments": {"a": "x"}},
            answers=[{"error": "x is no number"}],
            error="x is no number",
        ),
        Example(given={"server_url": _SERVER}, error="Choose a tool"),
    )

    def tools(self, inputs: Mapping[str, Any], ports: Ports) -> Sequence[NodeTool]:
        """The selected tool as it was copied into the node, else what the server has now."""
        server = str(inputs.get("server_url") or "")
        name = str(inputs.get("selected_tool") or "")
        if not server:
            raise BlockError("Type the address of the MCP server into the node of the tool")
        if name and inputs.get("tool_input_schema"):
            description = str(inputs.get("tool_description") or name)
            return [_offer(Tool(name, description, inputs["tool_input_schema"]))]
        reference = inputs.get("credentials")
        secret = secret_of(Reference.model_validate(reference) if reference else None, ports)
        found = ports.mcp.list_tools(server, inputs.get("headers") or {}, secret)
        return [_offer(tool) for tool in found if not name or tool.name == name]

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        if not data.selected_tool:
            raise BlockError("Choose a tool of the MCP server")
        extra = data.model_extra or {}
        yield (
            "result",
            ports.mcp.call_tool(
                data.server_url,
                data.selected_tool,
                {**data.tool_arguments, **extra},
                data.headers,
                secret_of(data.credentials, ports),
            ),
        )


def _offer(tool: Tool) -> NodeTool:
    return NodeTool(
        tool.name,
        tool.description,
        tool.parameters,
        arguments_pin="tool_arguments",
        fixed={"selected_tool": tool.name},
    )
