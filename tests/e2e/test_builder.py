"""Building a graph with the mouse and with the keyboard, running it and stopping it."""

import pytest
from playwright.sync_api import expect

from graphs import services, spec
from graphs.starters import STARTERS
from tests.e2e.builder_page import BuilderPage, drawing_of
from tests.e2e.conftest import log_in

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

TEXT = (
    "Tea is a drink made from the leaves of a shrub. It comes from China. The tea trade changed the world."
    " It built harbours, started wars and filled poems. Many people drink it every day."
)
HEAD = {"x": 60, "y": 20}  # of a card, where no pin or field is
SUMMARY = (
    {
        "Text input": "text_input_block",
        "Ask a language model": "llm_call_block",
        "Output": "output_block",
    },
    {
        "Text input.text → Ask a language model.input_text",
        "Ask a language model.response → Output.value",
    },
)


def graph_of(person, drawing, name="Mine"):
    return services.create_graph(owner=person, name=name, drawing=drawing).graph


@pytest.fixture
def builder(screen, person):
    """The builder, with an input and an output that are linked."""
    return BuilderPage(screen, graph_of(person, STARTERS["empty"].drawing)).open()


def fill_in_and_run(builder):
    builder.button("Run").click()
    details = builder.screen.get_by_role("complementary", name="Details")
    details.get_by_label("text").fill(TEXT)
    builder.button("Run").click()
    builder.run_state("Completed")
    for title in SUMMARY[0]:
        builder.node_state(title, "Completed")


def test_a_text_summary_is_built_from_nothing_with_the_mouse(builder):
    builder.clear()
    builder.block("Text input").drag_to(builder.canvas, target_position={"x": 200, "y": 200})
    builder.search.fill("language model")
    builder.block("Ask a language model").click()
    builder.search.fill("output")
    builder.block("Output").click()
    builder.node("Ask a language model").get_by_label("prompt", exact=True).fill(
        "Sum up: {input_text}"
    )
    builder.button("Auto layout").click()
    ask = "Ask a language model"
    builder.pin("Text input", "output text").drag_to(builder.pin(ask, "input input_text"))
    builder.pin(ask, "output response").drag_to(builder.pin("Output", "input value"))
    builder.button("Undo").click()
    builder.button("Redo").click()
    builder.button("Save").click()
    builder.state("version 2")
    assert drawing_of(builder.graph) == SUMMARY
    fill_in_and_run(builder)
    expect(builder.node("Output")).to_contain_text("Tea is a drink")
    expect(builder.screen.locator("[data-run-results]")).to_contain_text("Tea is a drink")


def test_a_text_summary_is_built_from_nothing_with_the_keyboard_only(builder):
    keyboard = builder.screen.keyboard
    builder.canvas.focus()
    keyboard.press("Control+a")
    keyboard.press("Delete")
    for words in ("text input", "ask a language model", "output"):
        keyboard.press("/")
        keyboard.type(words)
        keyboard.press("Enter")
    builder.canvas.focus()
    builder.tab_to("prompt", within="Ask a language model")
    keyboard.type("Sum up: {input_text}")
    builder.canvas.focus()
    for begin, end in (
        (("output text", "Text input"), ("input input_text", "Ask a language model")),
        (("output response", "Ask a language model"), ("input value", "Output")),
    ):
        builder.tab_to(begin[0], within=begin[1])
        keyboard.press("Enter")
        builder.tab_to(end[0], within=end[1])
        keyboard.press("Enter")
        builder.canvas.focus()
    keyboard.press("Control+s")
    builder.state("version 2")
    assert drawing_of(builder.graph) == SUMMARY
    keyboard.press("Control+Enter")
    expect(builder.screen.locator("#run-form textarea")).to_be_focused()
    keyboard.type(TEXT)
    keyboard.press("Control+Enter")
    builder.run_state("Completed")


def test_everything_can_be_undone_and_done_again(builder):
    before = drawing_of(builder.graph)
    builder.block("Parse JSON").click()
    builder.screen.keyboard.press("ArrowDown")
    builder.pin("Text", "output text").drag_to(builder.pin("Parse JSON", "input text"))
    builder.node("Result").click(position=HEAD)
    builder.screen.keyboard.press("Delete")
    undo, redo = builder.button("Undo"), builder.button("Redo")
    for _ in range(4):
        undo.click()
    expect(undo).to_be_disabled()
    expect(builder.node("Parse JSON")).to_have_count(0)
    expect(builder.node("Result")).to_be_visible()
    for _ in range(4):
        redo.click()
    builder.button("Save").click()
    builder.state("version 2")
    blocks, links = drawing_of(builder.graph)
    assert blocks == {"Text": "text_input_block", "Parse JSON": "parse_json_block"}
    assert links == {"Text.text → Parse JSON.text"}
    assert before != (blocks, links)


