"""What loading the blocks costs, and blocks from packages of others."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = [
    "PIL", "bs4", "django", "feedparser", "httpx2", "jinja2", "jmespath", "jsonpath_ng", "jsonschema", "markdown_it",
    "markdownify", "nh3", "openpyxl", "pydantic_monty", "pypdf", "xlsxwriter", "yaml",
]  # fmt: skip


def run_python(source, **environment):
    result = subprocess.run(
        [sys.executable, "-c", source],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | environment,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_loading_the_blocks_loads_no_heavy_library():
    loaded = run_python(
        "import json, sys; import blocks.library; print(json.dumps(sorted(sys.modules)))"
    )
    assert [name for name in HEAVY if name in json.loads(loaded)] == []


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The template package, installed into a folder of its own."""
    folder = tmp_path_factory.mktemp("packages")
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check"]
    source = str(ROOT / "examples" / "block_package")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", *offline, "--target", str(folder), source],
        check=True,
        capture_output=True,
    )
    return folder


RUN_READING_TIME = """
import django; django.setup()
from blocks.registry import find
from tests.blocks.test_examples import PROMISES
block = find("reading_time_block")
for promise in PROMISES:
    promise(block)
print(type(block).__module__)
"""


def test_an_installed_package_brings_its_blocks(package):
    path = f"{ROOT}{os.pathsep}{package}"
    assert run_python(RUN_READING_TIME, PYTHONPATH=path) == "reading_blocks\n"


def test_without_the_package_its_blocks_are_not_there():
    source = "import django; django.setup(); from blocks.registry import find; print(find('reading_time_block'))"
    assert run_python(source) == "None\n"


def test_a_package_that_cannot_be_loaded_is_named(tmp_path):
    info = tmp_path / "broken-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[agentloom.blocks]\nbad = does_not_exist\n")
    source = (
        "import django\ntry: django.setup()\nexcept Exception as error: print(*error.__notes__)"
    )
    told = run_python(source, PYTHONPATH=f"{ROOT}{os.pathsep}{tmp_path}")
    assert told == "Blocks of the package broken could not be loaded (does_not_exist).\n"
