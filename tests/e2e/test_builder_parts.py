"""What groups nodes: frames, and sub-graphs made from a selection."""

import pytest
from playwright.sync_api import expect

from graphs import services, spec
from graphs.models import Graph
from tests.e2e.builder_page import BuilderPage, drawing_of

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def builder(screen, person):
    """A graph that trims a text and then replaces something in it."""

    def node(id_, block, x, **given):
        return spec.Node(id_, block, given, {"title": id_, "position": {"x": x, "y": 0}})

    nodes = [
        node("In", "text_input_block", 0, name="text", value=" tea "),
        node("Trim", "trim_text_block", 400),
        node("Replace", "text_replace_block", 800, old="t", new="T"),
        node("Out", "output_block", 1200, name="result"),
    ]
    links = [
        spec.Link("1", "In", "result", "Trim", "text"),
        spec.Link("2", "Trim", "output", "Replace", "text"),
        spec.Link("3", "Replace", "output", "Out", "value"),
    ]
    drawing = spec.Graph({each.id: each for each in nodes}, tuple(links))
    graph = services.create_graph(owner=person, name="Tidy up", drawing=drawing).graph
    return BuilderPage(screen, graph).open()


def select(builder, *titles):
    for title in titles:
        builder.node(title).locator("[data-title]").click(modifiers=["Shift"])


def test_a_selection_becomes_a_graph_that_runs_in_its_place(builder):
    select(builder, "Trim", "Replace")
    builder.button("Make a sub-graph").click()
    dialog = builder.screen.get_by_role("dialog", name="Make a sub-graph")
    dialog.get_by_label("Name of the new graph").fill("Polish")
    dialog.get_by_role("button", name="Make a sub-graph").click()
    expect(builder.node("Polish")).to_be_visible()
    expect(builder.node("Trim")).to_have_count(0)
    assert drawing_of(Graph.objects.get(name="Polish"))[1] == {
        "text.result → Trim.text",
        "Trim.output → Replace.text",
        "Replace.output → output.value",
    }
    builder.button("Run").click()
    builder.screen.locator("#run-form").get_by_role("button", name="Start").click()
    builder.run_state("Completed")
    builder.button("Undo").click()
    expect(builder.node("Trim")).to_be_visible()
    expect(builder.node("Polish")).to_have_count(0)


def test_a_frame_moves_what_lies_inside(builder):
    select(builder, "Trim", "Replace")
    builder.canvas.press("g")
    frame = builder.node("Frame")
    expect(frame).to_be_focused()
    before = [builder.node(each).bounding_box()["x"] for each in ("Trim", "Replace", "Out")]
    builder.screen.keyboard.press("Shift+ArrowDown")
    builder.screen.keyboard.press("Shift+ArrowRight")
    after = [builder.node(each).bounding_box()["x"] for each in ("Trim", "Replace", "Out")]
    moved = [round(new - old) > 0 for old, new in zip(before, after, strict=True)]
    assert moved == [True, True, False]
    corner = frame.locator("[data-grip]")
    box = corner.bounding_box()
    corner.hover()
    builder.screen.mouse.down()
    builder.screen.mouse.move(box["x"] + 60, box["y"] + 60, steps=3)
    builder.screen.mouse.up()
    wide = int(builder.screen.get_by_label("Width").input_value())
    builder.button("Undo").click()
    expect(builder.screen.get_by_label("Width")).not_to_have_value(str(wide))
    builder.button("Redo").click()
    builder.screen.get_by_label("Colour", exact=True).select_option("blue")
    builder.button("Save").click()
    builder.state("Saved as version 2")
    document = builder.graph.versions.get(is_active=True).load()
    [note] = [each for each in document.nodes.values() if each.title == "Frame"]
    assert (note.metadata["frame"]["colour"], note.metadata["frame"]["width"]) == ("blue", wide)


def test_a_node_is_previewed_and_its_outputs_pinned_for_the_next(builder):
    builder.button("Run").click()
    builder.screen.get_by_role("button", name="Start").click()
    builder.run_state("Completed")
    details = builder.screen.get_by_role("complementary", name="Details")
    builder.node("Trim").locator("[data-title]").click()
    expect(details.locator("[data-preview]")).to_contain_text("output tea")
    details.get_by_role("button", name="Pin these outputs").click()
    expect(builder.node("Trim").get_by_text("Pinned outputs")).to_be_attached()
    builder.node("Replace").locator("[data-title]").click()
    details.get_by_label("new", exact=True).fill("B")
    expect(details.locator("[data-preview]")).to_contain_text("Bea")
    details.get_by_role("button", name="Up to here").click()
    details.get_by_role("button", name="Start").click()
    builder.run_state("Completed")
    expect(details.locator("[data-run-results]")).to_contain_text("Bea")
    builder.node("Trim").locator("[data-title]").click()
    details.get_by_role("button", name="Pin this value no more").click()
    expect(builder.node("Trim").get_by_text("Pinned outputs")).to_be_hidden()
