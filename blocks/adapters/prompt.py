"""Reading a prompt: which part is the instruction, which part the text that it is about."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from blocks.adapters.sentences import columns, paragraphs, sentences

_FENCE = re.compile(r'(?P<mark>```[a-z]*\n?|"""|<(?P<tag>[a-zA-Z_][\w-]{0,40})>)')
_MAX_FENCES = 50  # each is searched to the end of the text
_COMMAND = re.compile(
    r"\W*(please|kindly|summar\w*|tl;?dr|shorten|condense|rewrite|translate|paraphrase|you are|"
    r"act as|give|list|write|answer|explain|describe|generate|create|return|respond|reply|tell|"
    r"extract|identify|find|analy[sz]e|classify|decide|based on|focus|use|using|make|provide|output|"
    r"read|the (list|answer|output|result|response)|does|is|are|can|could|what|who|when|where|why|"
    r"how|which)\b|.*\bthe following\b",
    re.IGNORECASE,
)
_COMMAND_WIDE = re.compile(
    r".{0,12}(请|总结|概括|摘要|归纳|提炼|概述|简述|列出|列举|翻译|回答|改写|生成|以下|下面|提取|你是)"
)
_LABEL = re.compile(
    r"^(text|article|content|input|document|source|passage|context|data|source_data|source data|"
    r"文本|正文|内容|原文|文章|材料|资料|输入)\s*[:：]\s*",
    re.IGNORECASE,
)
_INLINE = re.compile(r"^(?P<ask>[^\n]{3,300}?)[:：]\s*(?P<body>\S.*)$", re.DOTALL)
_NAMES_A_TEXT = re.compile(
    r"summar|\btext\b|following|below|文本|文章|以下|下面|内容|总结|概括|摘要", re.IGNORECASE
)
_FORMAT = ("{", "[", "```", "<")  # how a wanted answer format begins
_LONGEST_INSTRUCTION = 400  # columns of one paragraph
_LONGEST_FORMAT = 4000  # columns, when it lists the keys of a JSON answer
_SHORTEST_BODY = 24  # columns in the same line as an instruction: less is a part of it
_SHORTEST_BARE_BODY = 60  # columns without any instruction


@dataclass(frozen=True)
class Prompt:
    """A prompt taken apart; `body` is empty when there is no text beside the instruction."""

    instruction: str
    body: str


def read(messages: Sequence[Mapping[str, Any]]) -> Prompt:
    """The instruction of the system messages and the last question, and the text it speaks of."""
    system = [text_in(m) for m in messages if m.get("role") == "system"]
    talk = [text_in(m) for m in messages if m.get("role") != "system"]
    asked = split(talk[-1]) if talk else Prompt("", "")
    if asked.body:
        return Prompt("\n".join([*system, asked.instruction]).strip(), asked.body)
    # The question may be about a text that came earlier, with an instruction of its own.
    earlier = max(map(split, [*system, *talk[:-1]]), key=lambda p: len(p.body), default=asked)
    rules = [text for text in system if earlier.body not in text or not earlier.body]
    parts = [*rules, earlier.instruction, asked.instruction]
    return Prompt("\n".join(dict.fromkeys(parts)).strip(), earlier.body)


def text_in(message: Mapping[str, Any]) -> str:
    """The text of a message, whose content may be a list of parts."""
    content = message.get("content")
    if isinstance(content, list):
        parts = (part.get("text") for part in content if isinstance(part, dict))
        return "\n".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def split(text: str) -> Prompt:
    """One message taken apart: fenced text, else paragraphs, else the part after the colon."""
    return _by_fence(text) or _by_paragraph(text) or _by_colon(text) or _by_sentence(text)


def _by_fence(text: str) -> Prompt | None:
    """The longest part between code fences, triple quotes or tags, unless it is only a format."""
    fenced = [span for span in _fenced(text) if not text[slice(*span)].lstrip().startswith("{")]
    start, end = max(fenced, key=lambda span: span[1] - span[0], default=(0, 0))
    body = text[start:end].strip()
    if _is_short(body, _SHORTEST_BODY):
        return None
    # What is left of the marks does no harm in the instruction.
    return Prompt(f"{text[:start]}\n{text[end:]}".strip(), body)


def _fenced(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of what stands between an opening mark and its closing mark."""
    position = 0
    for _ in range(_MAX_FENCES):
        match = _FENCE.search(text, position)
        if not match:
            return
        closing = f"</{match['tag']}>" if match["tag"] else match["mark"][:3]
        end = text.find(closing, match.end())
        if end >= 0:
            yield match.end(), end
        position = match.end() if end < 0 else end + len(closing)


def _by_paragraph(text: str) -> Prompt | None:
    """Instructions stand before or after the text, as paragraphs or lines of their own."""
    blocks = paragraphs(text)
    if len(blocks) < 2:
        blocks = [line.strip() for line in text.splitlines() if line.strip()]
    inline = _by_colon(blocks[0]) if len(blocks) > 1 else None
    if inline:
        blocks = [inline.instruction, inline.body, *blocks[1:]]
    first, last = 1 if inline else 0, len(blocks)
    while not inline and first < last and _is_instruction(blocks[first]):
        first += 1
    while last > first and _is_instruction(blocks[last - 1]):
        last -= 1
    body = "\n\n".join(blocks[first:last])
    if not body or (first == 0 and last == len(blocks) and not _LABEL.match(body)):
        return None
    return Prompt("\n".join([*blocks[:first], *blocks[last:]]), _LABEL.sub("", body))


def _is_instruction(block: str) -> bool:
    """Whether a paragraph or line tells what to do instead of being the text to do it with."""
    longest = _LONGEST_FORMAT if "json" in block.lower() else _LONGEST_INSTRUCTION
    if len(block) > longest or columns(block) > longest or _LABEL.match(block):
        return False
    return _commands(block) or block.startswith(_FORMAT) or block[-1] in ":：?？"


def _commands(text: str) -> bool:
    return bool(_COMMAND.match(text) or _COMMAND_WIDE.match(text))


def _by_colon(text: str) -> Prompt | None:
    """An instruction, a colon, and the text behind it in the same line."""
    match = _INLINE.match(text.strip())
    if not match or not _commands(match["ask"]) or len(sentences(match["ask"])) > 1:
        return None
    ask, body = match["ask"], match["body"].strip()
    if body.startswith(_FORMAT) or (
        _is_short(body, _SHORTEST_BODY) and not _NAMES_A_TEXT.search(ask)
    ):
        return None
    return Prompt(ask, body)


def _by_sentence(text: str) -> Prompt:
    """The first or the last sentence may be the instruction; else a long text is all body."""
    text = text.strip()
    found = sentences(text)
    if len(found) > 1 and _is_instruction(found[0]):
        return _beside(found[0], text.removeprefix(found[0]), text)
    if len(found) > 1 and _is_instruction(found[-1]):
        return _beside(found[-1], text.removesuffix(found[-1]), text)
    is_body = not _is_short(text, _SHORTEST_BARE_BODY) and not _commands(text)
    return Prompt("", text) if is_body else Prompt(text, "")


def _beside(instruction: str, rest: str, text: str) -> Prompt:
    """The rest is a text to work on if it is long enough and not one more instruction."""
    body = rest.strip()
    if _is_short(body, _SHORTEST_BODY) or _commands(body):
        return Prompt(text, "")
    return Prompt(instruction, body)


def _is_short(text: str, least: int) -> bool:
    return len(text) < least and columns(text) < least
