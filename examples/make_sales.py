"""Writes a year of made-up sales as CSV: `python examples/make_sales.py > examples/sales.csv`."""

import argparse
import csv
import random
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from io import TextIOWrapper
from typing import TextIO, TypeVar

ROWS, SEED = 4_000, 2025
COLUMNS = (
    *("date", "region", "product", "channel"),
    *("units", "unit_price", "revenue", "status"),
)
FIRST_DAY = date(2025, 1, 1)

# Each with its weight. Names with commas, quotes, pipes and line breaks show that reports keep them apart.
REGIONS = {"North": 26, "South": 18, "Rhône, Alps": 14, "West": 17, "华东": 25}
CHANNELS = {"web": 55, "shop": 30, "phone": 9, "fair,\nmarket": 4, "": 2}
STATUSES = {"completed": 88, " completed ": 2, "returned": 6, "cancelled": 4}
PRODUCTS = {  # the weight, and the price in cents
    'Desk lamp "Aurora"': (14, 4_990),
    "Notebook, A5, ruled": (24, 650),
    '27" monitor | matt': (7, 21_900),
    "Office chair": (8, 15_950),
    "龙井茶 250 g": (16, 1_880),
    "Fountain pen": (12, 2_475),
    "Backpack, 20 l": (10, 6_900),
    "Tea set, 6 pieces": (9, 5_520),
}

T = TypeVar("T")


def main(arguments: Sequence[str] | None = None) -> None:
    """Write to standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="how many orders (%(default)s)")
    parser.add_argument("--seed", type=int, default=SEED, help="other orders (%(default)s)")
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    write_sales(sys.stdout, options.rows, options.seed)


def write_sales(stream: TextIO, rows: int = ROWS, seed: int = SEED) -> None:
    """Orders of one year by date. The same numbers always give the same orders."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_orders(rows, random.Random(seed)))  # noqa: S311 - nothing secret


def _orders(rows: int, rng: random.Random) -> Iterator[tuple[object, ...]]:
    for number in range(rows):
        product = _pick({name: weight for name, (weight, _price) in PRODUCTS.items()}, rng)
        units, price = 1 + int(rng.random() ** 3 * 12), PRODUCTS[product][1]
        yield (
            FIRST_DAY + timedelta(days=number * 365 // rows),
            _pick(REGIONS, rng),
            product,
            _pick(CHANNELS, rng),
            units,
            _money(price),
            _money(units * price),
            _pick(STATUSES, rng),
        )


def _pick(weights: dict[T, int], rng: random.Random) -> T:
    # Of all methods only `random()` gives the same numbers in every version of Python.
    rest = rng.random() * sum(weights.values())
    for each, weight in weights.items():
        rest -= weight
        if rest < 0:
            return each
    raise AssertionError("random() is below 1")


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


if __name__ == "__main__":
    main()
