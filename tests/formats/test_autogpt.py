"""Agent files of the AutoGPT platform, written here in its format: what they hold arrives, and goes back as it came."""

import json

import pytest
from hypothesis import given

from blocks import registry
from executions import services as runs
from executions.workers import work
from graphs import bundles, services
from graphs.formats import autogpt, autogpt_ids, reading
from graphs.formats.bundle import About, FormatError
from graphs.models import Graph
from tests.formats.drawings import bundles as any_bundles

INPUT, OUTPUT = "c0a8e994-ebf1-4a9c-a4d8-89d09c86741b", "363ae599-353e-4804-937e-b2ee3cef3da4"
CALCULATOR, LLM = "b1ab9b19-67a6-406d-abf5-2dba76d00c79", "1f292d4a-41a4-4977-9684-7c8d560b9f91"
EXECUTOR = "e189baac-8c20-45a1-94a7-55177ea42565"


def node(id_, block_id, metadata=None, **values):
    return {
        "id": id_,
        "block_id": block_id,
        "input_default": values,
        "metadata": metadata or {"position": {"x": 1, "y": 2}},
        "input_links": [],
        "output_links": [],
        "graph_id": "there",
        "graph_version": 3,
        "webhook_id": None,
    }


def link(source, source_name, sink, sink_name, **more):
    ends = {
        "source_id": source,
        "source_name": source_name,
        "sink_id": sink,
        "sink_name": sink_name,
    }
    return {"id": f"{source}-{sink}-{sink_name}", **ends, "is_static": False, **more}


def agent(nodes, links=(), **more):
    return {
        "id": "there",
        "version": 3,
        "is_active": True,
        "name": "An agent",
        "description": "From there",
        "nodes": list(nodes),
        "links": list(links),
        "sub_graphs": [],
        "user_id": "",
        "input_schema": {},
        "has_external_trigger": False,
        **more,
    }


ADDING = agent(
    [
        node("in", INPUT, name="Input"),
        node("add", CALCULATOR, operation="Add", b=34),
        node("out", OUTPUT, name="Output"),
    ],
    [link("in", "result", "add", "a", is_static=True), link("add", "result", "out", "value")],
)


def run(user, file, **inputs):
    """The outputs of the graph of a file."""
    version = bundles.save(user, reading.read(json.loads(json.dumps(file)))).version
    execution = runs.start_execution(version=version, user=user, inputs=inputs)
    work.advance(execution.pk)
    execution.refresh_from_db()
    return execution.outputs


def about(file, kind):
    return [remark.text for remark in reading.read(file).remarks if remark.about == kind]


def test_an_agent_runs_as_it_is(db, user):
    assert run(user, ADDING, Input=8) == {"Output": [42]}
    version = user.graphs.get().versions.get().load()
    assert version.settings == {"on_error": "continue"}
    assert [each.is_static for each in version.links] == [True, False]


@given(any_bundles(settings={"on_error": "continue"}))
def test_what_is_written_there_comes_back(bundle):
    file = json.loads(json.dumps(autogpt.write(bundle)))
    read = autogpt.read(file)
    assert [sheet.drawing for sheet in read.sheets()] == [
        sheet.drawing for sheet in bundle.sheets()
    ]
    assert autogpt.write(read) == file


@pytest.mark.parametrize(
    "change",
    [
        {"is_template": True, "subgraphs": {}, "has_webhook_trigger": False},
        {"description": None},
        {"description": ""},
        {"version": None, "sub_graphs": None},
    ],
)
def test_what_old_and_new_files_have_beside_is_tolerated(change):
    assert reading.read({**ADDING, **change}).main.drawing == reading.read(ADDING).main.drawing


@pytest.mark.parametrize("missing", ["is_static", "id"])
def test_links_may_lack_what_can_be_found_out(missing):
    links = [{key: each[key] for key in each if key != missing} for each in ADDING["links"]]
    assert len(reading.read({**ADDING, "links": links}).main.drawing.links) == 2


def test_nodes_may_lack_metadata_and_values():
    bare = agent([{"id": "x", "block_id": INPUT, "input_links": []}])
    assert reading.read(bare).main.drawing.nodes["x"].input_default == {}


