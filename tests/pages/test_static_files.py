"""Static files as they are served: under hashed names, modules included."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from tests.factories import ExecutionFactory, NodeExecutionFactory
from tests.pages.places import address_of


@pytest.fixture
def collected(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "config.storage.StaticFiles"}
    }
    call_command("collectstatic", verbosity=0, interactive=False)
    return tmp_path


def test_modules_import_each_other_under_hashed_names(collected):
    monitor = collected / staticfiles_storage.stored_name("executions/js/run-monitor.js")
    names = re.findall(r'(?:from|import) ?"\./(.+)"', monitor.read_text())
    assert len(names) == 4
    assert [name for name in names if not re.fullmatch(r"[a-z-]+\.[0-9a-f]{12}\.js", name)] == []
    assert [name for name in names if not (monitor.parent / name).exists()] == []


@pytest.mark.parametrize(
    "name",
    ["tabler.min.css", "dagre.js", "highlight/core.js", "highlight/python.js", "highlight/json.js"],
)
def test_the_files_of_others_are_the_ones_that_were_reviewed(name):
    folder = Path(finders.find("site/vendor/README.md")).parent
    content = (folder / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() in (folder / "README.md").read_text()


def test_the_builder_finds_the_modules_of_others_under_hashed_names(collected):
    layout = collected / staticfiles_storage.stored_name("graphs/builder/layout.js")
    [name] = re.findall(r'import\("(.+)"\)', layout.read_text())
    assert re.search(r"/dagre\.[0-9a-f]{12}\.js$", name)
    assert (layout.parent / name).exists()


BUDGET = (
    150_000  # bytes of modules and style sheets, compressed; without Tabler, which all pages share
)
LOADED = re.compile(r'(?:src|href)="/static/([^"]+\.(?:js|css))"')
IMPORTED = re.compile(r'(?:from|import) ?\(?"(\.[^"]+)"')  # also what is fetched when it is needed


def loaded_by(collected, source):
    """The files that a page names, and those that they import in turn."""
    todo, found = [collected / name for name in LOADED.findall(source)], set()
    while todo:
        path = todo.pop().resolve()
        if path not in found:
            found.add(path)
            imports = IMPORTED.findall(path.read_text()) if path.suffix == ".js" else []
            todo += [path.parent / name for name in imports]
    return {path for path in found if not path.name.startswith("tabler")}


PLACES = [
    *("executions:dashboard", "graphs:list", "graphs:detail", "graphs:edit", "executions:list"),
    *("executions:detail", "inbox:list", "blocks:list", "triggers:new", "vault:list"),
    "accounts:profile",
]


def test_pages_load_little(collected, page, user, version):
    firing = NodeExecutionFactory(execution=ExecutionFactory(user=user, version=version))
    weights = {}
    for place in PLACES:
        files = loaded_by(collected, page.get(address_of(place, firing)).content.decode())
        assert len(files) > 5
        weights[place] = sum(len(gzip.compress(path.read_bytes())) for path in files)
    assert {place: weight for place, weight in weights.items() if weight >= BUDGET} == {}
