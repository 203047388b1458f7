"""docs/asvs.md has a line for each item, and what it names as evidence is there."""

import re
from collections import Counter

import pytest

from tests.security.test_one_way import ROOT

TEXT = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
LINES = re.findall(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+?) \| (.+?) \|$", TEXT, re.MULTILINE)


def test_every_item_has_one_line():
    items = [item for item, *_ in LINES]
    assert (len(items), len(set(items))) == (178, 178)


def test_nearly_all_are_met_and_the_rest_is_named():
    counts = Counter(verdict for _item, _asks, verdict, _shown in LINES)
    assert set(counts) == {"pass", "n.a.", "gap"}
    assert (counts["pass"] + counts["n.a."]) / 178 >= 0.95


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_the_evidence_is_there(line):
    item, _asks, _verdict, shown = line
    places = re.findall(r"`([\w/.-]+/[\w.-]+\.\w+)`", shown)
    assert [place for place in places if not (ROOT / place).exists()] == []
    for case in re.findall(r"\b([A-Z])-(\d\d)\b", shown):
        name = f"_{case[0].lower()}_{case[1]}_"
        named = [place for place in places if name in (ROOT / place).read_text(encoding="utf-8")]
        listed = f'"{"-".join(case)}"' in (ROOT / "tests/security/cases.py").read_text()
        assert named or listed, item