def test_foreign_ids_of_credentials_and_secrets_are_left_out_at_any_depth_and_told():
    theirs = {"id": "5c1f", "provider": "openai", "type": "api_key", "title": "Theirs"}
    deep = {"b": [{"credentials": theirs}]}
    file = agent(
        [
            node("ask", LLM, prompt="hi", credentials=theirs, api_key="sk-theirs"),
            node("gone", "00000000-0000-4000-8000-000000000000", credentials=theirs, a=deep),
        ]
    )
    kept = str(reading.read(file).main)
    assert ("5c1f" in kept, "sk-theirs" in kept) == (False, False)
    assert [text.partition(": ")[2] for text in about(file, About.CONFIGURE)] == [
        "choose a credential (openai_compatible, openai, anthropic, open_router, deepseek, groq)",
        "the secret in api_key is left out",
    ]


def test_credentials_are_dropped_and_asked_for():
    call = node(
        "ask", LLM, prompt="hi", model="gpt-x", credentials={"id": "1", "provider": "openai"}
    )
    bundle = reading.read(agent([call]))
    assert "credentials" not in bundle.main.drawing.nodes["ask"].input_default
    assert any("gpt-x" in text for text in about(agent([call]), About.CONFIGURE))


def test_what_only_looks_like_a_secret_stays():
    call = node("ask", LLM, prompt="hi", max_tokens=100, api_key="sk-1")
    values = reading.read(agent([call])).main.drawing.nodes["ask"].input_default
    assert (values["max_tokens"], "api_key" in values) == (100, False)


def test_an_unknown_block_is_a_placeholder_that_goes_back_as_it_was(user):
    slack = "11111111-2222-4333-8444-555555555555"
    file = agent(
        [node("in", INPUT, name="Input"), node("post", slack, channel="general")],
        [link("in", "result", "post", "text"), link("post", "ts", "post", "thread")],
    )
    assert about(file, About.PLACEHOLDER) == [f"post: there is no block {slack} here"]
    version = bundles.save(user, reading.read(file)).version
    written = autogpt.write(bundles.bundle_of(version, Graph.objects.all()))
    [post] = [each for each in written["nodes"] if each["id"] == "post"]
    assert (post["block_id"], post["input_default"]) == (slack, {"channel": "general"})
    assert len(written["links"]) == 2


def test_dead_pins_are_told_of_and_go_back(user):
    combine = "e30a4d42-7b7d-4e6a-b36e-1f9b8e3b7d85"
    file = agent(
        [node("in", INPUT, name="Input"), node("both", combine, input1="a", input=["x"])],
        [link("in", "result", "both", "input2"), link("in", "result", "both", "input_$_0")],
    )
    bundle = reading.read(file)
    assert [each.sink_name for each in bundle.main.drawing.links] == ["input_$_0"]
    assert len(about(file, About.CHANGED)) == 2
    version = bundles.save(user, bundle).version
    written = autogpt.write(bundles.bundle_of(version, Graph.objects.all()))
    assert {each["sink_name"] for each in written["links"]} == {"input2", "input_$_0"}


def test_cycles_several_links_into_a_pin_and_tool_links_are_kept():
    file = agent(
        [
            node("a", CALCULATOR, operation="Add"),
            node("agent", "3b191d9f-356f-482d-8238-ba04b6d18381"),
        ],
        [
            link("a", "result", "a", "a"),
            link("a", "result", "a", "b"),
            {**link("a", "result", "a", "a"), "id": "again"},
            link("agent", "tools_^_a_~_a", "a", "a"),
        ],
    )
    assert len(reading.read(file).main.drawing.links) == 4


def test_bundled_graphs_are_made_and_pointed_to(db, user):
    child = {**ADDING, "id": "child", "version": 10, "name": "Find it"}
    executor = node(
        "run",
        EXECUTOR,
        graph_id="child",
        graph_version=10,
        user_id="somebody",
        input_schema={"properties": {"Input": {}}},
        output_schema={"properties": {"Output": {}}},
    )
    file = agent(
        [node("in", INPUT, name="n"), executor, node("out", OUTPUT, name="sum")],
        [link("in", "result", "run", "Input"), link("run", "Output", "out", "value")],
        sub_graphs=[child],
    )
    version = bundles.save(user, reading.read(file)).version
    values = version.load().nodes["run"].input_default
    made = user.graphs.get(name="Find it")
    assert (values["graph_id"], values["graph_version"], values["user_id"]) == (
        str(made.pk),
        None,
        None,
    )


