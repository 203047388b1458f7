"""Pages about money: what it went to, the statement, and that it runs out."""

import csv

import pytest

from accounts import credits
from accounts.audit.models import AuditEntry
from tests.executions.scene import drawing, run
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_spending_is_shown_by_day_graph_and_block(page, user):
    run(user, drawing({"pay": ("test_paid", {})}))
    run(user, drawing({"pay": ("test_paid", {"does": "fail"})}))
    credits.reserve(user.pk, 7, reference="held:1")
    credits.spend(user.pk, 3, reference="a block alone")

    shown = page.get("/account/spending/").content.decode()

    assert "8 credits in 30 days" in shown
    assert shown.count("<title>") == 31
    assert 'width="2.8" height="100.0"' in shown
    for name in ("Scene", "Paid", "Blocks tried alone"):
        assert f'<td class="spending-name">{name}</td>' in shown


def test_a_stranger_sees_nothing_of_it(page, user):
    credits.spend(UserFactory().pk, 3, reference="theirs")
    assert "Nothing was spent." in page.get("/account/spending/").content.decode()


@pytest.mark.parametrize(
    "address", ["/account/credits/statement.csv", "/api/user/credits/statement"]
)
def test_x_14_the_statement_adds_up_and_holds_no_formula(page, api, user, address):
    credits.grant(user, 5, reference='=HYPERLINK("http://evil.example")')
    client = api if address.startswith("/api/") else page
    answer = client.get(address)
    text = b"".join(answer.streaming_content).decode()

    head, first, second = csv.reader(text.splitlines())
    assert head == ["created_at", "reason", "reference", "credits", "balance"]
    assert first[1:] == ["initial", "", "10000", "10000"]
    assert second[1:] == ["grant", '\'=HYPERLINK("http://evil.example")', "5", "10005"]
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert AuditEntry.objects.get(action="export").target == "statement of credits"


def test_who_runs_low_is_told_on_every_page(page, user, settings):
    settings.LOW_BALANCE = 10
    assert "Your balance is low" not in page.get("/graphs/").content.decode()
    credits.grant(user, 9 - user.credits)
    assert "Your balance is low: 9 credits" in page.get("/graphs/").content.decode()
