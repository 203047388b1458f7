"""Graphs made for AutoGPT find the pins that they know: the ids, names and defaults of its generic blocks.

`compat_pins.txt` has a block in three lines: id and name; what it takes (`name!` has no default, `name=…` one that is
not a plain value); what it sends.
"""

import json
from pathlib import Path

import pytest

from blocks.registry import find

LINES = (Path(__file__).parent / "compat_pins.txt").read_text(encoding="utf-8").splitlines()
ROWS = [tuple(LINES[start : start + 3]) for start in range(0, len(LINES), 3)]

# Where we mean to differ, and why.
KEYLESS = "the service that is asked here wants no key"
UNUSED = "accepted, and without any effect here"
DIFFERENT = {
    ("GetWeatherInformation", "credentials"): KEYLESS,
    ("ExecuteCode", "credentials"): "the sandbox is our own",
    ("ExecuteCode", "timeout"): "the sandbox stops after a minute at most",
    ("ExecuteCode", "files"): "code may read files, and writes none",
    ("JinaChunking", "credentials"): "it is done here",
    ("JinaEmbedding", "model"): "the standard one of the installation",
    **{
        (name, "ollama_host"): UNUSED
        for name in (
            *("AIStructuredResponseGenerator", "AITextGenerator", "AITextSummarizer"),
            *("AIConversation", "AIListGenerator", "Orchestrator"),
        )
    },
}


def wanted(row):
    """Name of the block, the block, and what it takes and sends there."""
    id_, _, name = row[0].partition(" ")
    takes = row[1].removeprefix("  takes ").split("; ")
    sends = row[2].removeprefix("  sends").strip().split(", ")
    return name, find(id_), takes, [pin for pin in sends if pin and (name, pin) not in DIFFERENT]


def takes_any(model):
    return model.model_config.get("extra") == "allow"


def problem_with(block, pin, default):
    """What is wrong with an input pin; `default` is how it is written there, or None without one."""
    info = block.Input.model_fields.get(pin)
    if info is None:
        return "" if takes_any(block.Input) else "is not there"
    if info.is_required() and default is not None:
        return "has no default"
    if default in (None, "…"):
        return ""
    own = info.get_default(call_default_factory=True)
    return "" if own == json.loads(default) else f"has the default {own!r}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].partition(" ")[2])
def test_a_block_of_autogpt_has_its_pins_here(row):
    name, block, takes, sends = wanted(row)
    assert block is not None, f"nothing has the id of {name}"
    problems = {}
    for each in takes:
        pin, sign, default = each.removesuffix("!").partition("=")
        problem = problem_with(block, pin, default if sign else None)
        if problem and (name, pin) not in DIFFERENT:
            problems[pin] = problem
    assert problems == {}
    known = {*block.Output.model_fields, "error"}
    assert [pin for pin in sends if pin not in known and not takes_any(block.Output)] == []


def test_no_difference_is_named_that_is_none():
    """The table of differences does not outlive them."""
    there = {(wanted(row)[0]) for row in ROWS}
    assert {name for name, _pin in DIFFERENT} <= there
