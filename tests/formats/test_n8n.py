"""Workflows of n8n, written here in its format: common nodes run, others are told of."""

import json

import pytest

from executions import services as runs
from executions.workers import work
from graphs import bundles
from graphs.formats import n8n_expressions, reading
from graphs.formats.bundle import About, FormatError
from graphs.formats.n8n_expressions import Place, Plain, Template, Unknown


def node(name, type_, version=1, **parameters):
    return {
        "id": name,
        "name": name,
        "type": f"n8n-nodes-base.{type_}",
        "typeVersion": version,
        "position": [0, 0],
        "parameters": parameters,
    }


def workflow(nodes, **wires):
    """`Name=[["First output's target"], ["Second's"]]`."""
    connections = {
        name.replace("_", " "): {
            "main": [
                [{"node": each, "type": "main", "index": 0} for each in out] for out in outputs
            ]
        }
        for name, outputs in wires.items()
    }
    return {"name": "Flow", "nodes": nodes, "connections": connections, "settings": {}}


def run(user, file, **inputs):
    version = bundles.save(user, reading.read(json.loads(json.dumps(file)))).version
    execution = runs.start_execution(version=version, user=user, inputs=inputs)
    work.advance(execution.pk)
    execution.refresh_from_db()
    assert execution.status == "COMPLETED", execution.error
    return execution.outputs


def remarks(file, kind):
    return [remark.text for remark in reading.read(file).remarks if remark.about == kind]


START = node("Start", "manualTrigger")


def assigned(**values):
    return {"assignments": [{"name": name, "value": value} for name, value in values.items()]}


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        ("plain", Plain("plain")),
        (7, Plain(7)),
        ("=plain", Plain("plain")),
        ("={{ $json.user.name }}", Place("_#_user_#_name")),
        ('={{ $json["a b"][0] }}', Place("_#_a b_$_0")),
        ("={{$json}}", Place("")),
        ("=Hello {{ $json.name }}!", Template("Hello {{ json['name'] }}!")),
        ("={{ $json.a + 1 }}", Unknown("{{ $json.a + 1 }}")),
        ("={{ $now }}", Unknown("{{ $now }}")),
    ],
)
def test_expressions_are_understood_or_said_not_to_be(value, meaning):
    assert n8n_expressions.meaning_of(value) == meaning


def test_fields_are_set_from_what_came_in(db, user):
    file = workflow(
        [
            START,
            node(
                "Set",
                "set",
                3.4,
                assignments=assigned(
                    hello="=Hello {{ $json.name }}!", copy="={{ $json.name }}", n=7
                ),
                includeOtherFields=True,
            ),
        ],
        Start=[["Set"]],
    )
    [made] = run(user, file, Start={"name": "Ada"})["updated_dictionary"]
    assert made == {"name": "Ada", "hello": "Hello Ada!", "copy": "Ada", "n": 7}


def test_an_if_takes_one_way_with_what_came_in(db, user):
    condition = {
        "leftValue": "={{ $json.age }}",
        "rightValue": 18,
        "operator": {"type": "number", "operation": "gte"},
    }
    file = workflow(
        [
            START,
            node("Adult?", "if", 2, conditions={"conditions": [condition]}),
            node("Yes", "respondToWebhook"),
            node("No", "respondToWebhook"),
        ],
        **{"Start": [["Adult?"]], "Adult?": [["Yes"], ["No"]]},
    )
    assert run(user, file, Start={"age": 18}) == {"Yes": [{"age": 18}]}
    assert run(user, file, Start={"age": 17}) == {"No": [{"age": 17}]}


def test_a_switch_and_a_merge_come_together(db, user):
    rules = [
        {
            "conditions": {
                "conditions": [
                    {
                        "leftValue": "={{ $json.kind }}",
                        "rightValue": each,
                        "operator": {"operation": "equals"},
                    }
                ]
            }
        }
        for each in ("a", "b")
    ]
    file = workflow(
        [
            START,
            node("Switch", "switch", 3, rules={"values": rules}),
            node("A", "noOp"),
            node("B", "noOp"),
            node("Merge", "merge", 3, mode="append"),
            node("End", "respondToWebhook"),
        ],
        Start=[["Switch"]],
        Switch=[["A"], ["B"]],
        A=[["Merge"]],
        B=[["Merge"]],
        Merge=[["End"]],
    )
    assert run(user, file, Start={"kind": "b"}) == {"End": [[{"kind": "b"}]]}


@pytest.mark.parametrize(("version", "outputs"), [(3, (0, 1)), (1, (1, 0))])
def test_a_loop_becomes_for_each_and_collect(db, user, version, outputs):
    done, body = outputs
    ways = [[], []]
    ways[done], ways[body] = ["End"], ["Set"]
    file = workflow(
        [
            START,
            node("Items", "set", assignments=assigned(x=1)),
            node("Loop", "splitInBatches", version),
            node("Set", "set", assignments=assigned(twice="={{ $json }}{{ $json }}")),
            node("End", "respondToWebhook"),
        ],
        Start=[["Loop"]],
        Loop=ways,
        Set=[["Loop"]],
    )
    made = reading.read(file).main.drawing
    ends = {(link.source_id, link.sink_id) for link in made.links}
    assert {("Loop", "Set"), ("Set", "Loop results"), ("Loop results", "End")} <= ends
    assert ("Set", "Loop") not in ends