def test_a_link_of_kinds_that_do_not_fit_is_refused_with_the_reason(builder):
    builder.clear()
    for name in ("Create list", "Calculator"):
        builder.search.fill(name)
        builder.block(name).click()
    source = builder.pin("Create list", "output list")
    target = builder.pin("Calculator", "input a")
    source.hover()
    builder.screen.mouse.down()
    target.hover()
    expect(builder.screen.get_by_text("A list cannot become a number.")).to_be_visible()
    builder.screen.mouse.up()
    expect(builder.canvas.locator(".wire-group")).to_have_count(0)


def test_a_link_that_ends_on_nothing_offers_blocks_that_fit(builder):
    pin = builder.pin("Text", "output result")
    pin.hover()
    builder.screen.mouse.down()
    box = builder.canvas.bounding_box()
    builder.screen.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60, steps=5)
    builder.screen.mouse.up()
    builder.screen.get_by_role("combobox", name="Find a block").fill("parse json")
    builder.screen.keyboard.press("Enter")
    expect(builder.node("Parse JSON")).to_be_focused()
    builder.button("Save").click()
    builder.state("version 2")
    assert "Text.result → Parse JSON.text" in drawing_of(builder.graph)[1]


def test_a_block_is_put_into_a_link(builder):
    builder.canvas.locator(".wire-hit").first.click(force=True)
    builder.button("Insert a block").click()
    builder.screen.get_by_role("combobox", name="Find a block").fill("replace text")
    builder.screen.keyboard.press("Enter")
    builder.button("Save").click()
    builder.state("version 2")
    assert drawing_of(builder.graph)[1] == {
        "Text.text → Replace text.text",
        "Replace text.output → Result.value",
    }


def test_values_led_to_a_list_become_its_items(builder):
    builder.search.fill("create list")
    builder.block("Create list").click()
    for pin in ("output text", "output result"):
        builder.pin("Text", pin).drag_to(builder.pin("Create list", "input values"))
    expect(builder.pin("Create list", "input values_$_1")).to_be_visible()


def test_nodes_are_copied_into_another_graph(builder, person):
    builder.screen.context.grant_permissions(["clipboard-read", "clipboard-write"])
    builder.canvas.focus()
    builder.screen.keyboard.press("Control+a")
    builder.screen.keyboard.press("Control+c")
    other = BuilderPage(builder.screen, graph_of(person, STARTERS["branch"].drawing)).open()
    other.canvas.focus()
    other.screen.keyboard.press("Control+v")
    expect(other.canvas.get_by_role("group")).to_have_count(6)
    expect(other.canvas.locator(".wire-group")).to_have_count(4)


def test_a_problem_leads_to_its_field(builder):
    builder.search.fill("summariser")
    builder.block("AI text summariser").click()
    builder.canvas.focus()
    builder.screen.keyboard.press("Escape")
    problems = builder.screen.get_by_role("region", name="Problems")
    problems.get_by_role("button", name="AI text summariser").click()
    field = builder.screen.locator("[data-panel-node] [data-pin=text] textarea")
    expect(field).to_be_focused()
    field.fill(TEXT)
    expect(problems).to_contain_text("Nothing keeps this graph from running.")


def test_a_graph_that_runs_itself_is_warned_of_at_its_node(screen, person):
    graph = graph_of(person, STARTERS["empty"].drawing)
    node = spec.Node("again", "agent_executor_block", {"graph_id": str(graph.pk)})
    drawing = spec.Graph({node.id: node}, ())
    services.save_version(graph=graph, name="Again", description="", drawing=drawing)
    BuilderPage(screen, graph).open()
    problems = screen.get_by_role("region", name="Problems")
    problems.get_by_role("button", name="Warning: This runs the graph").click()
    expect(screen.locator("[data-panel-node] [data-pin=graph_id]")).to_be_visible()


