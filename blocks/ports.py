"""What a block may ask of the world. The engine hands in the real things, the tests hand in scripted ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from blocks.credentials import Reference, Secret


@dataclass(frozen=True)
class HttpReply:
    """An answer of another server; `body` is cut off at the port's size limit with an error, never silently."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str  # after redirects

    def text(self) -> str:
        """The body as text, in the charset that the headers name, UTF-8 otherwise."""
        content_type = self.headers.get("content-type", "")
        _, _, charset = content_type.partition("charset=")
        try:
            return self.body.decode(charset.split(";")[0].strip(' "') or "utf-8", errors="replace")
        except LookupError:
            return self.body.decode("utf-8", errors="replace")


class Http(Protocol):
    """The one way out to the network: refuses private addresses, re-checks redirects, limits size and time."""

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        timeout: float = 30.0,
        credential: Secret | None = None,
    ) -> HttpReply:
        """Send one request. Raises `BlockError` when the address is refused or the server cannot be reached.

        The credential's headers go to its own hosts only, also after redirects.
        """
        ...


@dataclass(frozen=True)
class Tool:
    """Something that a model may ask for. `parameters` is the JSON Schema of an object."""

    name: str  # letters, digits, "_" and "-", 64 at most
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class NodeTool(Tool):
    """A node of the graph that a model may ask for."""

    node_id: str = ""
    pins: Mapping[str, str] = field(default_factory=dict)  # the pin that each parameter goes to
    arguments_pin: str = ""  # else the pin that all arguments go to, as a dictionary
    fixed: Mapping[str, Any] = field(default_factory=dict)  # inputs that come with every call

    def inputs(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs of the node, by pin."""
        if self.arguments_pin:
            return {**self.fixed, self.arguments_pin: dict(arguments)}
        known = {name: arguments[name] for name in self.pins if arguments.get(name) is not None}
        return {**self.fixed, **{self.pins[name]: value for name, value in known.items()}}


@dataclass(frozen=True)
class ToolCall:
    """A model asks for a tool. `arguments` are as it wrote them: a JSON object, if it did well."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class ChatRequest:
    """One question to a model.

    `messages` have the shape of OpenAI's chat completions, whoever is asked: {"role": "system" | "user" |
    "assistant", "content": text}. A user's content may be a list of {"type": "text", "text": …} and
    {"type": "image_url", "image_url": {"url": data URI}}. An assistant's message may have "tool_calls":
    [{"id", "type": "function", "function": {"name", "arguments"}}]; each is answered by a message
    {"role": "tool", "tool_call_id", "content"}.
    """

    messages: Sequence[Mapping[str, Any]]
    model: str = ""
    max_tokens: int | None = None
    temperature: float | None = None
    tools: Sequence[Tool] = ()
    parallel_tools: bool = True  # whether the model may ask for several tools at once
    response_schema: Mapping[str, Any] | None = None  # JSON Schema that the text should match


@dataclass(frozen=True)
class ChatReply:
    """What a model said. `provider` and `model` name who really answered, not who was asked."""

    text: str
    model: str
    provider: str
    input_tokens: int = 0
    output_tokens: int = 0
    tool_calls: Sequence[ToolCall] = ()


@dataclass(frozen=True)
class EmbedReply:
    """A vector for each text, in their order."""

    vectors: Sequence[Sequence[float]]
    model: str
    provider: str
    input_tokens: int = 0


@dataclass(frozen=True)
class Usage:
    """What one question to a model used."""

    provider: str
    model: str
    input_tokens: int
    output_tokens: int = 0


class Llm(Protocol):
    """A language model: a configured provider, or the built-in offline one."""

    def chat(self, request: ChatRequest) -> ChatReply:
        """Ask and wait; tokens are streamed to whoever watches the run. Raises `BlockError`."""
        ...

    def embed(self, texts: Sequence[str], model: str = "") -> EmbedReply:
        """Turn texts into vectors whose closeness is closeness in meaning. Raises `BlockError`."""
        ...


@dataclass(frozen=True)
class Answer:
    """Why a suspended block goes on: its time has come, or somebody answered with `data`."""

    by: str  # a `WaitsFor`
    data: Mapping[str, Any] = field(default_factory=dict)


class RunContext(Protocol):
    """Where a block runs."""

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt of one node execution."""
        ...

    @property
    def answer(self) -> Answer | None:
        """None at first; once a suspended block goes on, why it does."""
        ...

    @property
    def memory(self) -> Mapping[str, Any] | None:
        """What the block left when it suspended itself; None at first."""
        ...

    def now(self) -> datetime:
        """The time, aware, in the user's time zone."""
        ...

    def is_cancelled(self) -> bool:
        """True once the run was stopped; long-running blocks ask now and then."""
        ...

    def stream(self, text: str) -> None:
        """Show a piece of unfinished output to whoever watches the run."""
        ...


class Templates(Protocol):
    """Renders untrusted templates under limits."""

    def render(self, template: str, values: Mapping[str, Any], *, escape_html: bool = False) -> str:
        """Fill a Jinja template. Raises `BlockError` when it is wrong or exceeds its limits."""
        ...


class Sandbox(Protocol):
    """Does untrusted work in a process without rights: no network, no files, little memory and time."""

    def call(
        self,
        function: str,
        arguments: Mapping[str, Any],
        *,
        subject: str = "The work",
        seconds: float = 10.0,
    ) -> Any:
        """What the function ("package.module:name") gives for these JSON arguments, also as JSON.

        Raises `BlockError`, whose sentence begins with the subject when a limit is exceeded or a parser gives up.
        """
        ...


MAX_KEPT_KEY = 200  # characters
MAX_KEPT_BYTES = 1_000_000


@dataclass(frozen=True)
class Kept:
    """A value that was kept, which may be null."""

    value: Any


class Storage(Protocol):
    """Values that outlive a run, of the user who runs the graph."""

    def keep(self, key: str, value: Any, *, is_shared: bool) -> None:
        """Keep the value for later runs of this graph or, if it is shared, of all graphs of the user.

        Raises `BlockError` (`output_too_large`, `storage_quota`).
        """
        ...

    def find(self, key: str, *, is_shared: bool) -> Kept | None:
        """What was kept last under this key."""
        ...


class Graphs(Protocol):
    """Runs other graphs."""

    def start(self, graph_id: str, version: int | None, inputs: Mapping[str, Any]) -> None:
        """Start a child run, once; its end is the answer that the block gets.

        Raises `BlockError` when there is no such graph, its inputs are wrong, or graphs are nested too deeply.
        """
        ...


class Tools(Protocol):
    """The nodes that this one may call."""

    def available(self) -> Sequence[NodeTool]:
        """The nodes that its tool pins lead to. Raises `BlockError` when one cannot tell what it offers."""
        ...


class Mcp(Protocol):
    """Servers of the Model Context Protocol, by web address or as `stdio:` and a name known to the operator."""

    def list_tools(self, server: str, headers: Mapping[str, str]) -> Sequence[Tool]:
        """The tools of a server. Raises `BlockError`."""
        ...

    def call_tool(
        self, server: str, name: str, arguments: Mapping[str, Any], headers: Mapping[str, str]
    ) -> Any:
        """What a tool gives. Raises `BlockError`, also when the tool reports a failure."""
        ...


@dataclass(frozen=True)
class FileContent:
    """A stored file."""

    content: bytes
    content_type: str
    name: str


@dataclass(frozen=True)
class FileFacts:
    """What is known of a stored file; `uri` is how values refer to it."""

    uri: str
    name: str
    content_type: str
    size: int


class Files(Protocol):
    """The files of the user who runs the graph."""

    def read(self, id_: str) -> FileContent:
        """The file with this id. Raises `BlockError` (`file_missing`)."""
        ...

    def write(
        self, name: str, content: bytes, *, content_type: str = "", lasting: bool = False
    ) -> str:
        """Keep a file, until the run is deleted or, if it is lasting, for good; returns how values refer to it.

        Raises `BlockError` (`file_too_large`, `storage_quota`, `storage_full`).
        """
        ...

    def list(self, search: str, limit: int) -> list[FileFacts]:
        """The lasting files and those of this run with this in their names, newest first."""
        ...


@dataclass(frozen=True)
class DocumentFacts:
    """What is known of a document in a collection."""

    name: str
    source: str  # where its text is from: workspace://…, a web address, or empty
    status: str  # queued, embedding, ready, failed
    passages: int
    error: str = ""


@dataclass(frozen=True)
class FoundPassage:
    """A piece of a document, and how close it is to the question: 1 is the same."""

    text: str
    heading: str  # the headings that it stands below, such as "Guide › Rooms"
    document: str
    source: str
    collection: str
    closeness: float


class Knowledge(Protocol):
    """The collections of documents of the user who runs the graph, by name."""

    def add(self, collection: str, name: str, text: str, *, source: str = "") -> DocumentFacts:
        """Cut a text and make its vectors; a document of the same name is replaced, a collection made if need be.

        Raises `BlockError` (`knowledge_limit`, `knowledge_busy`).
        """
        ...

    def search(
        self, collection: str, query: str, *, limit: int, least: float
    ) -> Sequence[FoundPassage]:
        """The passages that are `least` or closer, the closest first; of all collections if none is named.

        Raises `BlockError` (`collection_missing`, `embedder_missing`).
        """
        ...

    def list(self, collection: str, limit: int) -> Sequence[DocumentFacts]:
        """The documents of a collection, newest first. Raises `BlockError` (`collection_missing`)."""
        ...

    def delete(self, collection: str, name: str) -> bool:
        """Forget a document; tells whether it was there. Raises `BlockError` (`collection_missing`)."""
        ...


class Security(StrEnum):
    """How a connection to a mail server is encrypted."""

    AUTO = "auto"  # from the start on the ports that are made for it, else by STARTTLS
    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"  # only where the operator allows the server


@dataclass(frozen=True)
class MailServer:
    """A mail server, and as whom to log in there."""

    host: str
    port: int
    credential: Secret
    security: Security = Security.AUTO


@dataclass(frozen=True)
class MailQuery:
    """Which mails to find: those that fulfil everything that is given."""

    sender: str = ""
    subject: str = ""
    text: str = ""
    since: date | None = None
    is_unread: bool = False


@dataclass(frozen=True)
class FoundMail:
    """A mail as it lies on the server; `uid` names it within its folder."""

    uid: int
    is_read: bool
    content: bytes


class Mail(Protocol):
    """Mail servers: guarded, encrypted, limited in size and time. What fails is a `BlockError`."""

    def send(
        self, server: MailServer, sender: str, recipients: Sequence[str], message: bytes
    ) -> list[str]:
        """Hand over one mail by SMTP; returns the recipients that the server refused, if not all."""
        ...

    def find(
        self, server: MailServer, folder: str, query: MailQuery, limit: int
    ) -> list[FoundMail]:
        """The newest mails by IMAP, newest first. It leaves them unread."""
        ...

    def mark(
        self, server: MailServer, folder: str, uids: Sequence[int], flag: str, *, is_set: bool
    ) -> None:
        """Set or remove a flag of mails (`seen`, `flagged`, `answered`, `deleted`); which are gone is no error."""
        ...


class Encryption(StrEnum):
    """How a connection to a database is encrypted; the words of PostgreSQL."""

    FULL = "verify-full"  # and the certificate must be for the host
    REQUIRED = "require"
    NONE = "disable"  # only where the operator allows the server


@dataclass(frozen=True)
class DatabaseServer:
    """A database, and as whom to log in there."""

    host: str
    port: int
    name: str
    credential: Secret
    encryption: Encryption = Encryption.REQUIRED


@dataclass(frozen=True)
class SqlLimits:
    """How much one statement may do."""

    is_read_only: bool = True
    seconds: float = 30
    rows: int = 1_000
    bytes: int = 10_000_000


@dataclass(frozen=True)
class SqlResult:
    """What a statement gave: JSON values by the names of their columns."""

    columns: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    count: int | None  # of the rows that are here, or that were changed; None: nobody knows
    is_truncated: bool = False  # there are more than the limits allow


class Sql(Protocol):
    """Databases of the user: guarded, limited in size and time."""

    def query(
        self,
        server: DatabaseServer,
        statement: str,
        parameters: Mapping[str, Any],
        limits: SqlLimits,
    ) -> SqlResult:
        """Execute one statement in a transaction of its own. Raises `BlockError`.

        `%(name)s` in the statement stands for a parameter, which is sent beside it.
        """
        ...


class Credentials(Protocol):
    """The credentials that the block's pins ask for, unlocked for this attempt."""

    def read(self, reference: Reference) -> Secret:
        """What the value of a credentials pin stands for. Raises `BlockError` (`credential_unavailable`)."""
        ...


@dataclass(frozen=True)
class Ports:
    """Everything that a block's `run` gets beside its inputs."""

    run: RunContext
    http: Http
    llm: Llm
    templates: Templates
    sandbox: Sandbox
    storage: Storage
    graphs: Graphs
    credentials: Credentials
    files: Files
    knowledge: Knowledge
    mail: Mail
    sql: Sql
    tools: Tools
    mcp: Mcp
