"""No adversarial case and no published advisory is left without a test, or a reason that still holds."""

import ast
import re

from tests.access.routes import every_route
from tests.security.cases import ADVISORIES, ELSEWHERE, IDS, WITHOUT
from tests.security.test_one_way import ROOT

TESTS = ROOT / "tests"
_ID = re.compile(r"_([a-z])_(\d\d)(?=_)")


def names_of_tests(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith(
            "test_"
        ):
            yield node.name


NAMES = {
    path.relative_to(TESTS).as_posix(): set(names_of_tests(path))
    for path in TESTS.rglob("test_*.py")
}
NAMED = {
    f"{kind.upper()}-{number}"
    for names in NAMES.values()
    for name in names
    for kind, number in _ID.findall(name)
}


def test_there_are_a_hundred_and_fifty_cases():
    assert len(IDS) == 150
    assert (ELSEWHERE.keys() | WITHOUT.keys() | NAMED) - set(IDS) == set()


def test_every_case_is_tried_or_cannot_be():
    assert set(IDS) - NAMED - ELSEWHERE.keys() - WITHOUT.keys() == set()


def test_the_test_of_a_case_is_there():
    places = {case: where.partition("::")[::2] for case, where in ELSEWHERE.items()}
    assert {case for case, (file, name) in places.items() if name not in NAMES[file]} == set()


def test_a_reason_to_try_nothing_still_holds():
    addresses = [address for address, _name in every_route()]
    for word, reason in WITHOUT.values():
        assert reason
        assert [address for address in addresses if word in address] == []


def test_every_advisory_has_a_test_of_its_name():
    files = ("test_advisories.py", "test_foreign_ids.py")
    text = "".join((TESTS / "security" / file).read_text() for file in files)
    assert len(ADVISORIES) == 32
    assert [each for each in ADVISORIES if each not in text] == []
