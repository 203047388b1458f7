"""Credits: nothing is spent twice, nobody spends more than they have, and the balance is the sum of the ledger."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.utils import IntegrityError
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts import credits
from accounts.audit.models import Action, AuditEntry
from accounts.errors import InsufficientCreditsError
from accounts.models import CreditEntry
from chaos import ledger
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def balance(user):
    user.refresh_from_db()
    return user.credits


def test_what_is_held_back_cannot_be_spent_and_comes_back(user):
    credits.reserve(user.pk, user.credits - 5, reference="a:1")
    with pytest.raises(InsufficientCreditsError, match=r"^Insufficient balance: you have 5"):
        credits.spend(user.pk, 6, reference="b")
    credits.give_back(user.pk, ["a:1", "a:1", "unknown"])
    credits.give_back(user.pk, ["a:1"])

    assert balance(user) == 10_000
    assert list(ledger.drift()) == []


def test_settling_takes_what_was_used_instead_of_what_was_held(user):
    credits.reserve(user.pk, 40, reference="a:1")

    assert credits.settle(user.pk, 15, reference="a:1") == 15
    assert balance(user) == 10_000 - 15
    moved = list(user.credit_entries.order_by("pk").values_list("reason", "amount"))[1:]
    assert moved == [("reserve", -40), ("release", 40), ("usage", -15)]


def test_what_nobody_ended_is_given_back_after_hours(user, monkeypatch):
    credits.reserve(user.pk, 40, reference="a:1")
    assert credits.release_stale() == 0
    monkeypatch.setattr(credits, "_LONGEST_HOLD", timedelta(0))

    assert (credits.release_stale(), credits.release_stale()) == (1, 0)
    assert balance(user) == 10_000


def test_m_07_an_entry_of_the_ledger_is_never_changed(user):
    with pytest.raises(IntegrityError, match="never changed"):
        CreditEntry.objects.update(amount=1)


def test_who_runs_low_is_noted_once(user, settings):
    settings.LOW_BALANCE = 9_990
    for step in range(3):
        credits.spend(user.pk, 8, reference=f"step {step}")

    [notice] = AuditEntry.objects.filter(action=Action.LOW_BALANCE)
    assert (notice.actor_id, notice.details) == (user.pk, {"credits": 9_984})


@pytest.mark.django_db(transaction=True)
def test_many_at_once_spend_what_there_is_and_no_more(user):
    credits.grant(user, 100 - user.credits)

    def spend(number):
        try:
            credits.spend(user.pk, 7, reference=f"n{number % 30}")
        except InsufficientCreditsError:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(spend, range(60)))

    assert balance(user) == 100 - 14 * 7
    assert CreditEntry.objects.filter(reason="usage").count() == 14
    assert list(ledger.drift()) == []


class Money(RuleBasedStateMachine):
    """Anything that may happen to somebody's credits, in any order, twice or late."""

    references = st.sampled_from("abcd")
    amounts = st.integers(0, 60)

    def __init__(self):
        super().__init__()
        self.user = UserFactory()
        self.taken = {}  # (reason, reference): amount, while it is not given back
        self.seen = set()
        self.given = 0

    def take(self, verb, reason, amount, reference):
        before = balance(self.user)
        try:
            verb(self.user.pk, amount, reference=self.name(reference))
        except InsufficientCreditsError:
            assert amount > before
            return
        if amount and (reason, reference) not in self.seen:
            self.seen.add((reason, reference))
            self.taken[reason, reference] = amount

    def name(self, reference):
        return f"{self.user.pk}{reference}"

    @rule(amount=amounts, reference=references)
    def spend(self, amount, reference):
        self.take(credits.spend, "usage", amount, reference)

    @rule(amount=amounts, reference=references)
    def reserve(self, amount, reference):
        self.take(credits.reserve, "reserve", amount, reference)

    @rule(amount=amounts, reference=references)
    def settle(self, amount, reference):
        self.taken.pop(("reserve", reference), None)
        is_first = ("usage", reference) not in self.seen
        taken = credits.settle(self.user.pk, amount, reference=self.name(reference))
        assert is_first or not taken
        if taken:
            self.seen.add(("usage", reference))
            self.taken["usage", reference] = taken

    @rule(reference=references)
    def give_back(self, reference):
        credits.give_back(self.user.pk, [self.name(reference)])
        self.taken.pop(("usage", reference), None)
        self.taken.pop(("reserve", reference), None)

    @precondition(lambda self: balance(self.user) > 100)
    @rule()
    def spend_nearly_all(self):
        amount = 50 - balance(self.user)
        credits.grant(self.user, amount)
        self.given += amount

    @invariant()
    def the_balance_is_what_was_given_and_not_taken(self):
        assert balance(self.user) == 10_000 + self.given - sum(self.taken.values()) >= 0
        assert list(ledger.drift()) == []


def test_no_order_of_events_makes_the_ledger_drift(db, is_long):
    run_state_machine_as_test(
        Money,
        settings=effort(max_examples=200 if is_long else 15, stateful_step_count=20, deadline=None),
    )
