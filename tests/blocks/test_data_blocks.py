"""Files, tables, samples: what the examples of the blocks do not say."""

import base64
import re

import pytest

from blocks.base import BlockError
from tests.blocks.ports import answering, run_block

SALES = "city,amount\nOslo,0.1\nRome,20\nOslo,0.2\nParis,\n"


def first(block_id, **given):
    return run_block(block_id, given)[0][1]


def test_a_report_is_made_of_a_csv_text():
    rows = first("read_spreadsheet_block", contents=SALES)
    rows = first("filter_rows_block", rows=rows, column="amount", operator="!=", value="")
    groups = first("aggregate_rows_block", rows=rows, group_by="city", value="amount")
    table = first("rows_to_markdown_table_block", rows=groups)
    report = first(
        "fill_text_template_block", format="# Sales\n\n{{ table }}", values={"table": table}
    )
    assert report == ("# Sales\n\n| group | value |\n| --- | --- |\n| Rome | 20 |\n| Oslo | 0.3 |")


@pytest.mark.parametrize(
    ("operation", "values"),
    [
        ("sum", {"Oslo": 0.3, "Rome": 20}),
        ("average", {"Oslo": 0.15, "Rome": 20}),
        ("min", {"Oslo": 0.1, "Rome": 20}),
        ("max", {"Oslo": 0.2, "Rome": 20}),
        ("count", {"Oslo": 2, "Rome": 1, "Paris": 1}),
    ],
)
def test_groups_leave_out_empty_cells_but_count_their_rows(operation, values):
    rows = first("read_spreadsheet_block", contents=SALES)
    groups = first(
        "aggregate_rows_block",
        rows=rows, group_by="city", value="amount", operation=operation, descending=False,
    )  # fmt: skip
    assert {group["group"]: group["value"] for group in groups} == values


@pytest.mark.parametrize(
    ("given", "rows"),
    [
        ({"contents": "a,a,\n1,2,3"}, [{"a": "1", "a (2)": "2", "2": "3"}]),
        ({"contents": "a,b\n1\n1,2,3"}, [{"a": "1", "b": ""}, {"a": "1", "b": "2", "2": "3"}]),
        ({"contents": 'a,b\n"x, ""y""\nz",2'}, [{"a": 'x, "y"\nz', "b": "2"}]),
        ({"contents": "a\n1\n\n2\n", "skip_rows": 1}, [{"a": "2"}]),
        (
            {"contents": "a|b\n'1|2'|3", "delimiter": "|", "quotechar": "'"},
            [{"a": "1|2", "b": "3"}],
        ),
        ({"contents": "1,2", "has_header": False, "skip_columns": ["0"]}, [{"1": "2"}]),
        ({"contents": " a \n 1 ", "strip": False}, [{" a ": " 1 "}]),
        ({"contents": ""}, []),
        ({"contents": "a,b"}, []),
        (
            {
                "file_input": "data:text/csv;base64,"
                + base64.b64encode(b"\xef\xbb\xbfa\n1").decode()
            },
            [{"a": "1"}],
        ),
        (
            {"file_input": "data:text/csv;charset=gbk;base64,sug=", "has_header": False},
            [{"0": "茶"}],
        ),
    ],
)
def test_a_table_is_read_row_by_row(given, rows):
    assert run_block("read_spreadsheet_block", given) == [("rows", rows)]