def test_what_is_typed_in_the_panel_is_kept_and_shown_on_the_card(builder):
    builder.node("Text").click(position=HEAD)
    panel = builder.screen.get_by_role("complementary", name="Details")
    panel.get_by_label("Title", exact=True).fill("What to say")
    panel.get_by_label("description", exact=True).fill("Some words.")
    expect(builder.node("What to say")).to_be_visible()
    builder.node("Result").click(position=HEAD)
    panel.get_by_label("name", exact=True).fill("reply")
    builder.button("Save").click()
    builder.state("version 2")
    nodes = builder.graph.versions.get(is_active=True).load().nodes
    assert (nodes["input"].title, nodes["input"].input_default["description"]) == (
        "What to say",
        "Some words.",
    )
    assert nodes["output"].input_default["name"] == "reply"


def test_how_a_node_runs_is_set_in_the_panel(screen, person):
    node = spec.Node("read", "parse_json_block", {"text": "[]"}, {"title": "Read"})
    builder = BuilderPage(screen, graph_of(person, spec.Graph({"read": node}, ()))).open()
    builder.node("Read").click(position=HEAD)
    screen.get_by_text("How it runs").click()
    screen.get_by_label("Try again, times").fill("3")
    screen.get_by_label("Time limit, seconds").fill("2.5")
    screen.get_by_label("Instead of failing it sends").fill('{"value": []}')
    builder.button("Save").click()
    builder.state("version 2")
    metadata = builder.graph.versions.get(is_active=True).load().nodes["read"].metadata
    assert metadata == {
        "title": "Read",
        "retry": {"count": 3},
        "timeout": 2.5,
        "fallback": {"value": []},
        "position": {"x": 0, "y": 0},
    }


def test_links_are_made_and_removed_in_words(builder):
    builder.search.fill("parse json")
    builder.block("Parse JSON").click()
    panel = builder.screen.get_by_role("complementary", name="Details")
    panel.get_by_label("Pin of this node").select_option("into text")
    other = panel.get_by_label("Pin of another node")
    other.focus()
    other.select_option("Text: text")
    panel.get_by_role("button", name="Add the link").click()
    expect(panel.get_by_text("Text: text → Parse JSON: text")).to_be_visible()
    expect(builder.canvas.locator(".wire-group")).to_have_count(2)
    panel.get_by_role("button", name="Remove the link").click()
    expect(builder.canvas.locator(".wire-group")).to_have_count(1)


def test_an_older_version_is_brought_back_by_saving_it(builder):
    builder.block("Parse JSON").click()
    builder.button("Save").click()
    builder.state("version 2")
    builder.open("?version=1")
    expect(builder.node("Parse JSON")).to_have_count(0)
    builder.button("Save").click()
    builder.state("Version 3 is saved")
    assert "Parse JSON" not in drawing_of(builder.graph)[0]


def test_several_nodes_are_chosen_with_a_frame_and_moved_together(builder):
    box = builder.canvas.bounding_box()
    builder.screen.keyboard.down("Shift")
    builder.screen.mouse.move(box["x"] + 5, box["y"] + 5)
    builder.screen.mouse.down()
    builder.screen.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] - 200, steps=4)
    builder.screen.mouse.up()
    builder.screen.keyboard.up("Shift")
    expect(builder.screen.get_by_role("heading", name="2 nodes")).to_be_visible()
    before = builder.node("Text").bounding_box()
    builder.node("Result").drag_to(
        builder.canvas,
        source_position=HEAD,
        target_position={"x": 400, "y": 120},
    )
    moved = builder.node("Text").bounding_box()
    assert (moved["x"], moved["y"]) != (before["x"], before["y"])


def test_a_run_is_stopped_from_the_builder(screen, person, slow_site):
    address, _gate = slow_site
    node = spec.Node("fetch", "http_get_block", {"url": address}, {"title": "Fetch"})
    builder = BuilderPage(screen, graph_of(person, spec.Graph({"fetch": node}, ()))).open()
    expect(builder.button("Stop")).to_be_disabled()
    builder.button("Run").click()
    builder.node_state("Fetch", "Running")
    builder.button("Stop").click()
    builder.run_state("Cancelled")
    builder.node_state("Fetch", "Cancelled")
    expect(builder.button("Stop")).to_be_disabled()


def test_an_error_is_shown_on_its_node(screen, person):
    node = spec.Node("read", "parse_json_block", {"text": "no JSON"}, {"title": "Read"})
    builder = BuilderPage(screen, graph_of(person, spec.Graph({"read": node}, ()))).open()
    builder.button("Run").click()
    builder.run_state("Failed")
    expect(builder.node("Read")).to_contain_text("Failed:")
    builder.node("Read").click(position=HEAD)
    expect(screen.locator(".panel-form [data-last-values]")).to_contain_text("no JSON")


