"""Agents as people publish them for AutoGPT, of its generic blocks and in its format: they are imported and run."""

import json

import pytest

from executions import services as runs
from executions.models import Execution
from executions.workers import recovery, work
from graphs import bundles
from graphs.formats import reading
from graphs.formats.bundle import About
from tests.blocks.adapters.site import running_provider
from tests.executions.provider import asks, said
from tests.formats.test_autogpt import EXECUTOR, LLM, OUTPUT, agent, link, node

pytestmark = pytest.mark.django_db(transaction=True)

SHORT, LONG = "7fcd3bcb-8e1b-4e69-903d-32d3d4a92158", "90a56ffb-7024-4b2b-ab50-e26c5e5ab8ba"
NUMBER, DROPDOWN = "96dae2bb-97a2-41c2-bd2f-13a3b5a8ea98", "655d6fdf-a334-421c-b733-520549c07cd1"
ORCHESTRATOR = "3b191d9f-356f-482d-8238-ba04b6d18381"
STORE, NOTE = "1ff065e9-88e8-4358-9d82-8dc91f622ba9", "cc10ff7b-7753-4ff2-9af6-9399b1a7eddc"
CONVERT, XML = "95d1b990-ce13-4d88-9737-ba5c2070c97b", "286380af-9529-4b55-8be0-1d7c854abdb5"
FIND, COUNT = "0e50422c-6dee-4145-83d6-3a5a392f65de", "3c9c2f42-b0c3-435f-ba35-05f7a25c772a"
SPLIT, STEP = "d5ea33c8-a575-477a-b42f-2fe3be5055ec", "f66a3543-28d3-4ab5-8945-9b336371e2ce"
ADD, CREATE = "aeb08fc1-2fc1-4141-bc8e-f758f183a822", "a912d5c7-6e00-4542-b2a9-8034136930e4"
CONDITION, FILL = "715696a0-e1da-45c8-b209-c2fa9c3b0be6", "db7d8f02-2f44-4c55-ab7a-eae0941f0c30"
EXTRACT, COMBINE = "3146e4fe-2cdd-4f29-bd12-0c9d5bb4deb0", "e30a4d42-7b7d-4e6a-b36e-1f9b8e3b7d85"
LIST, FORM = "9c0b0450-d199-458b-a731-072189dd6593", "ed55ac19-356e-4243-a6cb-bc599e9b716f"
CALCULATOR = "b1ab9b19-67a6-406d-abf5-2dba76d00c79"


@pytest.fixture
def model(settings):
    with running_provider(settings) as site:
        yield site


def script(model, *answers):
    model.says("/chat/completions", *answers)


def run(user, file, **inputs):
    """The outputs of the agent in a file, which leaves nothing out."""
    read = reading.read(json.loads(json.dumps(file)))
    assert [each for each in read.remarks if each.about == About.PLACEHOLDER] == []
    version = bundles.save(user, read).version
    execution = runs.start_execution(version=version, user=user, inputs=inputs)
    for _ in range(8):
        recovery.release_due()
        for each in Execution.objects.unfinished():
            work.advance(each.pk)
        work.fill_slots()
    execution.refresh_from_db()
    assert (execution.status, execution.error) == ("COMPLETED", "")
    return execution.outputs


def static(*ends):
    return link(*ends, is_static=True)


def test_an_ai_function(user, model):
    inputs = {"f": "FUNCTION", "a": "ARGS", "d": "DESCRIPTION"}
    script(model, said("'01234'"))
    file = agent(
        [
            *(
                node(id_, LONG, name=f"What is the {pin.lower()}?", value=f"the {pin.lower()}")
                for id_, pin in inputs.items()
            ),
            node(
                "ai",
                LLM,
                {"position": {"x": 0, "y": 0}, "customized_name": "Do it"},
                model="o3-mini",
                retry=3,
                prompt="{{FUNCTION}}({{ARGS}}): {{DESCRIPTION}}",
                prompt_values={},
                ollama_host="localhost:11434",
                credentials={"id": "x", "provider": "openai", "type": "api_key", "title": "mine"},
            ),
            node("out", OUTPUT, name="return"),
            node("note", NOTE, text="Give it a function."),
        ],
        [
            *(static(id_, "result", "ai", f"prompt_values_#_{pin}") for id_, pin in inputs.items()),
            link("ai", "response", "out", "value"),
        ],
    )
    assert run(user, file, **{"What is the function?": "f(x)"}) == {"return": ["'01234'"]}
    asked = json.loads(model.seen[0].body)
    assert asked["model"] == "o3-mini"
    assert asked["messages"][-1]["content"] == "f(x)(the args): the description"


