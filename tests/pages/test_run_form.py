"""The form of a run: made from the graph's inputs, checked here, told where it is wrong."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from executions.files import services as files
from executions.files.models import StoredFile
from executions.models import Execution, Source
from graphs import spec
from tests.factories import ExecutionFactory, PresetFactory, VersionFactory
from tests.pages.drawings import of_inputs
from tests.pages.reading import text_of

CASES = [
    # block, defaults, what is typed, what the run is given
    ("text_input_block", {"name": "x"}, "two\r\nlines ", "two\nlines "),
    ("short_text_input_block", {"name": "x"}, " word ", "word"),
    ("long_text_input_block", {"name": "x"}, "long", "long"),
    ("number_input_block", {"name": "x"}, "3", 3),
    ("number_input_block", {"name": "x"}, "2.5", 2.5),
    ("number_input_block", {"name": "x"}, "1e30", 1e30),
    ("date_input_block", {"name": "x"}, "2026-01-31", "2026-01-31"),
    ("time_input_block", {"name": "x"}, "09:30", "09:30:00"),
    ("toggle_input_block", {"name": "x"}, "on", True),
    ("dropdown_input_block", {"name": "x", "options": ["a", "b"]}, "b", "b"),
    ("table_input_block", {"name": "x"}, '[{"a": 1}]', [{"a": 1}]),
    ("input_block", {"name": "x"}, "plain words", "plain words"),
    ("input_block", {"name": "x"}, '{"a": [1]}', {"a": [1]}),
    ("input_block", {"name": "csrfmiddlewaretoken"}, "fine", "fine"),
    ("input_block", {"name": "items"}, "fine", "fine"),
]


def start(page, version, **given):
    return page.post(f"/graphs/{version.graph_id}/run/", given)


@pytest.mark.parametrize(("block_id", "defaults", "typed", "value"), CASES)
def test_what_is_typed_reaches_the_run(page, user, block_id, defaults, typed, value):
    version = VersionFactory(owner=user, drawing=of_inputs((block_id, defaults)))
    answer = start(page, version, **{"input-0": typed})
    execution = Execution.objects.get()
    assert execution.inputs == {defaults["name"]: value}
    assert execution.source == Source.UI
    assert answer.url == f"/executions/{execution.pk}/"
    assert page.get(answer.url).status_code == 200


@pytest.mark.parametrize(
    ("block_id", "defaults", "typed", "sentence"),
    [
        ("number_input_block", {"name": "x"}, "many", "Enter a number."),
        ("number_input_block", {"name": "x"}, "1e999", "This number is too large."),
        ("number_input_block", {"name": "x"}, "NaN", "Enter a number."),
        ("date_input_block", {"name": "x"}, "yesterday", "Enter a valid date."),
        ("dropdown_input_block", {"name": "x", "options": ["a"]}, "b", "Select a valid choice"),
        ("table_input_block", {"name": "x"}, "[1,", "This is not JSON"),
        ("table_input_block", {"name": "x"}, "[1]", 'Input "x"'),
        ("text_input_block", {"name": "x"}, "", "This field is required."),
    ],
)
def test_a_wrong_value_is_told_next_to_its_field_and_stays(
    page, user, block_id, defaults, typed, sentence
):
    version = VersionFactory(owner=user, drawing=of_inputs((block_id, defaults)))
    answer = start(page, version, **{"input-0": typed})
    assert answer.status_code == 422
    assert sentence in " ".join(answer.context["form"].errors["input-0"])
    assert answer.context["form"]["input-0"].value() == typed
    assert not Execution.objects.exists()


def test_required_fields_are_marked_and_defaults_filled_in(page, user):
    drawing = of_inputs(
        ("text_input_block", {"name": "must"}),
        ("text_input_block", {"name": "may", "value": "preset", "description": "Say more"}),
    )
    version = VersionFactory(owner=user, drawing=drawing)
    answer = page.get(f"/graphs/{version.graph_id}/")
    form = answer.context["form"]
    assert [field.field.required for field in form] == [True, False]
    assert form["input-1"].value() == "preset"
    assert "Say more" in text_of(answer)


def test_an_empty_field_leaves_the_default_to_the_graph(page, user):
    drawing = of_inputs(("text_input_block", {"name": "may", "value": "preset"}))
    start(page, VersionFactory(owner=user, drawing=drawing), **{"input-0": ""})
    assert Execution.objects.get().inputs == {}


def test_advanced_inputs_are_folded(page, user):
    drawing = of_inputs(("text_input_block", {"name": "rare", "value": "x", "advanced": True}))
    version = VersionFactory(owner=user, drawing=drawing)
    form = page.get(f"/graphs/{version.graph_id}/").context["form"]
    assert (form.plain(), [field.label for field in form.advanced()]) == ([], ["rare"])


def test_a_file_is_kept_and_the_run_is_told_where(page, user):
    drawing = of_inputs(("file_input_block", {"name": "file"}))
    version = VersionFactory(owner=user, drawing=drawing)
    file = SimpleUploadedFile("a.txt", b"hello", content_type="text/plain")
    start(page, version, **{"input-0_0": file, "input-0_1": ""})
    kept = StoredFile.objects.get()
    assert Execution.objects.get().inputs == {"file": kept.uri}
    assert (kept.name, files.read(kept), kept.execution) == ("a.txt", b"hello", None)


def test_a_problem_of_the_graph_is_told_with_its_node(page, user):
    node = spec.Node("ask", "llm_call_block", {}, {"title": "The question"})
    version = VersionFactory(owner=user, drawing=spec.Graph(nodes={"ask": node}, links=()))
    answer = start(page, version)
    assert "The graph cannot be run as it is." in text_of(answer)
    assert 'The question needs a value for "prompt"' in text_of(answer)


def test_an_empty_purse_is_told(page, user):
    User.objects.filter(pk=user.pk).update(credits=0)
    node = spec.Node("ask", "llm_call_block", {"prompt": "x"})
    version = VersionFactory(owner=user, drawing=spec.Graph(nodes={"ask": node}, links=()))
    assert "Insufficient balance" in text_of(start(page, version))


def test_htmx_is_sent_to_the_run_or_gets_the_form_alone(htmx, version):
    wrong = start(htmx, version, **{"input-0": ""})
    assert wrong.status_code == 422
    assert wrong.content.decode().lstrip().startswith("<form")
    right = start(htmx, version, **{"input-0": "x"})
    assert right.headers["HX-Redirect"] == f"/executions/{Execution.objects.get().pk}/"


def test_the_version_in_the_address_is_the_one_that_runs(page, version):
    page.post(f"/graphs/{version.graph_id}/run/?version=1", {"input-0": "x"})
    assert Execution.objects.get().version == version


def test_a_strangers_graph_cannot_be_run(stranger_page, version):
    assert start(stranger_page, version, **{"input-0": "x"}).status_code == 404
    assert not Execution.objects.exists()


def test_the_inputs_of_a_former_run_can_be_changed_before_the_next(page, user, version):
    former = ExecutionFactory(user=user, version=version, inputs={"text": "as before"})
    form = page.get(f"/executions/{former.pk}/repeat/").context["form"]
    assert form["input-0"].value() == "as before"


def test_a_run_is_repeated_with_the_same_inputs(page, user, version):
    former = ExecutionFactory(user=user, version=version, inputs={"text": "as before"})
    answer = page.post(f"/executions/{former.pk}/again/")
    repeated = Execution.objects.exclude(pk=former.pk).get()
    assert (repeated.inputs, repeated.version) == ({"text": "as before"}, version)
    assert answer.url == f"/executions/{repeated.pk}/"


def test_a_run_that_cannot_be_repeated_says_why(page, user, version):
    former = ExecutionFactory(user=user, version=version, inputs={})
    answer = page.post(f"/executions/{former.pk}/again/", follow=True)
    assert 'The input "text" is required' in text_of(answer)


def test_a_preset_fills_in_the_form_that_names_it(page, user):
    version = VersionFactory(owner=user, drawing=of_inputs(("text_input_block", {"name": "text"})))
    preset = PresetFactory(user=user, graph=version.graph, name="As usual")
    PresetFactory(user=user, name="Of another graph")
    address = f"/graphs/{version.graph_id}/run/"
    empty = text_of(page.get(address))
    assert ("Fill in from a preset None As usual" in empty, "as usual" in empty) == (True, False)
    assert "as usual" in text_of(page.get(address, {"preset": preset.pk}))