def many(count):
    """A chain of nodes in rows of twenty."""
    nodes = {
        f"n{i}": spec.Node(
            f"n{i}",
            "text_replace_block",
            {"old": "a", "new": "b"} | ({"text": "a"} if i == 0 else {}),
            {"title": f"Node {i}", "position": {"x": i % 20 * 400, "y": i // 20 * 400}},
        )
        for i in range(count)
    }
    links = (spec.Link(f"l{i}", f"n{i - 1}", "output", f"n{i}", "text") for i in range(1, count))
    return spec.Graph(nodes, tuple(links))


CHANGED = """() => {
    const [changed, root] = [new Set(), document.querySelector("[data-canvas]")];
    const owner = (node) => (node.closest ?? (() => null)).call(node, "[data-node], [data-link]");
    window.watching = new MutationObserver((records) => records.forEach(({ target }) => {
        const { node, link } = owner(target)?.dataset ?? {};
        if (node ?? link) changed.add(node ?? link);
    }));
    window.watching.observe(root, { subtree: true, attributes: true, childList: true });
    window.changed = changed;
}"""


def test_moving_one_of_five_hundred_nodes_redraws_it_and_its_links_only(screen, person):
    builder = BuilderPage(screen, graph_of(person, many(500))).open()
    expect(screen.locator("[data-cards] > *")).to_have_count(500)
    builder.canvas.focus()
    builder.tab_to("Node 0")
    screen.evaluate(CHANGED)
    screen.keyboard.press("ArrowRight")
    screen.wait_for_function("window.changed.has('n0')")
    assert sorted(screen.evaluate("[...window.changed]")) == ["l1", "n0"]


def test_fingers_move_zoom_and_choose(builder):
    screen, box = builder.screen, builder.canvas.bounding_box()
    fingers = screen.context.new_cdp_session(screen)

    def touch(kind, *points):
        places = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    x, y = box["x"] + 60, box["y"] + 60
    before = builder.node("Text").bounding_box()
    touch("touchStart", (x, y))
    for step in (10, 20, 40):
        touch("touchMove", (x + step, y + step))
    touch("touchEnd")
    moved = builder.node("Text").bounding_box()
    assert (round(moved["x"] - before["x"]), round(moved["y"] - before["y"])) == (40, 40)
    touch("touchStart", (x, y), (x + 100, y))
    for step in (20, 60, 100):
        touch("touchMove", (x, y), (x + 100 + step, y))
    touch("touchEnd")
    assert builder.node("Text").bounding_box()["width"] > 1.5 * moved["width"]
    builder.button("Show all").click()
    touch("touchStart", (x, y))
    expect(screen.locator("[data-marquee]")).to_be_visible()  # the finger stays, and draws then
    touch("touchMove", (box["x"] + box["width"] - 10, box["y"] + box["height"] - 10))
    touch("touchEnd")
    expect(screen.get_by_role("heading", name="2 nodes")).to_be_visible()


def test_the_wheel_moves_and_zooms_with_control(builder):
    before = builder.node("Text").bounding_box()
    builder.canvas.hover(position={"x": 30, "y": 30})
    builder.screen.mouse.wheel(15, 40)
    moved = builder.node("Text").bounding_box()
    assert (round(moved["x"] - before["x"]), round(moved["y"] - before["y"])) == (-15, -40)
    builder.screen.keyboard.down("Control")
    builder.screen.mouse.wheel(0, -50)
    builder.screen.keyboard.up("Control")
    assert builder.node("Text").bounding_box()["width"] > moved["width"]


def test_on_a_phone_a_block_is_added_and_filled_in(open_screen, person):
    screen = open_screen(width=390, height=844)
    log_in(screen, person)
    builder = BuilderPage(screen, graph_of(person, STARTERS["empty"].drawing)).open()
    expect(builder.search).to_be_hidden()
    builder.button("Show the blocks").click()
    builder.search.fill("parse json")
    builder.block("Parse JSON").click()
    expect(builder.search).to_be_hidden()
    builder.button("Show the details").click()
    screen.locator("[data-panel-node] [data-pin=text] textarea").fill("[1]")
    screen.get_by_role("complementary").get_by_role("button", name="Close").click()
    builder.button("Save").click()
    builder.state("version 2")
    nodes = builder.graph.versions.get(is_active=True).load().nodes
    assert nodes["parse_json"].input_default == {"text": "[1]"}
