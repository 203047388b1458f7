"""JSON answers of the offline model: the asked keys, filled from the text as well as it goes."""

import json
import re
from collections.abc import Callable, Iterator, Mapping

from blocks.adapters.sentences import lines, paragraphs, terms
from blocks.adapters.summary import closest, entries, keywords, shortened, summarize

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

_QUOTED_KEY = re.compile(r"[\"'`]([A-Za-z_\u4e00-\u9fff][\w -]{0,40})[\"'`]")
_SPEAKS_OF_KEYS = re.compile(r"\b(keys?|fields?|propert(y|ies))\b|键|字段|属性", re.IGNORECASE)
_WANTS_ARRAY = re.compile(r"json (array|list)|(array|list) of|列表|数组|\[\s*[\"{]", re.IGNORECASE)
_ANSWER_TAG = re.compile(
    r"<(?P<name>[\w-]{0,20}(?:json|output|answer|response)[\w-]{0,20})[^<>]{0,100}>"
)
_WORDS_IN_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[\u4e00-\u9fff]+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_PATTERNS = {
    ("email", "mail", "邮箱", "邮件"): re.compile(
        r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
    ),
    ("url", "link", "website", "网址", "链接"): re.compile(r"https?://[^\s<>\"'）)，。]+"),
    # Not the digits of a longer word, such as an id.
    ("phone", "telephone", "电话", "手机"): re.compile(
        r"(?<![A-Za-z0-9_-])\+?\d[\d ()-]{6,20}\d(?![A-Za-z0-9_-])"
    ),
    ("date", "day", "when", "日期", "时间"): re.compile(
        r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
        r"|(?:\d{1,2} )?(?:January|February|March|April|May|June|July|August|September|October|"
        r"November|December)(?: \d{1,2},?)?(?: \d{4})?|\d{4}年"
    ),
}
_TITLES = ("title", "headline", "heading", "subject", "topic", "theme", "标题", "主题", "题目")
_SUMMARIES = (
    "summary",
    "abstract",
    "overview",
    "description",
    "gist",
    "摘要",
    "总结",
    "概括",
    "简介",
)
_KEYWORDS = ("keyword", "keywords", "tag", "tags", "topics", "关键词", "标签")
_LISTS = ("list", "array", "items", "points", "bullets", "列表", "数组", "要点", "清单")
_BOOLEANS = ("boolean", "bool", "whether", "true", "false", "是否")
_NUMBERS = ("number", "integer", "int", "float", "count", "score", "rating", "数字", "数量", "评分")
_MAX_OBJECTS = 50  # more are looked at only by who wants to keep us busy
_KEYWORD_COUNT = 5
_TITLE_TOKENS = 16


def answer(instruction: str, body: str) -> str:
    """A JSON text with what the instruction asks for, in the tags that it asks for."""
    wanted = wanted_keys(instruction)
    is_array = bool(_WANTS_ARRAY.search(_without_objects(instruction)))
    data: Json
    if wanted:
        found = fill(wanted, body)
        data = [found] if is_array else found
    elif is_array:
        data = [*entries(body, None)]
    else:
        data = {"summary": summarize(body, 2)}
    return _in_tags(instruction, json.dumps(data, ensure_ascii=False))


def wanted_keys(instruction: str) -> dict[str, Json]:
    """The keys of the answer, each with its description or with a sample of its type."""
    samples = [found for found in _objects_in(instruction) if found]
    if not samples and not _SPEAKS_OF_KEYS.search(instruction):
        return {}
    if not samples:
        return dict.fromkeys(_QUOTED_KEY.findall(instruction), "")
    sample = max(samples, key=len)
    properties = sample.get("properties")
    return properties if isinstance(properties, dict) else sample


def fill(wanted: Mapping[str, Json], body: str) -> dict[str, Json]:
    """A value from the text for each key."""
    return {key: _value(key, hint, body) for key, hint in wanted.items()}


