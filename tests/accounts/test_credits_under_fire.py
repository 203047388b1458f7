"""Many processes spend the same credits while some of them are killed: the ledger adds up to the balance."""

import subprocess
import sys
from pathlib import Path

import pytest

from accounts import credits
from accounts.models import CreditEntry
from chaos import ledger
from tests.processes import on_this_database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]
ROOT = Path(__file__).resolve().parents[2]
PRICE = 7

# Holds back, settles, spends and gives back, for references that other processes use, too.
SPENDER = """
import random, sys
import django
django.setup()
from accounts import credits
from accounts.errors import InsufficientCreditsError
from django.db import IntegrityError
user, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
chance = random.Random(seed)
print("ready", flush=True)
for number in range(count):
    reference = f"n{chance.randrange(count)}"
    try:
        credits.spend(user, 7, reference=reference)
        credits.reserve(user, 5, reference=f"{reference}:1")
        if chance.random() < 0.3:
            credits.give_back(user, [reference, f"{reference}:1"])
        else:
            credits.settle(user, 2, reference=f"{reference}:1")
    except (InsufficientCreditsError, IntegrityError):  # poor, or another process was faster
        pass
    print(number, flush=True)
"""


@pytest.fixture
def spenders(user):
    """Start this many processes that spend this often; they are killed at the end if they still run."""
    env = on_this_database(PYTHONPATH=str(ROOT))
    started = []

    def spenders(count, each):
        for seed in range(count):
            command = [sys.executable, "-c", SPENDER, str(user.pk), str(seed), str(each)]
            started.append(
                subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True, cwd=ROOT)
            )
        return started

    yield spenders
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.timeout(300)
def test_s_9_nothing_is_lost_or_spent_twice_when_processes_are_killed(user, spenders, is_long):
    """S9: with `--long` 8 processes and 1,000 spends."""
    count, each = (8, 125) if is_long else (4, 25)
    credits.grant(user, 400 - user.credits)
    processes = spenders(count, each)
    for process in processes[::2]:  # half of them in the middle of their work
        for _ in range(each // 3):
            process.stdout.readline()
        process.kill()
    for process in processes[1::2]:
        assert process.wait() == 0

    user.refresh_from_db()
    assert list(ledger.drift()) == []
    assert user.credits >= 0
    for reason in ("usage", "refund", "reserve", "release"):
        references = list(
            CreditEntry.objects.filter(reason=reason).values_list("reference", flat=True)
        )
        assert len(references) == len(set(references))
    paid = CreditEntry.objects.filter(reason="usage").exclude(reference__endswith=":1")
    assert set(paid.values_list("amount", flat=True)) == {-PRICE}
