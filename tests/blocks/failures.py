"""Every sentence with which a node can fail, as it stands in the code: found by reading the source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from blocks import coercion, values

ROOT = Path(__file__).parent.parent.parent
FOLDERS = ("blocks", "executions", "accounts/vault")

# What is told why a node fails, and which of its arguments says it.
SAYERS = {
    **dict.fromkeys(("BlockError", "TryAgainError", "RefusedError", "ChildFailedError"), 0),
    **dict.fromkeys(("NoCredentialError", "CredentialUnavailableError", "UnstorableError"), 0),
    **dict.fromkeys(("unavailable", "unreadable", "LimitError", "__init__"), 0),
    **dict.fromkeys(("failure", "_stopped", "_fail"), 1),
    "end_now": 2,
}
# Functions that give such a sentence.
WRITERS = {"_problem", "_limit", "_find_breach", "pin_problems", "_equal", "_contains", "_pattern"}
GAP = re.compile(r"\{(\w+)\}")
MARKED = re.compile(r"%\((\w+)\)s")


def template(node: ast.AST) -> str | None:
    """A text of the code, with numbers for what is put in: "The server answered {1}"."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return MARKED.sub(r"{\1}", node.value)
    if not isinstance(node, ast.JoinedStr):
        return None
    parts, gaps = [], 0
    for part in node.values:
        gaps += isinstance(part, ast.FormattedValue)
        parts.append(part.value if isinstance(part, ast.Constant) else f"{{{gaps}}}")
    return "".join(parts)


def templates_in(node: ast.AST) -> Iterator[str]:
    """The sentences in a part of the code; what functions are given counts only if they mark or say it."""
    text = template(node)
    if isinstance(node, ast.Call):
        is_mark = getattr(node.func, "id", "") in {"_", "Sentence"}
        yield from templates_in(node.args[0] if is_mark else node.func)
    elif text is None:
        for child in ast.iter_child_nodes(node):
            yield from templates_in(child)
    elif " " in text and any(map(str.isalpha, GAP.sub("", text))):
        yield text


def said_in(source: str) -> Iterator[str]:
    """The sentences in a file of code; those of a variable are looked for where it gets its value."""
    tree = ast.parse(source)
    said = [*handed_over(tree), *returned(tree)]
    names = {each.id for each in said if isinstance(each, ast.Name)}
    assigned = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in names
    )
    for each in (*said, *assigned):
        yield from templates_in(each)


def handed_over(tree: ast.AST) -> Iterator[ast.expr]:
    """What is given to those who tell why a node fails."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            yield from node.args[SAYERS[name] :][:1] if name in SAYERS else ()


def returned(tree: ast.AST) -> Iterator[ast.expr]:
    """What is returned by those who write such sentences."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name in WRITERS:
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and node.value:
                    yield node.value


def sources() -> Iterator[str]:
    """All code that can make a node fail."""
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path.read_text(encoding="utf-8")


def all_said() -> set[str]:
    """Its sentences."""
    return {text for source in sources() for text in said_in(source)}


# Parts of sentences that are no sentences in the code: reasons, and the words for what is needed.
REASONS = {
    "This call cannot be made: {1}",
    "there is no tool {1}; the tools are: {2}",
    "the arguments must be a JSON object",
    "these arguments are missing: {1}",
    "it is nested too deeply",
    "it cannot be read",
    "a key comes twice",
    "a number has too many digits",
    "{1} cannot be kept exactly",
    "{1} is not a JSON value",
    "the answer has no JSON in it",
    'A case cannot be called "{1}"; that pin is taken',
    "{1} (also failed: {2})",
    " (status {1}).",
    " in line {1}",
    " at line {1}",
    "of the form {1}",
    "such as 2026-01-31T09:30",
    "a ZIP archive, or made by an office program",
    "made by an office program",
    "in Rich Text Format",
    "save it as text or HTML",
    "something else ({1})",
    "The work",
    "that run was deleted",
    "It was stopped before it began",
    "This value is nested too deeply",
}


def parts() -> set[str]:
    """What may stand in the gap of a sentence and is ours: kinds of values, what is needed, what was worked on."""
    kinds = {name for _type, name in values._KINDS} | {"value"}
    return {
        *REASONS,
        *coercion._NEEDED.values(),
        *kinds,
        *(f"the {kind} {{1}}" for kind in kinds - {"nothing"}),
        *subjects(),
    }


def subjects() -> Iterator[str]:
    """What the sandbox says that it works on."""
    for source in sources():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.keyword) and node.arg == "subject":
                text = template(node.value)
                if text is not None:
                    yield text
