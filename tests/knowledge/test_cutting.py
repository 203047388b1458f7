"""Cutting texts into passages."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from executions.knowledge.cutting import OVERLAP, SIZE, Piece, cut

SENTENCE = "The quick brown fox jumps over the lazy dog. "


def test_passages_stand_below_their_headings():
    text = "Intro.\n# One\na\n## Two ##\nb\n# Three\n```\n# no heading\n```\n"
    assert list(cut(text)) == [
        Piece("", "Intro."),
        Piece("One", "a"),
        Piece("One › Two", "b"),
        Piece("Three", "```\n# no heading\n```"),
    ]


def test_a_long_section_is_cut_between_sentences_with_some_overlap():
    pieces = [piece.text for piece in cut(SENTENCE * 100)]
    assert len(pieces) > 4
    for before, after in pairwise(pieces):
        assert before.endswith(".")
        assert after.startswith("The quick")
    whole = sum(map(len, pieces))
    assert len(SENTENCE) * 100 < whole <= len(SENTENCE) * 100 + OVERLAP * len(pieces)


def test_chinese_sentences_are_cut_behind_their_marks():
    pieces = [piece.text for piece in cut("绿茶泡两分钟就好。" * 300)]
    assert len(pieces) > 2
    assert all(piece.endswith("。") for piece in pieces)


@given(st.text(alphabet="ab .\n#。`", max_size=4_000).map(lambda text: text * 3))
def test_no_passage_is_too_long_and_no_word_is_lost(text):
    pieces = list(cut(text))
    assert all(0 < len(piece.text) <= SIZE for piece in pieces)
    letters = sum(text.count(letter) for letter in "ab")
    said = sum(piece.text.count(letter) for piece in pieces for letter in "ab")
    headings = sum(piece.heading.count(letter) for piece in pieces for letter in "ab")
    assert said + headings >= letters or "#" in text


def test_a_text_without_any_place_to_cut_is_cut_anyway():
    assert [len(piece.text) for piece in cut("x" * 2_500)] == [1_000, 1_000, 500]
