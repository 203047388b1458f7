"""What AutoGPT's generic blocks give for plain inputs, they give here under the same ids, over the API."""

import pytest

CASES = [
    # inputs and outputs
    ("c0a8e994-ebf1-4a9c-a4d8-89d09c86741b", {"name": "n", "value": "tea"}, {"result": ["tea"]}),
    ("c0a8e994-ebf1-4a9c-a4d8-89d09c86741b", {"name": "n", "value": None}, {}),
    (
        "363ae599-353e-4804-937e-b2ee3cef3da4",
        {"name": "greeting", "value": "Ada", "format": "Hello {{ greeting }}!"},
        {"output": ["Hello Ada!"]},
    ),
    (
        "363ae599-353e-4804-937e-b2ee3cef3da4",
        {"name": "greeting", "value": 7},
        {"output": [7], "name": ["greeting"]},
    ),
    ("96dae2bb-97a2-41c2-bd2f-13a3b5a8ea98", {"name": "n", "value": 7}, {"result": [7]}),
    ("cbf36ab5-df4a-43b6-8a7f-f7ed8652116e", {"name": "n"}, {"result": [False]}),
    (
        "655d6fdf-a334-421c-b733-520549c07cd1",
        {"name": "n", "value": "a", "placeholder_values": ["a", "b"]},
        {"result": ["a"]},
    ),
    # basics
    ("1ff065e9-88e8-4358-9d82-8dc91f622ba9", {"input": "x"}, {"output": ["x"]}),
    ("1ff065e9-88e8-4358-9d82-8dc91f622ba9", {"input": "x", "data": 0}, {"output": [0]}),
    ("422cb708-3109-4277-bfe3-bc2ae5812777", {"input_list": [1, 2]}, {"reversed_list": [[2, 1]]}),
    (
        "95d1b990-ce13-4d88-9737-ba5c2070c97b",
        {"value": "[1, 2]", "type": "list"},
        {"value": [[1, 2]]},
    ),
    # logic
    (
        "715696a0-e1da-45c8-b209-c2fa9c3b0be6",
        {"value1": " 10 ", "operator": ">", "value2": "9", "yes_value": "more"},
        {"result": [True], "yes_output": ["more"]},
    ),
    (
        "715696a0-e1da-45c8-b209-c2fa9c3b0be6",
        {"value1": 1, "operator": "==", "value2": 2, "no_value": "no"},
        {"result": [False], "no_output": ["no"]},
    ),
    (
        "6dbbc4b3-ca6c-42b6-b508-da52d23e13f2",
        {"input": 7, "value": "7", "yes_value": "same"},
        {"result": [True], "yes_output": ["same"]},
    ),
    (
        "f66a3543-28d3-4ab5-8945-9b336371e2ce",
        {"items": ["a", "b"]},
        {"item": ["a", "b"], "key": [0, 1]},
    ),
    (
        "f66a3543-28d3-4ab5-8945-9b336371e2ce",
        {"items_object": {"k": "v"}, "items_str": '["x"]'},
        {"item": ["v", "x"], "key": ["k", 0]},
    ),
    (
        "b1ab9b19-67a6-406d-abf5-2dba76d00c79",
        {"operation": "Add", "a": 8, "b": 34},
        {"result": [42]},
    ),
    (
        "b1ab9b19-67a6-406d-abf5-2dba76d00c79",
        {"operation": "Divide", "a": 10, "b": 4, "round_result": True},
        {"result": [2]},
    ),
    ("3c9c2f42-b0c3-435f-ba35-05f7a25c772a", {"collection": {"a": 1}}, {"count": [1]}),
    # dictionaries and lists
    (
        "b924ddf4-de4f-4b56-9a85-358930dcbc91",
        {"values_#_name": "Ada", "values_#_age": 36, "values": {}},
        {"dictionary": [{"name": "Ada", "age": 36}]},
    ),
    (
        "31d1064e-7446-4693-a7d4-65e5ca1180d1",
        {"dictionary": {"a": 1}, "key": "b", "value": 2},
        {"updated_dictionary": [{"a": 1, "b": 2}]},
    ),
    ("0e50422c-6dee-4145-83d6-3a5a392f65de", {"input": {"a": 1}, "key": "a"}, {"output": [1]}),
    ("0e50422c-6dee-4145-83d6-3a5a392f65de", {"input": [5, 6], "key": 1}, {"output": [6]}),
    (
        "0e50422c-6dee-4145-83d6-3a5a392f65de",
        {"input": [{"a": 1}, {"a": 2}], "key": "a"},
        {"output": [[1, 2]]},
    ),
    (
        "0e50422c-6dee-4145-83d6-3a5a392f65de",
        {"input": '{"a": 1}', "key": "b"},
        {"missing": ['{"a": 1}']},
    ),
    (
        "a912d5c7-6e00-4542-b2a9-8034136930e4",
        {"values": [1, 2, 3], "max_size": 2},
        {"list": [[1, 2], [3]]},
    ),
    (
        "aeb08fc1-2fc1-4141-bc8e-f758f183a822",
        {"list": [1, 3], "entry": 2, "position": 1},
        {"updated_list": [[1, 2, 3]]},
    ),
    (
        "5e2c6d0a-1e37-489f-b1d0-8e1812b23333",
        {"list": ["a", "b"], "value": "b"},
        {"index": [1], "found": [True]},
    ),
    ("262ca24c-1025-43cf-a578-534e23234e97", {"list": [1, 2], "index": -1}, {"item": [2]}),
    (
        "0d0e684f-5cb9-4c4b-b8d1-47a0860e0c07",
        {"lists": [[1, 2], ["a"]], "pad_to_longest": True},
        {"zipped_list": [[[1, "a"], [2, None]]], "length": [2]},
    ),
    # text
    (
        "3060088f-6ed9-4928-9ba7-9c92823a7ccd",
        {"text": "Hello", "match": "h.l", "data": 1, "case_sensitive": False},
        {"positive": [1]},
    ),
    (
        "3146e4fe-2cdd-4f29-bd12-0c9d5bb4deb0",
        {"text": "Ada, 36", "pattern": r"(\w+), (\d+)", "group": 2},
        {"positive": ["36"], "matched_results": [["36"]], "matched_count": [1]},
    ),
    (
        "db7d8f02-2f44-4c55-ab7a-eae0941f0c30",
        {"values": {"names": ["Ada", "Bo"]}, "format": "{% for n in names %}{{ n }} {% endfor %}"},
        {"output": ["Ada Bo "]},
    ),
    (
        "e30a4d42-7b7d-4e6a-b36e-1f9b8e3b7d85",
        {"input_$_0": "a", "input_$_1": "b", "input": [], "delimiter": "-"},
        {"output": ["a-b"]},
    ),
    (
        "d5ea33c8-a575-477a-b42f-2fe3be5055ec",
        {"text": "a, b", "delimiter": ","},
        {"texts": [["a", "b"]]},
    ),
    (
        "ab2a782d-22cf-4587-8a70-55b59b3f9f90",
        {"text": "one two"},
        {"word_count": [2], "character_count": [7]},
    ),
    ("2570e8fe-8447-43ed-84c7-70d657923231", {"text": "a\\nb"}, {"decoded_text": ["a\nb"]}),
    (
        "acf7625e-d2cb-4941-bfeb-2819fc6fc015",
        {"contents": "a,b\n1,2\n3,4", "produce_singular_result": True},
        {"row": [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]},
    ),
    (
        "acf7625e-d2cb-4941-bfeb-2819fc6fc015",
        {"contents": "a,b\n1,2"},
        {"rows": [[{"a": "1", "b": "2"}]]},
    ),
    # for models
    (
        "806fb15e-830f-4796-8692-557d300ff43c",
        {"texts": ["One. Two."], "max_chunk_length": 5},
        {"chunks": [["One.", "Two."]]},
    ),
]


