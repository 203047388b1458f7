"""The model that needs no provider: it picks sentences out of the prompt and invents nothing."""

import re
from collections.abc import Callable

from blocks.adapters import offline_tools, prompt, structured
from blocks.adapters.prompt import Prompt
from blocks.adapters.sentences import is_mostly_wide, terms
from blocks.adapters.summary import closest, entries, shortened, summarize, usual_count
from blocks.adapters.wire import estimate_tokens
from blocks.adapters.words import INSTRUCTION_WORDS
from blocks.base import BlockError
from blocks.ports import ChatReply, ChatRequest

MODEL = "offline-extractive"
PROVIDER = "offline"

_JSON = re.compile(r"\bjson\b", re.IGNORECASE)
_SUMMARY = re.compile(r"\bsummar|总结|概括|摘要|归纳", re.IGNORECASE)
_LIST_FORM = re.compile(r"\bbullet|\bnumbered\b|列表|清单|分点|逐条|列出|列举", re.IGNORECASE)
_LIST_TOPIC = re.compile(r"\b(lists?|key points|main points|takeaways)\b|要点|条目", re.IGNORECASE)
_NUMBERED = re.compile(r"\bnumbered\b|编号", re.IGNORECASE)
_YES_NO = (
    (re.compile(r"\btrue\b.{1,12}\bfalse\b", re.IGNORECASE | re.DOTALL), ("true", "false")),
    (re.compile(r"\byes\b.{1,12}\bno\b", re.IGNORECASE | re.DOTALL), ("yes", "no")),
    (re.compile("是(或|还是|/)否|是否"), ("是", "否")),
)
_QUESTION = re.compile("[?？]")
_DETAILED = re.compile(r"\bdetailed\b|详细", re.IGNORECASE)
_NEGATION = re.compile(r"\b(not|no|never|without)\b|n['’]t\b|不|没有|并非", re.IGNORECASE)
_CONDITION = re.compile(r"(?:condition|question|statement|条件|问题)\s*[:：]\s*(.+)", re.IGNORECASE)
_UNITS = r"(?:key |main |most important )?(?:sentences?|bullet|points?|items?|takeaways?|lines?)"
_COUNT = re.compile(
    rf"(?:\b(?P<en>\d{{1,2}}|one|two|three|four|five|six|seven|eight|nine|ten)[ -]{_UNITS}"
    r"|(?P<zh>\d{1,2}|[一二两三四五六七八九十])\s*(?:句|条|个要点|个句子))",
    re.IGNORECASE,
)
_ENGLISH_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {
    word: number
    for words in (_ENGLISH_NUMBERS, "一二三四五六七八九十")
    for number, word in enumerate(words, start=1)
} | {"两": 2}
_MOST_SENTENCES = 20
_LONGEST_PROMPT = 250_000  # characters; the work grows with them, and a page of results does not
_LONGEST_INSTRUCTION = 20_000  # characters that are read
_AGREEMENT = 0.5  # the share of a condition's words that make it count as met

_NO_TEXT = (
    "The built-in offline model only summarises, lists and extracts what is in the prompt, "
    "and this prompt contains no text to work on. Connect a model provider to get an answer."
)
_NO_TEXT_WIDE = (
    "内置的离线模型只能对提示词中的文本进行摘要、列举和提取，而此提示词中没有可处理的文本。"
    "请连接模型服务商以获得回答。"
)
_NO_CHOICE = (
    "The built-in offline model cannot choose among tools. It calls what the task spells out, a line each, such as"
    ' @tool {"name": "value"}. Connect a model provider to have tools chosen.'
)


