"""The command line: one verb after `agentloom`, or `./dev cli`."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from agentloom_client.client import Agentloom
from agentloom_client.errors import AgentloomError
from agentloom_client.events import Event

FAILED, REFUSED = 1, 2  # exit codes beside 0


def main(words: Sequence[str] | None = None) -> int:
    """Do what the words say; the exit code is 0 if it is done, and for a run if it completed."""
    options = _parser().parse_args(words)
    try:
        with Agentloom(options.url, options.api_key) as loom:
            return _VERBS[options.verb](loom, options)
    except AgentloomError as error:
        sys.stderr.write(f"agentloom: {error}\n")
        return REFUSED
    except (OSError, ValueError) as error:
        sys.stderr.write(f"agentloom: {error}\n")
        return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="agentloom", description="Work with a running Agentloom.")
    parser.add_argument("--url", help="where it is (AGENTLOOM_URL, or http://127.0.0.1:8000)")
    parser.add_argument("--api-key", help="an API key (AGENTLOOM_API_KEY)")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    listed = verbs.add_parser("list", help="your graphs, or your newest runs")
    listed.add_argument("what", choices=["graphs", "runs"], nargs="?", default="graphs")
    run = verbs.add_parser("run", help="start a run, and watch it until it ends")
    run.add_argument("graph", help="its id or its name")
    run.add_argument("--input", action="append", default=[], metavar="NAME=VALUE")
    run.add_argument("--no-wait", action="store_true", help="print the id of the run at once")
    for verb, text in _OF_RUNS.items():
        verbs.add_parser(verb, help=text).add_argument("run", help="its id")
    import_ = verbs.add_parser("import", help="make a graph of a file")
    import_.add_argument("file", type=Path)
    export = verbs.add_parser("export", help="write a graph as a file")
    export.add_argument("graph", help="its id or its name")
    export.add_argument("--format", choices=["agentloom", "autogpt"], default="agentloom")
    export.add_argument("--version-number", type=int, help="a version; else the active one")
    return parser


_OF_RUNS = {
    "watch": "show a run live until it ends",
    "stop": "stop a run",
    "logs": "every node execution of a run",
}


def _list(loom: Agentloom, options: argparse.Namespace) -> int:
    if options.what == "runs":
        for run in loom.runs():
            _say(f"{run['id']}  {run['status']:<9}  {run['created_at']}  {run['graph_id']}")
    else:
        for graph in loom.graphs():
            _say(f"{graph['id']}  {graph['name']}")
    return 0


def _run(loom: Agentloom, options: argparse.Namespace) -> int:
    run = loom.start(options.graph, dict(map(_input, options.input)))
    if options.no_wait:
        _say(run["id"])
        return 0
    return _follow(loom, run["id"])


def _input(text: str) -> tuple[str, Any]:
    """A value that is JSON counts as such; everything else is text."""
    name, sign, value = text.partition("=")
    if not sign:
        raise ValueError(f"--input needs NAME=VALUE, not {text!r}")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def _watch(loom: Agentloom, options: argparse.Namespace) -> int:
    return _follow(loom, options.run)


def _follow(loom: Agentloom, run_id: str) -> int:
    for event in loom.events(run_id):
        _tell(event)
    run = loom.get(run_id)
    _say(json.dumps(run["outputs"], ensure_ascii=False, indent=2))
    if run["error"]:
        sys.stderr.write(f"{run['error']}\n")
    return 0 if run["status"] == "COMPLETED" else FAILED


def _tell(event: Event) -> None:
    """Progress goes to standard error: the outputs alone are the output."""
    rows = event.data.get("nodes", [])
    lines = [f"{row['node_id']}: {row['status']}" for row in rows] or [event.data["status"]]
    sys.stderr.writelines(f"{line}\n" for line in lines)


def _stop(loom: Agentloom, options: argparse.Namespace) -> int:
    stopped = loom.stop(options.run)
    _say("It had ended before" if stopped is None else stopped["status"])
    return 0


def _logs(loom: Agentloom, options: argparse.Namespace) -> int:
    for node in loom.nodes(options.run):
        seconds = "" if node["execution_time"] is None else f"{node['execution_time']:.2f} s"
        _say(f"{node['status']:<10} {seconds:>9}  {node['node_id']}  {node['error']}".rstrip())
    return 0


def _import(loom: Agentloom, options: argparse.Namespace) -> int:
    imported = loom.import_graph(json.loads(options.file.read_text(encoding="utf-8")))
    for remark in imported["remarks"]:
        sys.stderr.write(f"{remark['about']}: {remark['text']}\n")
    _say(imported["graph"]["id"])
    return 0


def _export(loom: Agentloom, options: argparse.Namespace) -> int:
    file = loom.export(options.graph, version=options.version_number, format=options.format)
    _say(json.dumps(file, ensure_ascii=False, indent=2))
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


_VERBS: dict[str, Callable[[Agentloom, argparse.Namespace], int]] = {
    "list": _list,
    "run": _run,
    "watch": _watch,
    "stop": _stop,
    "logs": _logs,
    "import": _import,
    "export": _export,
}
