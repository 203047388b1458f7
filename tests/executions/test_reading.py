"""What a burst asks does not grow with the runs that others have had: every statement finds its rows by their run or id."""

import json
import re

import pytest
from django.db import connection

from database import prepared
from tests.executions.scene import drawing, run

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = {"executions_execution", "executions_nodeexecution"}
BY_RUN = re.compile(r"\b(execution_id|id) = ")
GRAPHS = [
    drawing({"a": ("test_pure", {"value": 1})}),
    drawing(
        {"a": ("test_idempotent", {"value": 1}), "b": ("test_pure", {"does": "fail"})},
        ["a.value -> b.value"],
    ),
    drawing(
        {
            "each": ("for_each_block", {"items": [1, 2, 3]}),
            "work": ("test_idempotent", {}),
            "all": ("collect_block", {}),
            "end": ("merge_block", {}),
        },
        ["each.item -> work.value", "work.value -> all.item", "all.list -> end.values_$_0"],
    ),
]


def reading_nodes(plan):
    """The parts of a plan that read an index or a table, each with the name of its table."""
    is_bitmap = plan["Node Type"] == "Bitmap Heap Scan"
    above = {"Relation Name": plan["Relation Name"]} if is_bitmap else {}
    for each in plan.get("Plans", []):
        yield from reading_nodes(above | each)
    if "Scan" in plan["Node Type"] and plan.get("Relation Name") in TABLES:
        yield plan


def plan_of(statement):
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute(statement.plan.replace("EXPLAIN", "EXPLAIN (FORMAT JSON)", 1))
        [[found]] = cursor.fetchall()
    [whole] = json.loads(found) if isinstance(found, str) else found
    return whole["Plan"]


@pytest.mark.parametrize("is_known", [False, True], ids=["new tables", "sizes are known"])
def test_each_statement_finds_its_rows_by_run_or_id(user, monkeypatch, is_known):
    monkeypatch.setattr(prepared, "_used", set())
    connection.close_pool()
    for graph in GRAPHS:
        run(user, graph)
    if is_known:
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(TABLES)}")
    connection.close()
    connection.close_pool()  # the next connection makes its plans now

    read = [(each, node) for each in prepared._used for node in reading_nodes(plan_of(each))]
    assert {node["Relation Name"] for _, node in read} == TABLES
    for each, node in read:
        if "Index Name" in node:
            condition = node.get("Index Cond", "")
            assert BY_RUN.search(condition), f"{node['Index Name']} {condition}: {each.definition}"
        else:
            assert node["Node Type"] == "Bitmap Heap Scan", each.definition
