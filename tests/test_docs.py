"""Documents that fall behind fail here."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.core.management import get_commands

from accounts.models import Scope
from blocks.base import Block
from config.errors import ERRORS
from config.local.__main__ import WITH_FOLDER, WITHOUT_FOLDER
from executions.engine.status import diagram
from executions.live.consumers import ExecutionConsumer
from tests.api.routes import viewset_actions

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = [
    path
    for path in ROOT.iterdir()
    if path.is_dir() and not path.name.startswith(".") and path.name != "var"
]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(path for each in FOLDERS for path in each.rglob("*.md"))])
MOST_BYTES = 250_000  # of a picture

FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")

# Put behind the source of a block: does what a request would do, with the inputs from standard input.
RUN = """
import json, sys
from tests.blocks.ports import run_block
outputs = {}
for pin, value in run_block(sys.argv[1], json.load(sys.stdin)):
    outputs.setdefault(pin, []).append(value)
print(json.dumps(outputs))
"""
# Put behind it as well: whatever is promised of the blocks in the catalogue.
KEEP_PROMISES = """
from blocks.registry import all_blocks
from tests.blocks.test_examples import PROMISES
[block] = [each for each in all_blocks() if type(each).__module__ == "__main__"]
for promise in PROMISES:
    promise(block)
