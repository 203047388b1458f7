"""Lists ask the database the same number of questions for three rows as for one."""

from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import credits
from tests.factories import (
    ExecutionFactory,
    NodeExecutionFactory,
    VersionFactory,
)
from tests.pages.test_lists import MAKERS


def graphs(user):
    return lambda: ExecutionFactory(user=user)


def runs_of_one_graph(user):
    version = VersionFactory(owner=user)
    return lambda: ExecutionFactory(user=user, version=version)


def credit_entries(user):
    return lambda: credits.grant(user, 1)


def rows_of(address):
    def more(user):
        names = (f"name {number}" for number in count())
        return lambda: MAKERS[address](user, next(names))

    return more


@pytest.mark.parametrize(
    ("address", "more"),
    [
        *((address, rows_of(address)) for address in MAKERS),
        ("/graphs/", graphs),
        ("/executions/", graphs),
        ("/executions/", runs_of_one_graph),
        ("/account/credits/", credit_entries),
    ],
)
def test_a_list_costs_the_same_for_any_number_of_rows(page, user, address, more):
    add = more(user)
    add()
    with_one = queries(page, address)
    add(), add()
    assert queries(page, address) == with_one


def test_recent_runs_cost_the_same_for_any_number_of_runs(page, user, version):
    address = f"/graphs/{version.graph_id}/recent-runs/"
    ExecutionFactory(user=user, version=version)
    with_one = queries(page, address)
    ExecutionFactory.create_batch(2, user=user, version=version)
    assert queries(page, address) == with_one


@pytest.mark.parametrize("part", ["", "live/", "nodes/"])
def test_a_run_costs_the_same_for_any_number_of_node_executions(page, user, version, part):
    execution = ExecutionFactory(user=user, version=version)
    address = f"/executions/{execution.pk}/{part}"
    NodeExecutionFactory(execution=execution)
    with_one = queries(page, address)
    NodeExecutionFactory.create_batch(2, execution=execution)
    assert queries(page, address) == with_one


def queries(page, address):
    page.get(address)  # plans of versions are remembered
    with CaptureQueriesContext(connection) as captured:
        assert page.get(address).status_code == 200
    return len(captured)
