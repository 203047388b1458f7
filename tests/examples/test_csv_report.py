"""The report on sales, checked against totals that are computed here from the CSV."""

import csv
import json
import re
from collections import Counter, defaultdict
from decimal import Decimal
from io import StringIO

import pytest

from examples.make_sales import write_sales
from executions.engine.status import Status
from tests.examples.conftest import EXAMPLES

pytestmark = pytest.mark.django_db(transaction=True)

SALES = (EXAMPLES / "sales.csv").read_text(encoding="utf-8")


def generated(rows):
    stream = StringIO()
    write_sales(stream, rows)
    return stream.getvalue()


def orders_in(text):
    return [
        {column: cell.strip() for column, cell in row.items()}
        for row in csv.DictReader(StringIO(text))
    ]


def counted(text, minimum):
    """The orders that the report is about."""
    return [
        order
        for order in orders_in(text)
        if order["status"] == "completed" and Decimal(order["revenue"]) >= minimum
    ]


def revenue_by(column, orders):
    sums = defaultdict(Decimal)
    for order in orders:
        sums[order[column]] += Decimal(order["revenue"])
    total = sum(sums.values())
    return [
        [name, f"{value:,.2f}", f"{100 * value / total:.1f} %"]
        for name, value in sorted(sums.items(), key=lambda entry: -entry[1])
    ]


def table_under(heading, report):
    """The cells of a table of the report, without its head."""
    section = report.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")][2:]
    cells = (re.split(r"(?<!\\)\|", row)[1:-1] for row in rows)
    return [[cell.strip().replace("\\|", "|") for cell in row] for row in cells]


@pytest.mark.parametrize("minimum", [Decimal(0), Decimal("100.5")])
def test_every_figure_of_the_report_follows_from_the_csv(run_example, minimum):
    execution = run_example(
        "csv_report.json", csv=SALES, minimum_revenue=float(minimum), title="Our year"
    )

    assert execution.status == Status.COMPLETED
    [report] = execution.outputs["report"]
    orders = counted(SALES, minimum)
    total = sum(Decimal(order["revenue"]) for order in orders)
    assert report.startswith("# Our year\n")
    assert f"\n- Orders: **{len(orders)}**\n" in report
    assert f"\n- Total revenue: **{total:,.2f}**\n" in report
    assert f"\n- Average order: **{total / len(orders):,.2f}**\n" in report
    assert table_under("Revenue by region", report) == revenue_by("region", orders)
    assert table_under("Revenue by product", report) == revenue_by("product", orders)
    largest = sorted(orders, key=lambda order: -Decimal(order["revenue"]))[:10]
    assert table_under("Largest orders", report) == [
        [order[column] for column in ("date", "region", "product", "units", "revenue")]
        for order in largest
    ]
    statuses = Counter(order["status"] for order in orders_in(SALES))
    assert table_under("All orders by status", report) == [
        [status, str(number)] for status, number in statuses.most_common()
    ]


def test_the_report_names_the_day_in_the_users_time_zone(run_example):
    execution = run_example("csv_report.json")

    [report] = execution.outputs["report"]
    today = f"{execution.created_at:%Y-%m-%d}", f"{execution.ended_at:%Y-%m-%d}"
    assert re.search(r"Made on (\S+) from", report)[1] in today


def test_a_report_on_no_orders_says_so_in_zeros(run_example):
    execution = run_example("csv_report.json", minimum_revenue=1_000_000)

    [report] = execution.outputs["report"]
    assert "- Orders: **0**\n- Total revenue: **0.00**\n- Average order: **0.00**" in report
    assert table_under("Revenue by region", report) == []


def test_a_table_without_a_needed_column_fails_in_a_sentence(run_example):
    execution = run_example("csv_report.json", csv="date,region\n2025-01-01,North\n")

    assert execution.status == Status.FAILED
    assert 'No row has the column "status"' in execution.error


def test_the_sales_are_what_their_generator_writes():
    assert generated(4_000) == SALES


def test_the_sample_in_the_graph_is_a_small_year_of_the_generator():
    graph = json.loads((EXAMPLES / "csv_report.json").read_bytes())
    [sample] = [node["input_default"]["value"] for node in graph["nodes"] if node["id"] == "csv"]
    assert sample == generated(60)