def test_a_request_gets_its_address_headers_and_body():
    file = workflow(
        [
            START,
            node(
                "Call",
                "httpRequest",
                4,
                method="POST",
                url="=https://example.com/{{ $json.id }}",
                authentication="genericCredentialType",
                headerParameters={"parameters": [{"name": "X-Kind", "value": "tea"}]},
                bodyParameters={"parameters": [{"name": "who", "value": "={{ $json.who }}"}]},
            ),
        ],
        Start=[["Call"]],
    )
    made = reading.read(file).main.drawing
    assert made.nodes["Call"].input_default["headers"] == {"X-Kind": "tea"}
    assert {(link.source_name, link.sink_id, link.sink_name) for link in made.links} == {
        ("output", "Call", "url"),
        ("result", "Call text of url", "values_#_json"),
        ("result_#_who", "Call", "body_#_who"),
    }
    assert remarks(file, About.CONFIGURE) == ["Call: give it the credential that it used"]


def test_code_has_to_be_written_anew_and_is_kept_as_a_remark(db, user):
    file = workflow([START, node("Code", "code", jsCode="return items;")], Start=[["Code"]])
    code = reading.read(file).main.drawing.nodes["Code"].input_default["code"]
    assert "# return items;" in code
    assert len(remarks(file, About.CONFIGURE)) == 1


def test_nodes_that_nobody_knows_are_placeholders_and_keep_their_links():
    file = workflow(
        [node("Hook", "webhook"), node("Slack", "slack", channel="#general"), node("End", "noOp")],
        Hook=[["Slack"]],
        Slack=[["End"]],
    )
    made = reading.read(file).main.drawing
    assert made.nodes["Slack"].input_default == {"channel": "#general", "stands_for": "slack"}
    assert len(made.links) == 2
    assert remarks(file, About.PLACEHOLDER) == ["Slack: there is no block for slack here"]


def test_an_expression_of_another_kind_is_kept_and_told_of():
    file = workflow(
        [START, node("Set", "set", 2, values={"string": [{"name": "a", "value": "={{ $now }}"}]})],
        Start=[["Set"]],
    )
    made = reading.read(file).main.drawing.nodes["Set"]
    assert made.input_default["entries"] == {"a": "{{ $now }}"}
    assert "{{ $now }}" in remarks(file, About.CONFIGURE)[0]


def test_links_to_models_and_to_nowhere_are_told_of():
    file = workflow([START], Start=[["Gone"]])
    file["connections"]["Model"] = {"ai_languageModel": [[{"node": "Start"}]]}
    assert len(remarks(file, About.CHANGED)) == 2


def test_nodes_of_one_name_are_told_apart(db, user):
    first = node("Same", "set", 3.4, assignments=assigned(a="1"))
    second = node("Same", "set", 3.4, assignments=assigned(a="2"))
    third = node("Same 2", "respondToWebhook")
    file = workflow([START, first, second, third], Start=[["Same"]], Same=[["Same 2"]])
    assert (
        remarks(file, About.CHANGED)[0] == "Same 3: another node has its name; links keep to that"
    )
    assert set(reading.read(file).main.drawing.nodes) == {"Start", "Same", "Same 2", "Same 3"}
    assert run(user, file)["Same 2"] == [{"a": "1"}]


def test_what_a_node_becomes_takes_no_place_of_another():
    loop, other = node("Loop", "splitInBatches", 3), node("Loop results", "noOp")
    file = workflow([START, other, loop], Start=[["Loop", "Loop results"]])
    drawing = reading.read(file).main.drawing
    assert len(drawing.nodes) == 4
    assert drawing.nodes["Loop results"].block_id == "print_to_console_block"


def test_what_no_trigger_leads_to_never_runs(db, user):
    loose = [node("Delete", "httpRequest", url="http://127.0.0.1:9/"), node("After", "noOp")]
    file = workflow(
        [START, *loose, node("End", "respondToWebhook")], Start=[["End"]], Delete=[["After"]]
    )
    drawing = reading.read(file).main.drawing
    assert {drawing.nodes[name].block_id for name in ("Delete", "After")} == {"note_block"}
    assert "http://127.0.0.1:9/" in drawing.nodes["Delete"].input_default["text"]
    assert run(user, file, Start="x") == {"End": ["x"]}


def test_a_part_without_a_trigger_is_taken_whole():
    file = workflow([node("Call", "httpRequest", url="https://example.com")])
    assert reading.read(file).main.drawing.nodes["Call"].block_id == "send_web_request_block"


def test_a_node_that_was_switched_off_hands_on_what_comes_in(db, user):
    off = {**node("Call", "httpRequest", url="http://127.0.0.1:9/"), "disabled": True}
    file = workflow([START, off, node("End", "respondToWebhook")], Start=[["Call"]], Call=[["End"]])
    assert "Call: it was switched off there" in remarks(file, About.CHANGED)[0]
    assert run(user, file, Start={"a": 1}) == {"End": [{"a": 1}]}


@pytest.mark.parametrize(
    ("operation", "right", "taken", "is_told"),
    [
        ("contains", "x", ("==", "x"), True),
        ("notEquals", "x", ("!=", "x"), False),
        ("true", "", ("==", True), False),
        ("notEmpty", "", ("!=", ""), False),
    ],
)
def test_a_comparison_that_is_not_here_is_told(operation, right, taken, is_told):
    given = {"leftValue": "={{ $json.a }}", "operator": {"operation": operation}}
    conditions = {"conditions": [{**given, "rightValue": right}]}
    file = workflow([START, node("If", "if", 2, conditions=conditions)], Start=[["If"]])
    values = reading.read(file).main.drawing.nodes["If"].input_default
    assert (values["operator"], values["value2"]) == taken
    assert bool(remarks(file, About.CONFIGURE)) is is_told


@pytest.mark.parametrize("nodes", [[], [7], [{"name": "x"}], [{"type": "noOp", "name": ""}]])
def test_what_is_no_workflow_is_refused(nodes):
    with pytest.raises(FormatError):
        reading.read(workflow(nodes))