"""


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def fenced(text, language):
    """The code of a language in a document."""
    return [code for name, code in FENCED.findall(text) if name == language]


def rows(text, heading):
    """The cells of the table below a heading, without its two head rows."""
    section = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def run_python(source, *arguments, stdin=""):
    """What a program of its own writes, run where it finds the project."""
    command = [sys.executable, "-c", source, *arguments]
    result = subprocess.run(
        command, check=False, cwd=ROOT, input=stdin, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_state_diagram_is_the_one_that_the_table_makes():
    text = read("ARCHITECTURE.md")
    _, _, rest = text.partition("<!-- state diagram: generated -->\n")

    assert rest.partition("\n<!-- end")[0] == diagram()


def test_every_dependency_says_why_it_is_there():
    project = tomllib.loads(read("pyproject.toml"))
    extras = project["project"]["optional-dependencies"].values()
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    wanted += [requirement for extra in extras for requirement in extra]
    names = {re.match(r"[\w-]+", requirement)[0] for requirement in wanted}
    explained = re.findall(r"^- `([\w-]+)`: .+\.$", read("docs/dependencies.md"), re.MULTILINE)

    assert sorted(explained) == sorted(names)


def test_every_setting_is_explained():
    settings = "".join(file.read_text() for file in (ROOT / "config/settings").glob("*.py"))
    names = re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings)
    explained = [row[0].strip("`") for row in rows(read("docs/operating.md"), "Settings")]

    assert sorted(explained) == sorted(names)


@pytest.mark.parametrize("command", [*WITH_FOLDER, *WITHOUT_FOLDER])
def test_every_command_is_explained(command):
    explained = [row[0] for row in rows(read("CONTRIBUTING.md"), "The words of `./dev`")]

    assert f"`./dev {command}`" in explained


def test_every_route_is_listed_with_the_permission_that_it_asks_for():
    routes = [
        [f"{method.upper()} `{in_braces(address)}`", scope_of(viewset, action)]
        for address, method, viewset, action in viewset_actions()
    ]
    listed = [row[:2] for row in rows(read("docs/api.md"), "Every route")]

    assert sorted(listed) == sorted(routes)


def in_braces(address):
    """An address as the OpenAPI document writes it."""
    return re.sub(r"<\w+:(\w+)>", r"{\1}", address).replace("{pk}", "{id}")


def scope_of(viewset, action):
    """As the table has it; empty for routes that are open to everybody."""
    return f"`{Scope(viewset.scopes[action])}`" if action in viewset.scopes else ""


def test_every_error_code_is_explained():
    codes = {(str(answer.status), f"`{answer.code}`") for answer in ERRORS.values()}
    explained = [tuple(row[:2]) for row in rows(read("docs/api.md"), "Errors")]

    assert sorted(explained) == sorted(codes)


def test_every_method_of_the_websocket_is_explained():
    explained = {row[0].strip("`") for row in rows(read("docs/api.md"), "The WebSocket")}

    assert set(ExecutionConsumer._METHODS) <= explained


def test_every_attribute_of_a_block_is_explained():
    cells = " ".join(row[0] for row in rows(read("docs/blocks.md"), "The contract"))

    assert {*re.findall(r"`(\w+)`", cells), "Input", "Output"} == set(Block.__annotations__)


def test_the_block_in_the_readme_answers_as_it_says():
    text = read("README.md")
    [source], [answer] = fenced(text, "python"), fenced(text, "json")
    request = next(code for code in fenced(text, "sh") if "curl" in code)
    words = shlex.split(request[request.index("curl") :])
    [block_id] = re.findall(r"/api/blocks/(\w+)/execute$", " ".join(words[:4]))
    inputs = words[words.index("-d") + 1]

    assert json.loads(run_python(source + RUN, block_id, stdin=inputs)) == json.loads(answer)


@pytest.mark.parametrize(
    "source",
    [*fenced(read("README.md"), "python"), *fenced(read("docs/blocks.md"), "python")],
    ids=lambda source: re.search(r"id\b.*?= \"(\w+)", source)[1],
)
def test_a_block_in_the_documents_keeps_the_promises_of_all_blocks(source):
    run_python(source + KEEP_PROMISES)


@pytest.mark.parametrize("source", fenced(read("docs/api.md"), "python"))
def test_a_program_in_the_documents_is_python(source):
    assert compile(source, "docs/api.md", "exec")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_inside_the_project_lead_somewhere(path):
    text = FENCED.sub("", path.read_text(encoding="utf-8"))
    targets = [link for link in LINK.findall(text) if "://" not in link]

    assert [link for link in targets if not leads_somewhere(path, link)] == []


def leads_somewhere(path, link):
    """Whether a link of this document names a file, and a heading in it if it names one."""
    name, _, anchor = link.partition("#")
    target = path.parent / name if name else path
    if not anchor:
        return target.exists()
    return target.is_file() and anchor in anchors(target.read_text(encoding="utf-8"))


def anchors(text):
    """The names that headings have in addresses: small letters, hyphens, no punctuation."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_in_a_document_are_there(path):
    text = path.read_text(encoding="utf-8")
    words = re.findall(r"^(?:\w+=\S* )*\./dev ([a-z-]+)", text, re.MULTILINE)
    managed = re.findall(r"(?:dev manage|manage\.py)(?: --data \S+)? ([a-z_]+)", text)

    assert set(words) <= {*WITH_FOLDER, *WITHOUT_FOLDER}
    assert set(managed) <= get_commands().keys()


def test_pictures_are_small():
    pictures = [path for path in (ROOT / "docs" / "images").iterdir() if path.is_file()]

    assert [path.name for path in pictures if path.stat().st_size > MOST_BYTES] == []


def texts():
    """The texts of the pages, with their translations."""
    catalogue = read("config/locale/zh_Hans/LC_MESSAGES/django.po")
    return dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', catalogue, re.MULTILINE))


def test_the_guide_calls_things_as_the_pages_do():
    english, chinese = read("docs/using.md"), read("docs/using.zh.md")
    said = set(re.findall(r"(?<!\*)\*([A-Z][^*]+)\*(?!\*)", english.replace("\n", " ")))
    known = texts()

    assert [name for name in sorted(said) if not any(name in each for each in known)] == []
    named = set(re.findall(r"「([^」]+)」", chinese.replace("\n", "")))
    assert named - set(known.values()) == set()


def test_the_guide_is_the_same_in_both_languages():
    guides = [read("docs/using.md"), read("docs/using.zh.md")]
    for shape in (r"^#+ ", r"^\| ", r"^- ", r"\(((?!using)[\w./]+\.(?:md|png))\)"):
        english, chinese = (re.findall(shape, text, re.MULTILINE) for text in guides)
        assert chinese == english