@pytest.mark.parametrize(("block_id", "given", "sent"), CASES)
def test_a_block_gives_what_it_gives_there(api, block_id, given, sent):
    answer = api.post(f"/api/blocks/{block_id}/execute", given)
    assert (answer.status_code, answer.json()) == (200, sent)


def test_a_division_by_zero_is_a_failure_here_and_no_infinity(api):
    """There it gives infinity, which is no JSON."""
    given = {"operation": "Divide", "a": 1, "b": 0}
    answer = api.post("/api/blocks/b1ab9b19-67a6-406d-abf5-2dba76d00c79/execute", given)
    assert answer.json()["error"]["message"] == "Division by zero has no result"


def test_without_a_match_the_whole_text_goes_the_other_way(api):
    given = {"text": "Ada", "pattern": r"\d"}
    answer = api.post("/api/blocks/3146e4fe-2cdd-4f29-bd12-0c9d5bb4deb0/execute", given)
    assert answer.json()["negative"] == ["Ada"]


@pytest.mark.parametrize(
    "name",
    ["values_$_x", "values_$_99999999", "values" + "_#_a" * 5_000, "values" + "_$_0" * 5_000],
)
def test_a_name_that_reaches_nowhere_is_refused(api, name):
    answer = api.post("/api/blocks/create_list_block/execute", {name: 1})
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (400, "invalid_input")


def test_many_lists_are_not_padded_at_once(api):
    given = {f"list{number}_$_10000": 1 for number in range(1_000)}
    answer = api.post("/api/blocks/llm_call_block/execute", {"prompt": "x", **given})
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (400, "invalid_input")