def _objects_in(text: str) -> Iterator[dict[str, Json]]:
    """The JSON objects that stand somewhere in the text."""
    decoder = json.JSONDecoder()
    position = text.find("{")
    for _ in range(_MAX_OBJECTS):
        if position < 0:
            return
        try:
            found, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            end = position + 1
        else:
            yield found
        position = text.find("{", end)


def _without_objects(text: str) -> str:
    """The words around the JSON objects, whose descriptions may speak of lists themselves."""
    before, brace, after = text.partition("{")
    return before + after.rpartition("}")[2] if brace else text


def _value(key: str, hint: Json, body: str) -> Json:
    if isinstance(hint, dict):
        kind = hint.get("type")
        if isinstance(kind, str):  # a piece of JSON Schema
            return _described(key, f"{kind} {hint.get('description', '')}", body)
        return fill(hint, body)
    find = _BY_SAMPLE.get(type(hint))
    return find(key, body) if find else _described(key, str(hint or ""), body)


def _described(key: str, description: str, body: str) -> Json:
    """The value for a key that comes with words instead of a sample."""
    known = found_by_kind(key, body)
    if known is not None:
        return known
    for names, find in _BY_KEY.items():
        if _names(key, names):
            return find(key, body)
    for names, find in _BY_DESCRIPTION.items():
        if _names(description, names):
            return find(key, body)
    return closest(body, f"{key} {description}")


def found_by_kind(name: str, body: str) -> str | None:
    """The first address, date or the like in the text; None when `name` speaks of no such thing."""
    for names, pattern in _PATTERNS.items():
        if _names(name, names):
            match = pattern.search(body)
            return match[0] if match else ""
    return None


def _names(text: str, names: tuple[str, ...]) -> bool:
    """Whether one of the names is a word of a key ("due_date", "dueDate") or a description."""
    words = {word.lower() for word in _WORDS_IN_NAME.findall(text)}
    return any(name in words or (not name.isascii() and name in text) for name in names)


def _title_for(_key: str, body: str) -> Json:
    """The heading of the text, else the beginning of its main sentence."""
    first = next((line for block in paragraphs(body) for line in lines(block)), "")
    is_heading = bool(first) and first[-1] not in ".!?。！？:：" and len(first) < len(body)
    return shortened(first if is_heading else summarize(body, 1), _TITLE_TOKENS)


def _summary_for(key: str, body: str) -> Json:
    return summarize(body, 2, focus=key)


def _keywords_for(_key: str, body: str) -> Json:
    return [*keywords(body, _KEYWORD_COUNT)]


def _list_for(key: str, body: str) -> Json:
    return _keywords_for(key, body) if _names(key, _KEYWORDS) else [*entries(body, None, key)]


def _speaks_of(key: str, body: str) -> Json:
    wanted = set(terms(" ".join(_WORDS_IN_NAME.findall(key))))
    return bool(wanted) and wanted.issubset(terms(body))


def _number_for(key: str, body: str) -> Json:
    """The first number in the sentence that is closest to the key."""
    for sentence in (closest(body, key), body):
        match = _NUMBER.search(sentence)
        if match:
            return float(match[0]) if "." in match[0] else int(match[0])
    return 0


_Find = Callable[[str, str], Json]
_BY_SAMPLE: Mapping[type, _Find] = {
    list: _list_for,
    bool: _speaks_of,
    int: _number_for,
    float: _number_for,
}
_BY_KEY: Mapping[tuple[str, ...], _Find] = {
    _TITLES: _title_for,
    _SUMMARIES: _summary_for,
    _KEYWORDS: _keywords_for,
}
_BY_DESCRIPTION: Mapping[tuple[str, ...], _Find] = {
    _KEYWORDS: _keywords_for,
    _LISTS: _list_for,
    _BOOLEANS: _speaks_of,
    _NUMBERS: _number_for,
    _TITLES: _title_for,
    _SUMMARIES: _summary_for,
}


def _in_tags(instruction: str, text: str) -> str:
    """The text between the tags that the instruction wants around an answer, if it names some."""
    match = _ANSWER_TAG.search(instruction)
    return f"{match[0]}{text}</{match['name']}>" if match else text
