"""There is one way to the network, to credits, to things of users, and none to run text as code.

Reads the sources: what goes around the one way fails here. Each table names who may, and why no one else may.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("accounts", "blocks", "database", "graphs", "executions", "config")
NETWORK = {"httpx", "httpx2", "httpcore", "httpcore2", "requests", "urllib3", "aiohttp", "socket", "ssl"} | {
    "http.client", "urllib.request", "smtplib", "ftplib", "telnetlib", "poplib", "imaplib", "asyncio.streams"
}  # fmt: skip
PROCESSES = {"subprocess", "multiprocessing", "pty"}
UNSAFE = {"pickle", "cPickle", "marshal", "shelve", "dill", "code", "codeop"}

MAY_IMPORT = {
    "blocks/adapters/http.py": NETWORK,  # the one HTTP client
    "blocks/adapters/hop.py": NETWORK,  # its redirects
    "blocks/adapters/guard.py": NETWORK,  # which addresses it may reach
    "blocks/adapters/network.py": NETWORK,  # its connections, to addresses that were checked
    "blocks/adapters/sockets.py": NETWORK,  # what is not HTTP, through the same guard of addresses
    "blocks/adapters/imap.py": NETWORK,  # mail, on those sockets
    "blocks/adapters/mail.py": NETWORK,
    "accounts/identity/transport.py": {"requests"},  # leads a library to the one HTTP client
    "blocks/sandbox/process.py": PROCESSES,  # the one sandbox
    "blocks/adapters/mcp_stdio.py": PROCESSES,  # commands that the operator has named
    "config/backups.py": PROCESSES,  # the programs of PostgreSQL, for operators
    "executions/workers/keeper.py": {"socket"},  # the name of this machine
    "config/settings/stores.py": {"socket"},  # names of what connections may be told
}
MAY_MOVE_CREDITS = {
    "accounts/credits.py",
    "accounts/models/people.py",  # the first credits of a new user
}
AS_CODE = {"eval", "exec", "compile", "__import__"}
# Views look for things of users only through `owned_by` and `visible_to`; these verbs of a manager would find anybody's.
VIEWS = ("views.py", "api.py", "consumers.py", "pages.py", "run_pages.py")
ANYBODYS = {"get", "all", "first", "last", "in_bulk", "raw"}


def sources():
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" not in name and not name.startswith("config/local/"):
                yield name


SOURCES = list(sources())


def tree(name):
    return ast.parse((ROOT / name).read_text())


def imports(module):
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def called(module):
    return [ast.unparse(node.func) for node in ast.walk(module) if isinstance(node, ast.Call)]


def forbidden_imports(name, module):
    dangerous = NETWORK | PROCESSES | UNSAFE
    found = {
        each for each in imports(module) if each in dangerous or each.split(".")[0] in dangerous
    }
    return {each for each in found if each.split(".")[0] not in MAY_IMPORT.get(name, set())}


def forbidden_calls(module):
    found = {each for each in called(module) if each in AS_CODE}
    found |= {each for each in called(module) if each in {"os.system", "os.popen", "yaml.load"}}
    shells = [
        keyword
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "shell"
        and not (isinstance(keyword.value, ast.Constant) and not keyword.value.value)
    ]
    return found | ({"shell="} if shells else set())


def moves_credits(text):
    return any(
        sign in text
        for sign in (
            *("CreditEntry.objects.create", "CreditEntry.objects.bulk", "CreditEntry("),
            *("credit_entries.create", "credits=F(", "SET credits", ".credits -=", ".credits +="),
        )
    )


def unscoped(module):
    """Look-ups in views that begin at a manager and do not say first whose the thing is."""
    for call in called(module):
        owner, _, verb = call.rpartition(".")
        if owner.endswith(".objects") and verb in ANYBODYS:
            yield call


def test_o_07_s_10_nobody_opens_a_second_way_out():
    found = {}
    for name in SOURCES:
        module = tree(name)
        found[name] = forbidden_imports(name, module) | forbidden_calls(module)
    assert {name: each for name, each in found.items() if each} == {}


def test_who_may_is_there_and_does():
    for name, modules in MAY_IMPORT.items():
        assert {each.split(".")[0] for each in imports(tree(name))} & modules


def test_credits_move_on_one_path():
    texts = {name: (ROOT / name).read_text().replace("class CreditEntry(", "") for name in SOURCES}
    assert {name for name, text in texts.items() if moves_credits(text)} == MAY_MOVE_CREDITS


def test_views_look_for_things_of_their_caller_only():
    views = [name for name in SOURCES if name.endswith(VIEWS)]
    assert views
    assert {name: found for name in views if (found := [*unscoped(tree(name))])} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import requests", {"requests"}),
        ("from urllib import request", {"urllib.request"}),
        ("import http.client", {"http.client"}),
        ("from subprocess import run", {"subprocess", "subprocess.run"}),
        ("import pickle", {"pickle"}),
        ("from urllib.parse import urlsplit", set()),
    ],
)
def test_a_second_way_would_be_seen(source, found):
    assert forbidden_imports("blocks/library/new.py", ast.parse(source)) == found


@pytest.mark.parametrize(
    "source", ["eval('1')", "exec(text)", "run('ls', shell=True)", "os.system('ls')"]
)
def test_code_made_of_text_would_be_seen(source):
    assert forbidden_calls(ast.parse(source))


def test_an_unscoped_look_up_would_be_seen():
    assert list(unscoped(ast.parse("Graph.objects.get(pk=1)"))) == ["Graph.objects.get"]
    assert list(unscoped(ast.parse("Graph.objects.owned_by(me).get(pk=1)"))) == []
    assert moves_credits("User.objects.update(credits=F('credits') - 1)")
