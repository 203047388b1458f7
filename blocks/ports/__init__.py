"""What a block may ask of the world. The engine hands in the real things, the tests hand in scripted ones."""

from __future__ import annotations

from typing import NamedTuple

from blocks.ports.http import Http, HttpReply
from blocks.ports.knowledge import DocumentFacts, FoundPassage, Knowledge
from blocks.ports.mail import FoundMail, Mail, MailQuery, MailServer, Security
from blocks.ports.models import (
    ChatReply,
    ChatRequest,
    EmbedReply,
    Llm,
    Mcp,
    NodeTool,
    Tool,
    ToolCall,
    Tools,
    Usage,
)
from blocks.ports.run import Answer, BlockRules, Credentials, GraphFacts, Graphs, RunContext
from blocks.ports.sandboxes import Sandbox, Templates
from blocks.ports.sql import DatabaseServer, Encryption, Sql, SqlLimits, SqlResult
from blocks.ports.storage import (
    MAX_KEPT_BYTES,
    MAX_KEPT_KEY,
    FileContent,
    FileFacts,
    Files,
    Kept,
    KeptUnder,
    Storage,
)

__all__ = [
    "MAX_KEPT_BYTES",
    "MAX_KEPT_KEY",
    "Answer",
    "BlockRules",
    "ChatReply",
    "ChatRequest",
    "Credentials",
    "DatabaseServer",
    "DocumentFacts",
    "EmbedReply",
    "Encryption",
    "FileContent",
    "FileFacts",
    "Files",
    "FoundMail",
    "FoundPassage",
    "GraphFacts",
    "Graphs",
    "Http",
    "HttpReply",
    "Kept",
    "KeptUnder",
    "Knowledge",
    "Llm",
    "Mail",
    "MailQuery",
    "MailServer",
    "Mcp",
    "NodeTool",
    "Ports",
    "RunContext",
    "Sandbox",
    "Security",
    "Sql",
    "SqlLimits",
    "SqlResult",
    "Storage",
    "Templates",
    "Tool",
    "ToolCall",
    "Tools",
    "Usage",
]


class Ports(NamedTuple):
    """Everything that a block's `run` gets beside its inputs."""

    run: RunContext
    http: Http
    llm: Llm
    templates: Templates
    sandbox: Sandbox
    storage: Storage
    graphs: Graphs
    block_rules: BlockRules
    credentials: Credentials
    files: Files
    knowledge: Knowledge
    mail: Mail
    sql: Sql
    tools: Tools
    mcp: Mcp