def test_an_agent_that_runs_another_one(user, model):
    script(model, said("<result><name>Ada</name></result>"))
    child = agent(
        [
            node("in", SHORT, name="Business Info"),
            node("ai", LLM, prompt="Who leads {{BUSINESS}}?", model="gpt-4o", prompt_values={}),
            node("xml", XML),
            node("first", FIND, key="result"),
            node("name", FIND, key="name"),
            node("out", OUTPUT, name="Results!"),
            node("bad", OUTPUT, name="Error"),
        ],
        [
            static("in", "result", "ai", "prompt_values_#_BUSINESS"),
            link("ai", "response", "xml", "input_xml"),
            link("xml", "parsed_xml", "first", "input"),
            link("first", "output", "name", "input"),
            link("name", "output", "out", "value"),
            link("name", "missing", "bad", "value"),
        ],
        id="child",
        version=10,
        name="Find Business CEO",
    )
    executor = node(
        "run",
        EXECUTOR,
        {"position": {"x": 0, "y": 0}, "customized_name": "Find Business CEO"},
        graph_id="child",
        graph_version=10,
        user_id="somebody",
        inputs={},
        input_schema={"type": "object", "properties": {"Business Info": {}}},
        output_schema={"type": "object", "properties": {"Results!": {}, "Error": {}}},
    )
    file = agent(
        [
            node("in", NUMBER, name="Company"),
            node("text", CONVERT, type="string"),
            executor,
            node("out", OUTPUT, name="CEO"),
            node("bad", OUTPUT, name="Failed"),
        ],
        [
            static("in", "result", "text", "value"),
            link("text", "value", "run", "Business Info"),
            link("run", "Results!", "out", "value"),
            link("run", "Error", "bad", "value"),
        ],
        sub_graphs=[child],
    )
    assert run(user, file, Company=7) == {"CEO": ["Ada"]}


def test_an_agent_that_collects_in_a_loop(user):
    file = agent(
        [
            node("in", LONG, name="Teas"),
            node("split", SPLIT, delimiter=","),
            node("count", COUNT),
            node("step", STEP),
            node("fill", FILL, format="A cup of {{ tea }}", values={}),
            node("begin", CREATE, values=[]),
            node("add", ADD, list=[], entry=None),
            node("so_far", COUNT),
            node("is_all", CONDITION, operator=">="),
            node("out", OUTPUT, name="Cups"),
        ],
        [
            static("in", "result", "split", "text"),
            link("split", "texts", "count", "collection"),
            link("split", "texts", "step", "items"),
            link("step", "item", "fill", "values_#_tea"),
            link("fill", "output", "add", "entry"),
            link("begin", "list", "add", "list"),
            link("add", "updated_list", "add", "list"),
            link("add", "updated_list", "so_far", "collection"),
            link("so_far", "count", "is_all", "value1"),
            link("add", "updated_list", "is_all", "yes_value"),
            link("count", "count", "keep", "input"),
            link("keep", "output", "is_all", "value2", is_static=True),
            link("is_all", "yes_output", "out", "value"),
        ],
    )
    file["nodes"].append(node("keep", STORE))
    cups = ["A cup of green", "A cup of black", "A cup of white"]
    assert run(user, file, Teas="green, black, white") == {"Cups": [cups]}


@pytest.mark.parametrize("name", ["tools_^_sum_~_{}", "tools_^_add_numbers_~_{}", "tools"])
def test_an_agent_whose_model_calls_a_tool(user, model, name):
    script(model, asks(("calculator", {"a": 8, "b": 34})), said("It is 42."))
    file = agent(
        [
            node("in", LONG, name="Question"),
            node("boss", ORCHESTRATOR, model="gpt-4o", retry=3, multiple_tool_calls=False),
            node("sum", CALCULATOR, operation="Add"),
            node("out", OUTPUT, name="Answer"),
        ],
        [
            static("in", "result", "boss", "prompt"),
            link("boss", name.format("a"), "sum", "a"),
            link("boss", name.format("b"), "sum", "b"),
            link("sum", "result", "boss", "last_tool_output"),
            link("boss", "conversations", "boss", "conversation_history"),
            link("boss", "finished", "out", "value"),
        ],
    )
    assert run(user, file, Question="8 and 34?") == {"Answer": ["It is 42."]}
    assert json.loads(model.seen[-1].body)["messages"][-1]["content"] == "42"


def test_an_agent_of_many_small_steps(user, model):
    script(model, said('["steep", "pour"]'), said('{"title": "Tea"}'))
    file = agent(
        [
            node("in", DROPDOWN, name="Kind", placeholder_values=["green", "black"]),
            node("again", STORE, data="Recipe: "),
            node("join", COMBINE, input=[], delimiter=""),
            node("word", EXTRACT, pattern="Recipe: (.+)", group=1, dot_all=True),
            node("list", LIST, model="gpt-4o", source_data=""),
            node("form", FORM, prompt="Name {{ it }}", expected_format={"title": "a name"}),
            node("out", OUTPUT, name="Steps", format="{{ Steps|join(' > ') }}"),
            node("name", OUTPUT, name="Title"),
        ],
        [
            static("in", "result", "again", "input"),
            link("again", "output", "join", "input_$_0"),
            static("in", "result", "join", "input_$_1"),
            link("join", "output", "word", "text"),
            link("word", "positive", "list", "focus"),
            link("list", "generated_list", "out", "value"),
            link("list", "generated_list", "form", "prompt_values_#_it"),
            link("form", "response_#_title", "name", "value"),
        ],
    )
    assert run(user, file, Kind="green") == {"Steps": ["steep > pour"], "Title": ["Tea"]}
