"""Ports for running blocks by themselves: answers by script, a clock that stands still, real templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from mimetypes import guess_type
from typing import Any
from uuid import UUID

from blocks.adapters.sentences import terms
from blocks.adapters.templates import SandboxedTemplates
from blocks.base import BlockError
from blocks.coercion import parse_input
from blocks.credentials import Reference, Secret, unavailable
from blocks.ports import (
    ChatReply,
    ChatRequest,
    DocumentFacts,
    EmbedReply,
    FileContent,
    FileFacts,
    FoundMail,
    FoundPassage,
    GraphFacts,
    HttpReply,
    Kept,
    KeptUnder,
    Ports,
    SqlResult,
    Tool,
    ToolCall,
)
from blocks.registry import find
from blocks.sandbox.pool import ProcessSandbox

NOW = datetime(2026, 1, 31, 9, 30, 15, tzinfo=UTC)

sandbox = ProcessSandbox(children=1)
templates = SandboxedTemplates(sandbox)


class StoredFiles:
    """The `files` port, in memory; ids count from one."""

    def __init__(self) -> None:
        self._files: dict[str, FileContent] = {}

    def write(self, name, content, *, content_type="", lasting=False):
        id_ = str(UUID(int=len(self._files) + 1))
        kind = content_type or guess_type(name)[0]
        self._files[id_] = FileContent(content, kind, name)
        return f"workspace://{id_}#{kind}"

    def read(self, id_):
        if id_ not in self._files:
            raise BlockError("There is no such file", code="file_missing")
        return self._files[id_]

    def list(self, search, limit):
        return [
            FileFacts(
                f"workspace://{id_}#{each.content_type}",
                each.name,
                each.content_type,
                len(each.content),
            )
            for id_, each in self._files.items()
            if search in each.name
        ][:limit]


class KnownDocuments:
    """The `knowledge` port, in memory: a passage is a document, and close if it has a word of the question."""

    def __init__(self) -> None:
        self._collections: dict[str, dict[str, DocumentFacts]] = {}
        self._texts: dict[str, str] = {}

    def add(self, collection, name, text, *, source="", model="", credential=None):
        self._texts[name] = text
        facts = DocumentFacts(name, source, "ready", 1)
        self._collections.setdefault(collection, {})[name] = facts
        return facts

    def _find(self, collection):
        if collection not in self._collections:
            raise BlockError("There is no collection of this name", code="collection_missing")
        return self._collections[collection]

    def search(self, collection, query, *, limit, least, credential=None):
        return [
            FoundPassage(self._texts[each.name], "", each.name, each.source, collection, 0.5)
            for each in self._find(collection).values()
            if set(terms(query)) & set(terms(self._texts[each.name]))
        ][:limit]

    def list(self, collection, limit):
        return list(self._find(collection).values())[:limit]

    def delete(self, collection, name):
        return self._find(collection).pop(name, None) is not None


class ScriptedMail:
    """The `mail` port, with the answers of a script."""

    def __init__(self, next_answer):
        self._next_answer = next_answer

    def send(self, server, sender, recipients, message):
        mail = {"server": server, "from": sender, "to": list(recipients), "message": message}
        return self._next_answer(mail).get("refused", [])

    def find(self, server, folder, query, limit):
        mails = self._next_answer({"server": server, "folder": folder, "query": query})["mails"]
        return [
            FoundMail(each["uid"], each.get("is_read", False), each["content"].encode())
            for each in mails[:limit]
        ]

    def mark(self, server, folder, uids, flag, *, is_set):
        self._next_answer({"folder": folder, "uids": uids, "flag": flag, "is_set": is_set})


@dataclass
class Script:
    """The answers still to come, the questions that were asked, and what was shown."""

    answers: list[Mapping[str, Any]] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    cancelled: bool = False
    secret: Secret | None = None
    files: StoredFiles = field(default_factory=StoredFiles)
    kept: dict[Any, Any] = field(default_factory=dict)
    knowledge: KnownDocuments = field(default_factory=KnownDocuments)

    def next_answer(self, question: Any) -> Mapping[str, Any]:
        self.asked.append(question)
        assert self.answers, f"no answer is left for {question}"
        answer = self.answers.pop(0)
        if "error" in answer:
            raise BlockError(answer["error"], retryable=answer.get("retryable", False))
        return answer

    # The `http` port

    def request(self, method, url, *, headers=None, content=None, timeout=30.0, credential=None):
        question = {"method": str(method), "url": url, "headers": headers, "content": content}
        if credential:
            question["credential"] = credential
        answer = self.next_answer(question)
        body = answer.get("body", "")
        return HttpReply(
            status=answer["status"],
            headers=answer.get("headers", {}),
            body=body if isinstance(body, bytes) else body.encode(),
            url=url,
        )

    # The `llm` port

    def chat(self, request: ChatRequest) -> ChatReply:
        answer = self.next_answer(request)
        return ChatReply(
            text=answer.get("text", ""),
            tool_calls=tuple(ToolCall(**call) for call in answer.get("tool_calls", ())),
            model="scripted",
            provider="test",
            input_tokens=answer.get("input_tokens", 0),
            output_tokens=answer.get("output_tokens", 0),
            **{key: answer[key] for key in ("id", "reasoning", "annotations") if key in answer},
        )

    def embed(self, texts, model="", credential=None) -> EmbedReply:
        answer = self.next_answer({"texts": texts, "model": model, "credential": credential})
        return EmbedReply(vectors=answer["vectors"], model="scripted", provider="test")

    # The `run` port

    idempotency_key = "test"
    node_id = "node"
    answer = None
    memory = None

    # The `tools` port

    tools: Sequence[Any] = ()

    def available(self):
        return self.tools

    # The `credentials` port

    def read(self, reference: Reference) -> Secret:
        if self.secret is None:
            raise unavailable("There is no such credential")
        return self.secret

    # The `sql` port

    def query(self, server, statement, parameters, limits):
        question = {"server": server, "statement": statement, "parameters": parameters}
        return SqlResult(**self.next_answer({**question, "limits": limits}))

    # The `graphs` port

    def start(self, graph_id, version, inputs, masks, **more):
        question = {"graph_id": graph_id, "version": version, "inputs": inputs, "masks": masks}
        self.next_answer(question | more)

    def search(self, text, limit):
        return [GraphFacts(**each) for each in self.next_answer(text)["graphs"]][:limit]

    # The `block_rules` port

    def require_free(self, block_id):
        pass

    # The `mcp` port

    def list_tools(self, server, headers, credential=None):
        question = {"server": server, "credential": credential}
        return [Tool(**tool) for tool in self.next_answer(question)["tools"]]

    def call_tool(self, server, name, arguments, headers, credential=None):
        question = {"server": server, "name": name, "arguments": arguments}
        return self.next_answer({**question, "credential": credential})["result"]

    # The `storage` port

    def keep(self, key, value, *, is_shared):
        self.kept[key, is_shared] = value

    def find(self, key, *, is_shared):
        return Kept(self.kept[key, is_shared]) if (key, is_shared) in self.kept else None

    def append(self, key, value, *, most, is_shared):
        found = [*self.kept.get((key, is_shared), ()), value][-most:]
        self.kept[key, is_shared] = found
        return found

    def add(self, key, amount, *, is_shared):
        self.kept[key, is_shared] = self.kept.get((key, is_shared), 0) + amount
        return self.kept[key, is_shared]

    def delete(self, key, *, is_shared):
        return self.kept.pop((key, is_shared), None) is not None

    def list(self, prefix, limit, *, is_shared):
        keys = sorted(key for key, shared in self.kept if shared is is_shared)
        found = [key for key in keys if key.startswith(prefix)]
        return [KeptUnder(self.kept[key, is_shared], key) for key in found[:limit]]

    def now(self) -> datetime:
        return NOW

    def is_cancelled(self) -> bool:
        return self.cancelled

    def stream(self, text: str) -> None:
        self.shown.append(text)

    def ports(self) -> Ports:
        return Ports(
            run=self,
            http=self,
            llm=self,
            templates=templates,
            files=self.files,
            knowledge=self.knowledge,
            graphs=self,
            block_rules=self,
            credentials=self,
            mail=ScriptedMail(self.next_answer),
            sql=self,
            tools=self,
            mcp=self,
            sandbox=sandbox,
            storage=self,
        )


def run_block(
    block_id: str, given: Mapping[str, Any], script: Script | None = None
) -> list[tuple[str, Any]]:
    """Everything that the block yields for these inputs."""
    block = find(block_id)
    assert block is not None, block_id
    script = script or Script()
    return list(block.run(parse_input(block, given), script.ports()))


def answering(*answers: Mapping[str, Any]) -> Script:
    return Script(answers=list(answers))


def shapes_agree(yielded: Sequence[tuple[str, Any]], expected: Sequence[tuple[str, Any]]) -> bool:
    """Whether the pairs are equal, in order; an expected type stands for any value of it."""
    return len(yielded) == len(expected) and all(
        pin == wanted_pin
        and (isinstance(value, wanted) if isinstance(wanted, type) else value == wanted)
        for (pin, value), (wanted_pin, wanted) in zip(yielded, expected, strict=True)
    )
