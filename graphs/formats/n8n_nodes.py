"""What each kind of n8n node becomes. A kind is a function from its source to a part of the drawing."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from graphs.formats.bundle import About
from graphs.formats.n8n_sketch import End, Part, Sketch, Source, placeholder
from graphs.formats.shapes import mapping, rows
from graphs.sentences import Sentence

Kind = Callable[[Sketch, Source], Part]

_OPERATORS = {
    "equals": "==",
    "equal": "==",
    "notEquals": "!=",
    "notEqual": "!=",
    "gt": ">",
    "larger": ">",
    "after": ">",
    "gte": ">=",
    "largerEqual": ">=",
    "lt": "<",
    "smaller": "<",
    "before": "<",
    "lte": "<=",
    "smallerEqual": "<=",
}
_OF_SWITCH = {**_OPERATORS, "contains": "contains"}
_NEW_SET, _NEW_LOOP = 3, 3  # versions from which on parameters and outputs are others


def part_of(sketch: Sketch, source: Source) -> Part:
    """What a node becomes."""
    kind = _KINDS.get(source.type, placeholder)
    if source.is_disabled and kind not in {_start, _schedule, _webhook, _note}:
        return _disabled(sketch, source)
    return kind(sketch, source)


def aside(sketch: Sketch, source: Source) -> Part:
    """A node that nothing leads to there: it never ran, so here it is something to read."""
    if source.type == "stickyNote":
        return _note(sketch, source)
    text = json.dumps(
        {"type": source.type, "parameters": source.parameters}, ensure_ascii=False, indent=2
    )
    id_ = sketch.add(source, "note_block", text=text)
    sketch.remark(About.CHANGED, id_, Sentence("no trigger leads to it, so it is a note here"))
    return Part((), {})


def _disabled(sketch: Sketch, source: Source) -> Part:
    """There, too, such a node hands on what comes in."""
    part = _pass(sketch, source)
    text = Sentence("it was switched off there; here it hands on what comes in")
    sketch.remark(About.CHANGED, part.entries[0].node_id, text)
    return part


def _start(sketch: Sketch, source: Source) -> Part:
    id_ = sketch.add(source, "input_block", name=source.name, value={})
    return Part((), {0: End(id_, "result")})


def _webhook(sketch: Sketch, source: Source) -> Part:
    id_ = sketch.add(source, "webhook_trigger_block")
    sketch.remark(About.CONFIGURE, id_, Sentence("make a webhook for it on the page of the graph"))
    text = Sentence("what was sent is the data itself here, not below “body”")
    sketch.remark(About.CHANGED, id_, text)
    return Part((), {0: End(id_, "payload")})


def _schedule(sketch: Sketch, source: Source) -> Part:
    part = _start(sketch, source)
    text = Sentence("make a schedule for it on the page of the graph")
    sketch.remark(About.CONFIGURE, part.exits[0].node_id, text)
    return part


def _http(sketch: Sketch, source: Source) -> Part:
    given = source.parameters
    id_ = sketch.add(source, "send_web_request_block", method=str(given.get("method", "GET")))
    headers = {f"headers_#_{name}": value for name, value in _pairs(given, "headerParameters")}
    body = {f"body_#_{name}": value for name, value in _pairs(given, "bodyParameters")}
    entries = sketch.fill(source, id_, url=given.get("url", ""), **headers, **body)
    if given.get("authentication") not in {None, "none"}:
        sketch.remark(About.CONFIGURE, id_, Sentence("give it the credential that it used"))
    for left in sorted({"queryParameters", "jsonBody", "options"} & {k for k in given if given[k]}):
        sketch.remark(About.CHANGED, id_, Sentence("“{name}” is left out", name=left))
    return _started(id_, entries, {0: End(id_, "response"), 1: End(id_, "error")}, sketch)


def _pairs(given: Mapping[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    for each in rows(mapping(given.get(name)).get("parameters")):
        if each.get("name"):
            yield str(each["name"]), each.get("value")


def _started(id_: str, entries: tuple[End, ...], exits: Mapping[int, End], sketch: Sketch) -> Part:
    """A node that needs nothing of what comes in would not wait for it; say so."""
    if not entries:
        text = Sentence("it needs nothing of what comes before, so it starts with the run")
        sketch.remark(About.CHANGED, id_, text)
    return Part(entries, exits)


def _set(sketch: Sketch, source: Source) -> Part:
    id_ = sketch.add(source, "add_to_dictionary_block", key="", entries={})
    entries = sketch.fill(
        source, id_, **{f"entries_#_{name}": value for name, value in _assigned(source.parameters)}
    )
    if source.parameters.get("includeOtherFields") is not True and source.version >= _NEW_SET:
        sketch.remark(
            About.CHANGED, id_, Sentence("what came in is kept beside the fields that it sets")
        )
    return Part((End(id_, "dictionary"), *entries), {0: End(id_, "updated_dictionary")})


def _assigned(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The names and values of *Edit fields*, in the forms of its versions."""
    groups = [mapping(given.get("assignments")).get("assignments")]
    groups += mapping(given.get("values")).values()
    for group in groups:
        for each in rows(group):
            if each.get("name"):
                yield str(each["name"]), each.get("value")


