"""The table of the mixed load."""

import argparse

import pytest

from bench import options, rounds
from bench.mixed import Tally


async def test_a_line_says_how_often_how_long_and_what_went_wrong():
    tally = Tally()

    async def good():
        pass

    async def bad():
        raise TimeoutError

    await tally.time("a", good)
    await tally.time("a", bad)
    tally.took["b"] = [n / 1000 for n in range(1, 101)]

    assert tally.table()[1:] == [
        ["a", "1", "1", "0 ms", "0 ms", "0 ms"],
        ["b", "100", "0", "51 ms", "96 ms", "100 ms"],
    ]


def test_load_ends():
    assert options.parse(["--load", "20"]).load == 20
    with pytest.raises(argparse.ArgumentTypeError):
        options._seconds("1e9")


def test_what_is_measured_instead_is_known_to_both():
    assert set(rounds.INSTEAD) == set(options.INSTEAD)
    assert options.parse(["--history"]).instead == "history"
    assert options.parse([]).instead == ""
