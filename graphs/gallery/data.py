"""Templates that work on tables, numbers and days."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from graphs import spec
from graphs.gallery.template import Template, drawn


def _sales() -> spec.Graph:
    sample = "product,amount\ntea,12\ncups,30\ntea,8\npots,55\ncups,10"
    return drawn(
        [
            (
                "csv",
                "long_text_input_block",
                (0, 0),
                _("Table as CSV"),
                {"name": "csv", "value": sample},
            ),
            (
                "read",
                "read_spreadsheet_block",
                (1, 0),
                _("Read the table"),
                {"produce_singular_result": False},
            ),
            (
                "sum",
                "aggregate_rows_block",
                (2, 0),
                _("Add up by product"),
                {"group_by": "product", "value": "amount", "operation": "sum", "descending": True},
            ),
            ("table", "rows_to_markdown_table_block", (3, 0), _("Make a table"), {}),
            ("report", "output_block", (4, 0), _("Report"), {"name": _("report")}),
        ],
        [
            "csv.result -> read.contents",
            "read.rows -> sum.rows",
            "sum.groups -> table.rows",
            "table.table -> report.value",
        ],
    )


def _json_table() -> spec.Graph:
    sample = '[{"city": "Oslo", "degrees": 4}, {"city": "Rome", "degrees": 15}]'
    return drawn(
        [
            ("json", "long_text_input_block", (0, 0), "JSON", {"name": "json", "value": sample}),
            ("parse", "parse_json_block", (1, 0), _("Read the JSON"), {}),
            ("table", "rows_to_markdown_table_block", (2, 0), _("Make a table"), {}),
            ("result", "output_block", (3, 0), _("Table"), {"name": _("table")}),
        ],
        ["json.result -> parse.text", "parse.value -> table.rows", "table.table -> result.value"],
    )


def _numbers() -> spec.Graph:
    text = _("{{ s.count }} values, mean {{ s.mean }}, from {{ s.min }} to {{ s.max }}")
    return drawn(
        [
            (
                "numbers",
                "input_block",
                (0, 0),
                _("Numbers"),
                {"name": _("numbers"), "value": [3, 5, 8, 13]},
            ),
            ("count", "list_statistics_block", (1, 0), _("Describe them"), {}),
            ("words", "fill_text_template_block", (2, 0), _("In words"), {"format": text}),
            ("result", "output_block", (3, 0), _("Result"), {"name": _("result")}),
        ],
        [
            "numbers.result -> count.numbers",
            "count.count -> words.values_#_s_#_count",
            "count.mean -> words.values_#_s_#_mean",
            "count.min -> words.values_#_s_#_min",
            "count.max -> words.values_#_s_#_max",
            "words.output -> result.value",
        ],
    )


def _days() -> spec.Graph:
    return drawn(
        [
            (
                "day",
                "date_input_block",
                (0, 0),
                _("Day"),
                {"name": _("day"), "value": "2030-01-01"},
            ),
            ("today", "get_current_date_block", (0, 1), _("Today"), {"trigger": "now"}),
            ("between", "date_difference_block", (1, 0), _("Days between"), {}),
            ("days", "output_block", (2, 0), _("Days"), {"name": _("days")}),
        ],
        ["today.date -> between.start", "day.result -> between.end", "between.days -> days.value"],
    )


TEMPLATES = (
    Template(
        "sales",
        gettext_lazy("Report from a CSV table"),
        gettext_lazy("Adds up the rows of a table by product and writes a report."),
        "data",
        _sales,
    ),
    Template(
        "json-table",
        gettext_lazy("Table from JSON"),
        gettext_lazy("Turns a list in JSON into a table that people can read."),
        "data",
        _json_table,
    ),
    Template(
        "numbers",
        gettext_lazy("Describe numbers"),
        gettext_lazy("Count, mean and range of a list of numbers, in a sentence."),
        "math",
        _numbers,
    ),
    Template(
        "days",
        gettext_lazy("Days until a date"),
        gettext_lazy("How many days there are between today and a day of yours."),
        "time",
        _days,
    ),
)