def _if(sketch: Sketch, source: Source) -> Part:
    conditions = list(_conditions(source.parameters))
    left, name, right = conditions[0] if conditions else ("", "equals", "")
    id_ = sketch.add(source, "condition_block", operator=_OPERATORS.get(name, "=="))
    _tell_of_operators(sketch, id_, [name])
    entries = sketch.fill(source, id_, value1=left, value2=right)
    if len(conditions) > 1:
        text = Sentence("of its conditions only the first is taken over")
        sketch.remark(About.CONFIGURE, id_, text)
    data = (End(id_, "yes_value"), End(id_, "no_value"))
    return Part((*entries, *data), {0: End(id_, "yes_output"), 1: End(id_, "no_output")})


def _conditions(given: Mapping[str, Any]) -> Iterator[tuple[Any, str, Any]]:
    """(left, name of the operator, right) of each, in the forms of the node's versions."""
    for group in mapping(given.get("conditions")).values():
        for each in rows(group):
            yield _condition(each)


def _condition(given: Mapping[str, Any]) -> tuple[Any, str, Any]:
    name = str(mapping(given.get("operator")).get("operation", given.get("operation", "equal")))
    left = given.get("leftValue", given.get("value1", ""))
    right = given.get("rightValue", given.get("value2", ""))
    if name in {"true", "false"}:
        return left, "equals", name == "true"
    if name in {"empty", "notEmpty"}:
        return left, "equals" if name == "empty" else "notEquals", ""
    return left, name, right


def _tell_of_operators(
    sketch: Sketch, id_: str, names: Iterable[str], known: Mapping[str, str] = _OPERATORS
) -> None:
    for name in sorted(set(names) - known.keys()):
        text = Sentence("it compares by “{name}” there; say here what is meant", name=name)
        sketch.remark(About.CONFIGURE, id_, text)


def _switch(sketch: Sketch, source: Source) -> Part:
    rules = mapping(source.parameters.get("rules"))
    values = rows(rules.get("values", rules.get("rules")))
    cases, left, operators = [], "", []
    for number, rule in enumerate(values):
        found = list(_conditions(rule)) or [
            (source.parameters.get("value1", ""), "equals", rule.get("value2", ""))
        ]
        left = left or found[0][0]
        name = str(rule.get("outputKey") or f"output {number}")
        operators.append(found[0][1])
        operator = _OF_SWITCH.get(found[0][1], "==")
        cases.append({"output": name, "operator": operator, "value": found[0][2]})
    id_ = sketch.add(source, "switch_block", cases=cases)
    _tell_of_operators(sketch, id_, operators, _OF_SWITCH)
    entries = sketch.fill(source, id_, value=left)
    exits = {number: End(id_, case["output"]) for number, case in enumerate(cases)}
    return Part((*entries, End(id_, "data")), {**exits, len(cases): End(id_, "default")})


def _merge(sketch: Sketch, source: Source) -> Part:
    mode = str(source.parameters.get("mode", "append"))
    is_by_position = source.parameters.get("combineBy") == "combineByPosition"
    how = "position" if is_by_position or mode == "mergeByIndex" else "append"
    id_ = sketch.add(source, "merge_block", how=how)
    if mode not in {"append", "mergeByIndex"} and how == "append":
        text = Sentence("its way of merging ({mode}) is append here", mode=mode)
        sketch.remark(About.CONFIGURE, id_, text)
    return Part((End(id_, "values"),), {0: End(id_, "merged")})


def _loop(sketch: Sketch, source: Source) -> Part:
    each = sketch.add(source, "for_each_block")
    collect = sketch.add(source, "collect_block", "results")
    done, body = (0, 1) if source.version >= _NEW_LOOP else (1, 0)
    exits = {done: End(collect, "list"), body: End(each, "item")}
    return Part((End(each, "items"),), exits, returns=End(collect, "item"), body=body)


def _code(sketch: Sketch, source: Source) -> Part:
    given = source.parameters
    if given.get("language") not in {"python", "pythonNative"}:
        text = f"# Written in JavaScript there:\n{given.get('jsCode') or given.get('functionCode') or ''}"
        code = "\n".join(f"# {line}".rstrip() for line in text.splitlines()) + "\nitem"
    else:
        code = str(given.get("pythonCode", ""))
    id_ = sketch.add(source, "execute_code_block", code=code)
    text = Sentence(
        "write its code anew in Python; what comes in is “item”, the last line is what goes out"
    )
    sketch.remark(About.CONFIGURE, id_, text)
    return Part((End(id_, "inputs_#_item"),), {0: End(id_, "result"), 1: End(id_, "error")})


def _pass(sketch: Sketch, source: Source) -> Part:
    id_ = sketch.add(source, "print_to_console_block")
    return Part((End(id_, "text"),), {0: End(id_, "output")})


def _respond(sketch: Sketch, source: Source) -> Part:
    id_ = sketch.add(source, "output_block", name=source.name)
    return Part((End(id_, "value"),), {0: End(id_, "output")})


def _note(sketch: Sketch, source: Source) -> Part:
    sketch.add(source, "note_block", text=str(source.parameters.get("content", "")))
    return Part((), {})


_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("manualTrigger", "start", "chatTrigger", "executeWorkflowTrigger"), _start),
    **dict.fromkeys(("scheduleTrigger", "cron", "interval"), _schedule),
    "webhook": _webhook,
    "httpRequest": _http,
    "set": _set,
    "if": _if,
    "switch": _switch,
    "merge": _merge,
    "splitInBatches": _loop,
    **dict.fromkeys(("code", "function", "functionItem"), _code),
    "noOp": _pass,
    "respondToWebhook": _respond,
    "stickyNote": _note,
}
