"""What the API says of an error is translated: no sentence of one is written without a mark for translation."""

import ast

import pytest
from django.utils import translation

from config import texts
from graphs.errors import InvalidGraphError
from graphs.validation import Problem

APPS = ("accounts", "config", "executions", "graphs")
# Said to programs on a WebSocket, on a terminal, or by a block, whose words are looked for in tests/blocks/failures.py.
OTHERS = {
    *("WatchError", "CommandError", "BlockError", "ChildFailedError", "UnstorableError"),
    *("ValueError", "TypeError", "RuntimeError", "KeyError", "ImproperlyConfigured"),
    *("UnreadableSecretError", "OperationalError", "BackupError"),
}
MARKS = {"_", "gettext", "gettext_lazy", "ngettext", "Sentence"}


def sources():
    for app in APPS:
        for path in sorted((texts.ROOT / app).rglob("*.py")):
            if not {"migrations", "local", "management", "settings"} & set(path.parts):
                yield path


def name_of(call):
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def says_something(call):
    name = name_of(call)
    is_error = name.endswith("Error") or name in {"AuthenticationFailed", "Problem", "NotFound"}
    return is_error and name not in OTHERS


def is_bare(value):
    """A sentence as it stands in the code, in any part of what is handed over."""
    if isinstance(value, ast.Call) and name_of(value) in MARKS:
        return False
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str) and " " in value.value.strip()
    return any(is_bare(child) for child in ast.iter_child_nodes(value))


def bare_sentences(text):
    for call in ast.walk(ast.parse(text)):
        if isinstance(call, ast.Call) and says_something(call):
            given = [*call.args, *(keyword.value for keyword in call.keywords)]
            yield from (ast.unparse(each) for each in given if is_bare(each))


def test_no_sentence_of_an_error_is_in_english_alone():
    found = [
        f"{path.relative_to(texts.ROOT)}: {sentence}"
        for path in sources()
        for sentence in bare_sentences(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ('raise KeyRevokedError("It is gone")', 1),
        ('raise KeyRevokedError(f"It is {gone}")', 1),
        ('raise KeyRevokedError("It " + "is gone")', 1),
        ('Problem(id_, "pin", f"{a} is gone")', 1),
        ('raise ValidationError({"name": ["It is gone"]})', 1),
        ('raise KeyRevokedError(_("It is gone"))', 0),
        ('raise KeyRevokedError(_("%(it)s is gone") % {"it": it})', 0),
        ('Problem(id_, "pin", Sentence("{it} is gone", it=it))', 0),
        ('raise BlockError("It is gone")', 0),
    ],
)
def test_the_search_finds_what_it_should(code, count):
    assert len(list(bare_sentences(code))) == count


@pytest.fixture(autouse=True)
def _english_afterwards():
    """A request leaves its language to the thread."""
    yield
    translation.deactivate()


IN_CHINESE = {"accept-language": "zh-hans"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "address", "body", "sentence"),
    [
        ("post", "/api/auth/token", {"email": "x@example.com", "password": "x"}, "没有与此"),
        ("post", "/api/auth/token/refresh", {"refresh": "x"}, "这不是刷新令牌"),
        ("post", "/api/auth/register", {"email": "x@y.de", "password": "x"}, "此处不开放注册"),
        ("post", "/api/auth/password/reset/confirm", {"key": "x", "password": "y"}, "此链接已"),
        ("post", "/api/graphs", {"name": "x", "nodes": [{"id": "a"}], "links": []}, "缺少"),
        ("get", "/api/executions?page_size=0", None, "大于零"),
    ],
)
def test_errors_are_told_in_chinese(api, method, address, body, sentence):
    answer = getattr(api, method)(address, body, headers=IN_CHINESE)
    assert sentence in answer.json()["error"]["message"]


@pytest.mark.django_db
def test_every_part_of_a_wrong_graph_is_told_in_chinese(api):
    nodes = [{"id": "a", "block_id": "no_such"}, {"id": "b", "block_id": "no_such"}]
    body = {"name": "x", "nodes": nodes, "links": []}
    detail = api.post("/api/graphs", body, headers=IN_CHINESE).json()["detail"]
    assert detail["message"] == "没有模块“no_such”（另有 1 处）"
    assert detail["node_errors"]["b"] == {"block_id": "没有模块“no_such”"}


def test_programs_that_ask_nothing_else_are_told_in_english():
    error = InvalidGraphError.of([Problem("a", "b", "It is wrong")] * 3)
    assert str(error) == "It is wrong (and 2 more)"