def test_versions_of_a_bundled_graph_are_told_apart(db, user):
    children = [{**ADDING, "id": "child", "version": n, "name": f"Find {n}"} for n in (1, 2)]
    nodes = [node(f"run{n}", EXECUTOR, graph_id="child", graph_version=n) for n in (1, 2)]
    version = bundles.save(user, reading.read(agent(nodes, sub_graphs=children))).version
    drawing = version.load()
    for n in (1, 2):
        made = user.graphs.get(name=f"Find {n}")
        assert drawing.nodes[f"run{n}"].input_default["graph_id"] == str(made.pk)


def test_a_node_without_a_name_is_called_after_its_block():
    id_ = "1bd6f952-1692-50a3-a526-c24eadbc441e"
    assert about(agent([node(id_, LLM, model="gpt-4o")]), About.CONFIGURE)[-1] == (
        "Ask a language model: uses the model gpt-4o"
    )
    asking = reading.read(agent([node(id_, INPUT, name="City")]))
    assert asking.main.drawing.nodes[id_].title == "City"
    assert "title" not in autogpt.write(asking)["nodes"][0]["metadata"]
    named = node(id_, LLM, {"customized_name": "Writer"}, model="gpt-4o")
    assert about(agent([named]), About.CONFIGURE)[-1] == "Writer: uses the model gpt-4o"


def test_a_graph_that_is_not_in_the_file_is_told_of():
    file = agent([node("run", EXECUTOR, graph_id="elsewhere", graph_version=1)])
    assert "elsewhere" in about(file, About.CONFIGURE)[0]


@pytest.mark.parametrize(
    ("legacy", "block_id"),
    [
        ("b2g2c3d4-5e6f-7g8h-9i0j-k1l2m3n4o5p6", "find_in_dictionary_block"),
        ("31d1064e-7446-4693-o7d4-65e5ca9110d1", "note_block"),
        ("f8e7d6c5-b4a3-2i1h-0g9f-e8d7c6b5a493", "step_through_items_block"),
        ("c6731acb-4105-4zp1-bc9b-03d0036h370g", "read_rss_feed_block"),
    ],
)
def test_malformed_ids_of_2024_are_understood(legacy, block_id):
    file = agent([{"id": "x", "block_id": legacy, "input_default": {}}])
    assert reading.read(file).main.drawing.nodes["x"].block_id == block_id


def test_every_block_that_has_an_id_there_is_written_with_it():
    for block in registry.all_blocks():
        id_ = autogpt_ids.uuid_of(block.id)
        assert registry.find(id_) is block


@pytest.mark.parametrize(
    "file",
    [
        agent([]),
        agent([{"id": "x", "input_links": []}]),
        agent([node("", INPUT)]),
    ],
)
def test_what_is_no_graph_is_refused_with_a_sentence(file):
    with pytest.raises(FormatError):
        autogpt.read(file)


@pytest.mark.parametrize("broken", [{"source_id": "a"}, 7, None])
def test_a_link_without_ends_is_left_out_and_told_of(broken):
    file = agent([node("a", INPUT)], [broken])
    assert about(file, About.CHANGED) == ["A link of the file has no ends"]


def test_what_shares_an_id_is_told_apart(user):
    nodes = [node("a", INPUT), node("b", OUTPUT), node("b", OUTPUT)]
    wire = {**link("a", "result", "b", "value"), "id": "same"}
    file = agent(nodes, [wire, wire])
    assert about(file, About.CHANGED) == ["b-2: another node has its id; links keep to that"]
    drawing = bundles.save(user, autogpt.read(file)).version.load()
    assert sorted(drawing.nodes) == ["a", "b", "b-2"]
    assert {each.id: each.sink_id for each in drawing.links} == {"same": "b", "same-1": "b"}


def test_a_link_to_nowhere_is_left_out_and_told_of():
    file = agent([node("a", INPUT)], [link("a", "result", "gone", "value")])
    assert about(file, About.CHANGED) == ["A link between a and gone leads nowhere"]


def test_our_own_graphs_go_there_with_what_they_know(version):
    written = autogpt.write(bundles.bundle_of(version, Graph.objects.all()))
    assert services.Graph.objects.count() == 1
    assert {each["block_id"] for each in written["nodes"]} == {"text_input_block", OUTPUT}