def chat(request: ChatRequest, stream: Callable[[str], None]) -> ChatReply:
    """Answer from the prompt alone. The same prompt always gets the same answer."""
    asked = "\n".join(prompt.text_in(message) for message in request.messages)
    if len(asked) > _LONGEST_PROMPT:
        raise BlockError(
            f"The built-in offline model reads {_LONGEST_PROMPT:,} characters at most; "
            "shorten the text, or connect a model provider.",
            code="llm_too_long",
        )
    call = offline_tools.next_call(request)
    text = "" if call else _text(request)
    for piece in _pieces(text):
        stream(piece)
    return ChatReply(
        text=text,
        tool_calls=(call,) if call else (),
        model=MODEL,
        provider=PROVIDER,
        input_tokens=estimate_tokens(asked),
        output_tokens=estimate_tokens(text),
    )


def _text(request: ChatRequest) -> str:
    if request.tools:
        return offline_tools.told(request) or _NO_CHOICE
    return answer(prompt.read(request.messages), request.max_tokens)


def answer(asked: Prompt, max_tokens: int | None) -> str:
    """The answer to a prompt, in the form that its instruction asks for."""
    instruction = asked.instruction[:_LONGEST_INSTRUCTION]
    if _JSON.search(instruction):
        return _json(instruction, asked.body)
    for pattern, words in _YES_NO:
        if pattern.search(instruction):
            return words[0] if _is_met(instruction, asked.body) else words[1]
    if not asked.body:
        return _NO_TEXT_WIDE if is_mostly_wide(instruction) else _NO_TEXT
    return _in_words(instruction, asked.body, max_tokens)


def _json(instruction: str, body: str) -> str:
    if not body:
        # Words in place of the JSON would only be reported as a mistake in the form.
        raise BlockError(_NO_TEXT, code="llm_offline")
    return structured.answer(instruction, body)


def _in_words(instruction: str, body: str, max_tokens: int | None) -> str:
    """A list, the answer to a question, or a summary."""
    count = count_in(instruction)
    if _wants_list(instruction):
        text = _rows(instruction, entries(body, count, instruction))
    elif not count and _QUESTION.search(instruction):
        text = closest(body, instruction)
    else:
        usual = usual_count(body) * (2 if _DETAILED.search(instruction) else 1)
        text = summarize(body, count or usual, max_tokens=max_tokens, focus=instruction)
    return text if max_tokens is None else shortened(text, max_tokens)


def _wants_list(instruction: str) -> bool:
    """Whether entries are wanted; a summary "of the key points" is still a summary."""
    if _LIST_FORM.search(instruction):
        return True
    return bool(_LIST_TOPIC.search(instruction)) and not _SUMMARY.search(instruction)


def count_in(instruction: str) -> int | None:
    """How many sentences the instruction wishes for, if it says so."""
    match = _COUNT.search(instruction)
    if not match:
        return None
    word = (match["en"] or match["zh"]).lower()
    number = int(word) if word.isdecimal() else _NUMBERS[word]
    return min(max(number, 1), _MOST_SENTENCES)


def _rows(instruction: str, found: list[str]) -> str:
    is_numbered = bool(_NUMBERED.search(instruction))
    marks = (f"{number}." if is_numbered else "-" for number in range(1, len(found) + 1))
    return "\n".join(f"{mark} {row}" for mark, row in zip(marks, found, strict=True))


def _is_met(instruction: str, body: str) -> bool:
    """Whether the text has what the condition names: a guess by kind and by shared words."""
    match = _CONDITION.search(instruction) or _CONDITION.search(body)
    condition = match[1] if match else instruction
    subject = body.replace(match[0], "") if match else body
    known = structured.found_by_kind(condition, subject)
    wanted = set(terms(condition)) - INSTRUCTION_WORDS
    shared = wanted.intersection(terms(subject))
    is_there = bool(known) if known is not None else len(shared) >= _AGREEMENT * len(wanted) > 0
    return is_there is not bool(_NEGATION.search(condition))


def _pieces(text: str) -> list[str]:
    """The answer in portions like those that a provider streams."""
    return re.findall(r"[^\s，。；！？]+[\s，。；！？]*|[\s，。；！？]+", text)
