"""The side panel of the builder: credentials and models are chosen, not typed."""

import pytest
from playwright.sync_api import expect

from graphs import drafts, spec
from graphs.models import Draft
from tests.e2e.builder_page import BuilderPage
from tests.factories import CredentialFactory, VersionFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def graph(person):
    nodes = {
        "send": spec.Node("send", "send_authenticated_web_request_block", {}, {"title": "Send"}),
        "ask": spec.Node("ask", "llm_call_block", {"prompt": "Hm"}, {"title": "Ask"}),
    }
    return VersionFactory(owner=person, drawing=spec.Graph(nodes=nodes, links=())).graph


@pytest.fixture
def builder(screen, graph):
    return BuilderPage(screen, graph).open()


def open_form(builder, title):
    builder.node(title).focus()
    builder.screen.keyboard.press("Enter")
    expect(builder.screen.locator("[data-panel-title]")).to_have_text(title)
    return builder.screen.locator("[data-panel-node]")


def kept_values(graph, node):
    document = Draft.objects.get(graph=graph).document
    return next(each for each in document["nodes"] if each["id"] == node)["input_default"]


def test_a_credential_is_chosen_for_a_node_and_the_default_again(builder, graph, person):
    work = CredentialFactory(user=person)
    picker = open_form(builder, "Send").get_by_label("credentials")
    expect(picker).to_have_value("")
    picker.select_option("Work · Any web server")
    builder.state("kept as a draft")
    reference = {"id": str(work.pk), "provider": "http", "type": "api_key", "title": "Work"}
    assert kept_values(graph, "send") == {"credentials": reference}
    open_form(builder, "Ask")
    expect(open_form(builder, "Send").get_by_label("credentials")).not_to_have_value("")
    picker.select_option("")
    expect(builder.node("Send")).not_to_contain_text("Work")
    builder.button("Undo").click()
    expect(picker.locator("option:checked")).to_have_text("Work · Any web server")


def test_a_credential_that_was_just_added_can_be_chosen(builder, person):
    picker = open_form(builder, "Send").get_by_label("credentials")
    expect(picker.locator("option")).to_have_count(1)
    CredentialFactory(user=person, title="Fresh")
    builder.screen.evaluate("dispatchEvent(new FocusEvent('focus'))")
    expect(picker.locator("option")).to_have_count(2)
    with builder.screen.expect_popup() as opened:
        builder.screen.get_by_role("link", name="Add a credential").click()
    expect(opened.value.get_by_role("heading", name="New credential")).to_be_visible()


def test_a_credential_that_is_gone_is_named_as_such(screen, graph, person):
    reference = {"id": "8f6cf1d8-57d0-4b3b-9a53-3a1fd3f4f2a1", "title": "Old"}
    node = {
        "id": "send",
        "block_id": "send_authenticated_web_request_block",
        "metadata": {"title": "Send"},
    }
    node |= {"input_default": {"credentials": reference}}
    document = {"name": "Echo", "nodes": [node], "links": []}
    drafts.keep(graph=graph, user=person, document=document, base_version=1, revision=0)
    builder = BuilderPage(screen, graph).open()
    picker = open_form(builder, "Send").get_by_label("credentials")
    expect(picker.locator("option:checked")).to_have_text("Old (not usable any more)")


def test_a_model_is_suggested_and_another_may_be_typed(builder, graph):
    form = open_form(builder, "Ask")
    model = form.get_by_label("model", exact=True)
    expect(form.locator("datalist option").first).to_be_attached()
    assert model.get_attribute("list") == form.locator("datalist").get_attribute("id")
    model.fill("my-own-model")
    builder.state("kept as a draft")
    assert kept_values(graph, "ask")["model"] == "my-own-model"


def test_a_run_asks_for_the_credential_that_no_node_names(builder, graph, person):
    CredentialFactory(user=person)
    builder.button("Run").click()
    form = builder.screen.locator("#run-form")
    expect(form.get_by_text("Used by: Send")).to_be_visible()
    expect(form.get_by_label("Any web server").locator("option")).to_have_count(2)


def test_code_is_coloured_and_prompts_tell_their_variables(screen, person):
    nodes = [
        spec.Node(
            "Code",
            "execute_code_block",
            {"code": "x = 'tea'"},
            {"title": "Code", "position": {"x": 0, "y": 0}},
        ),
        spec.Node(
            "Fill",
            "fill_text_template_block",
            {"format": "{a} {b}", "values": {"a": 1}},
            {"title": "Fill", "position": {"x": 600, "y": 0}},
        ),
    ]
    drawing = spec.Graph({each.id: each for each in nodes}, ())
    graph = VersionFactory(owner=person, drawing=drawing).graph
    builder = BuilderPage(screen, graph).open()
    builder.node("Code").locator("[data-title]").click()
    code = screen.locator('[data-panel-node] [data-pin="code"]')
    expect(code.locator(".hljs-string")).to_have_text("'tea'")
    code.get_by_role("textbox").fill("def f(): pass")
    expect(code.locator(".hljs-keyword")).to_have_text(["def", "pass"])
    builder.node("Fill").locator("[data-title]").click()
    variables = screen.get_by_role("list", name="Variables").get_by_role("listitem")
    expect(variables).to_have_text(["a = 1", "b has no value: link something to it, or set it"])
