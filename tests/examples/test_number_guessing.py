"""A loop that ends by itself."""

import pytest

from executions.engine.status import Status

pytestmark = pytest.mark.django_db(transaction=True)

NO_NUMBER = "There is no whole number like this between the bounds."


def guesses_for(secret, low=1, high=100):
    """How many guesses halving the range takes."""
    guesses, guess = 0, None
    while guess != secret:
        guesses, guess = guesses + 1, round((low + high) / 2)
        low, high = (guess + 1, high) if secret > guess else (low, guess - 1)
    return guesses


def test_seven_guesses_are_enough_for_every_number_up_to_a_hundred():
    assert max(map(guesses_for, range(1, 101))) == 7


@pytest.mark.parametrize("secret", [1, 2, 37, 49, 50, 51, 99, 100, "42"])
def test_the_secret_is_found_by_halving(run_example, secret):
    execution = run_example("number_guessing.json", secret=secret)

    assert execution.status == Status.COMPLETED
    assert execution.outputs == {"guess": [int(secret)], "guesses": [guesses_for(int(secret))]}


def test_other_bounds_work_as_well(run_example):
    execution = run_example("number_guessing.json", secret=-7, low=-1_000_000, high=1_000_000)

    guesses = guesses_for(-7, -1_000_000, 1_000_000)
    assert execution.outputs == {"guess": [-7], "guesses": [guesses]}
    assert guesses <= 21


@pytest.mark.parametrize(
    ("secret", "bounds"),
    [
        (0, {}),
        (101, {}),
        (-5_000_000_000, {}),
        (3.5, {}),
        (5, {"low": 9, "high": 1}),
        (2.5, {"low": 1.5, "high": 2.6}),
    ],
)
def test_what_cannot_be_found_ends_with_a_sentence(run_example, secret, bounds):
    execution = run_example("number_guessing.json", secret=secret, **bounds)

    assert execution.status == Status.COMPLETED
    assert execution.outputs == {"problem": [NO_NUMBER]}