@pytest.mark.parametrize(
    ("block_id", "given", "message"),
    [
        (
            "read_spreadsheet_block",
            {"file_input": "data:,PK%03%04zip"},
            "not an Excel workbook that can be read",
        ),
        ("read_spreadsheet_block", {"contents": "x" * 200_000}, "cannot be read near line 1"),
        ("parse_json_block", {"text": "9" * 5_000}, "not JSON: a number has too many digits"),
        (
            "read_spreadsheet_block",
            {"contents": "a,b\n", "quotechar": ",", "delimiter": ","},
            "must differ",
        ),
        ("file_read_block", {"file_input": "data:text/plain;base64,%%%"}, "not valid base64"),
        ("file_read_block", {"file_input": "data:text/plain"}, "has no comma"),
        ("file_read_block", {"file_input": "data:,%ff%fe%ff"}, "not text in UTF-16"),
        ("file_read_block", {"file_input": "data:,%c3%28"}, "not text in UTF-8"),
        (
            "file_read_block",
            {"file_input": "data:text/plain;charset=punycode,abc"},
            "not text in PUNYCODE",
        ),
        (
            "file_read_block",
            {"file_input": "data:text/plain;charset=nonsense,abc"},
            "not text in NONSENSE",
        ),
        (
            "file_read_block",
            {"file_input": "x" * 20_000, "size_limit": 1},
            "more than 10,000 pieces",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(block_id, given, message):
    with pytest.raises(BlockError, match=re.escape(message)):
        run_block(block_id, given)


@pytest.mark.parametrize(
    ("given", "pieces"),
    [
        ({"file_input": "a\nb\nc", "delimiter": "\n", "size_limit": 3}, ["a\nb", "c"]),
        ({"file_input": "aaaa\nb", "delimiter": "\n", "size_limit": 3}, ["aaa", "a\nb"]),
        ({"file_input": "abc", "skip_size": 1}, ["bc"]),
        ({"file_input": "a\nb\nc\nd", "delimiter": "\n", "skip_rows": 1, "row_limit": 2}, ["b\nc"]),
        ({"file_input": ""}, [""]),
    ],
)
def test_a_file_is_read_in_pieces(given, pieces):
    assert run_block("file_read_block", given) == [("content", piece) for piece in pieces]


def test_a_file_on_the_web_that_is_too_large_is_refused():
    script = answering({"status": 200, "body": b"x" * 10_000_001})
    with pytest.raises(BlockError, match="larger than 10 MB"):
        run_block("file_read_block", {"file_input": "https://example.com/a"}, script)


ROWS = [{"n": number, "kind": "even" if number % 2 == 0 else "odd"} for number in range(30)]


@pytest.mark.parametrize(
    "given",
    [
        {"sampling_method": "random"},
        {"sampling_method": "reservoir"},
        {"sampling_method": "weighted", "weight_key": "n"},
        {"sampling_method": "stratified", "stratify_key": "kind"},
        {"sampling_method": "systematic"},
        {"sampling_method": "top"},
        {"sampling_method": "bottom"},
    ],
)
def test_a_seed_makes_a_sample_repeatable(given):
    given = {"data": ROWS, "sample_size": 7, "random_seed": 1, **given}
    sample, positions = (value for _, value in run_block("data_sampling_block", given))
    assert sample == [ROWS[position] for position in positions]
    assert len(set(positions)) == 7
    assert run_block("data_sampling_block", given)[0] == ("sampled_data", sample)


def test_a_stratified_sample_keeps_the_shares():
    rows = [{"kind": "a"}] * 20 + [{"kind": "b"}] * 10
    given = {
        "data": rows,
        "sample_size": 6,
        "sampling_method": "stratified",
        "stratify_key": "kind",
    }
    sample = first("data_sampling_block", **given)
    assert [row["kind"] for row in sample] == ["a"] * 4 + ["b"] * 2


def test_a_cluster_sample_takes_whole_groups():
    given = {"data": ROWS, "sample_size": 15, "sampling_method": "cluster", "cluster_key": "kind"}
    kinds = [row["kind"] for row in first("data_sampling_block", **given)]
    assert kinds in (["even"] * 15, ["odd"] * 15)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"sampling_method": "cluster"}, "needs a column in cluster_key"),
        (
            {"sampling_method": "weighted", "weight_key": "kind"},
            'Row 1 has the text "even" as its weight',
        ),
        ({"sampling_method": "stratified", "stratify_key": "size"}, 'Row 1 has no column "size"'),
        ({"accumulate": True}, "Accumulating is not possible"),
    ],
)
def test_a_sample_that_cannot_be_taken_is_refused(given, message):
    with pytest.raises(BlockError, match=re.escape(message)):
        run_block("data_sampling_block", {"data": ROWS, "sample_size": 3, **given})


@pytest.mark.parametrize(
    ("xml", "parsed"),
    [
        ("<a>1</a><a>2</a><b/>", {"a": ["1", "2"], "b": ""}),
        ("Sure: <a>1</a> Bye", {"a": "1", "#text": "Sure: Bye"}),
        ("<a> x <b>y</b> z </a>", {"a": {"b": "y", "#text": "x z"}}),
        ("<a><![CDATA[<b>]]></a>", {"a": "<b>"}),
    ],
)
def test_xml_becomes_a_dictionary_that_loses_nothing(xml, parsed):
    assert run_block("xml_parser_block", {"input_xml": xml}) == [("parsed_xml", parsed)]


@pytest.mark.parametrize("xml", ["only words", "<a>", "<a>1 & 2</a>", "</root><root>"])
def test_what_is_not_xml_is_refused(xml):
    with pytest.raises(BlockError, match="The text is not XML"):
        run_block("xml_parser_block", {"input_xml": xml})


@pytest.mark.parametrize(
    ("value", "key", "found"),
    [
        ([10, 20], "-1", 20),
        ({"1": "a"}, 1, "a"),
        ({"a": None}, "a", None),
        ('[{"n": 1}]', "n", [1]),
    ],
)
def test_a_key_is_found_wherever_it_is(value, key, found):
    assert run_block("find_in_dictionary_block", {"input": value, "key": key}) == [
        ("output", found)
    ]


@pytest.mark.parametrize(
    ("value", "key"), [([1], 5), ("text", "a"), ("5", "a"), (7, "a"), ([], "a"), ([{}], "a")]
)
def test_what_is_not_found_is_sent_on_as_missing(value, key):
    assert run_block("find_in_dictionary_block", {"input": value, "key": key}) == [
        ("missing", value)
    ]


def test_true_and_one_are_not_the_same_item():
    given = {"list_a": [True, 1, 1.0, "1"], "list_b": [1]}
    assert run_block("list_difference_block", given)[0] == ("difference", [True, "1"])
