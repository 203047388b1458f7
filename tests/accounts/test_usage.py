"""Tokens are written down and paid for by the price table."""

import pytest

from accounts import credits, usage
from accounts.models import ModelPrice, TokenUsage
from blocks.ports import Usage

MINI = Usage("openai", "gpt-4o-mini-2024", 1_000_000, 500_000)


@pytest.fixture(autouse=True)
def prices(db):
    ModelPrice.objects.all().delete()
    ModelPrice.objects.create(pattern="gpt-4o*", input_price=250, output_price=1000)
    ModelPrice.objects.create(pattern="gpt-4o-mini*", input_price=15, output_price=60)


def entries(user):
    return list(user.credit_entries.order_by("pk").values_list("amount", "reason", "reference"))[1:]


def test_the_closest_price_counts(user):
    assert usage.charge(user.pk, [MINI], reference="a:1") == 45
    assert entries(user) == [(-45, "usage", "a:1")]
    row = TokenUsage.objects.get()
    assert (row.model, row.price, row.reference) == ("gpt-4o-mini-2024", 45_000_000, "a:1")


def test_parts_of_a_credit_are_added_up_and_rounded_up_once(user):
    small = Usage("openai", "gpt-4o", 1_000, 0)  # a quarter of a credit
    assert usage.charge(user.pk, [small] * 5, reference="a:1") == 2


def test_a_model_without_a_price_costs_nothing_and_is_written_down(user):
    assert usage.charge(user.pk, [Usage("openai", "llama3.2", 10, 10)], reference="a:1") == 0
    assert (entries(user), TokenUsage.objects.count()) == ([], 1)


def test_what_is_free_is_written_down(user):
    assert usage.charge(user.pk, [MINI], reference="a:1", is_free=True) == 0
    assert (entries(user), TokenUsage.objects.count()) == ([], 1)


def test_nobody_can_owe_more_than_they_have(user):
    credits.grant(user, 20 - user.credits)
    assert usage.charge(user.pk, [MINI], reference="a:1") == 20
    user.refresh_from_db()
    assert user.credits == 0
    assert usage.charge(user.pk, [MINI], reference="a:2") == 0
