"""Recorded runs as test cases, and versions evaluated with data."""

import json
from contextlib import nullcontext

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.html import escape

from chaos import failures
from executions import failpoints
from executions.evaluation import checks, progress, services, tables
from executions.evaluation.models import Evaluation
from executions.models import Execution
from executions.triggers.models import Preset
from executions.workers import work
from graphs import bundles, drafts, files, json_text, spec
from graphs import services as graphs
from graphs.formats import own
from graphs.models import Graph, GraphVersion, TestCase
from tests.executions import scene
from tests.executions.scene import calls

pytestmark = pytest.mark.django_db(transaction=True)


def drawing(prompt="Say"):
    return scene.drawing(
        {
            "ask": ("text_input_block", {"name": "text"}),
            "prompt": ("fill_text_template_block", {"format": prompt + " {{ t }}"}),
            "model": ("test_paid", {"does": "evaluated model"}),
            "tell": ("output_block", {"name": "answer"}),
        },
        [
            "ask.text -> prompt.values_#_t",
            "prompt.output -> model.value",
            "model.value -> tell.value",
        ],
    )


@pytest.fixture(autouse=True)
def _model():
    calls.clear()
    scene.behaviours["evaluated model"] = lambda value, _: iter([("value", value.upper())])


@pytest.fixture
def run(user):
    return scene.run(user, drawing(), text="tea")


def work_once(*_):
    """What workers do in a moment."""
    progress.go_on()
    for pk in Execution.objects.unfinished().values_list("pk", flat=True):
        work.advance(pk)
    work.fill_slots()


def finish(evaluation):
    """Do what workers do until it has ended."""
    for _ in range(20):
        work_once()
        evaluation.refresh_from_db()
        if evaluation.ended_at:
            return tables.table_of(evaluation)
    raise AssertionError("it has not ended")


def changed(graph, prompt):
    return graphs.save_version(graph=graph, name="Scene", description="", drawing=drawing(prompt))


def test_a_test_case_asks_nobody_and_costs_nothing(user, run):
    services.save_case(execution=run, name="tea")
    table = finish(services.start_tests(version=run.version, user=user))
    assert (table.passed, table.failed, table.score, table.cost) == (1, 0, 1.0, 0)
    assert len(calls["evaluated model"]) == 1


def test_a_changed_prompt_is_noticed(user, run):
    services.save_case(execution=run, name="tea")
    version = changed(run.graph, "Shout")
    table = finish(services.start_tests(version=version, user=user))
    assert (table.passed, table.failed) == (0, 1)
    assert "asked something that was not recorded" in table.rows[0].findings[0]
    assert len(calls["evaluated model"]) == 1


def test_another_output_is_told_with_what_was_expected(user, run):
    check = {"output": "answer", "kind": "equal", "value": "SAY COFFEE"}
    services.save_case(execution=run, name="tea", checks=[check])
    table = finish(services.start_tests(version=run.version, user=user))
    assert table.rows[0].findings == ["answer: expected SAY COFFEE, got SAY TEA"]


@pytest.mark.parametrize(
    ("kind", "value", "holds"),
    [
        ("equal", {"n": 1}, True),
        ("equal", {"n": 2}, False),
        ("contains", '"n": 1', True),
        ("contains", "two", False),
        ("pattern", r"\d", True),
        ("pattern", r"^\d", False),
        ("pattern", "(", False),
        ("schema", {"required": ["n"]}, True),
        ("schema", {"required": ["m"]}, False),
        ("schema", {"$ref": "http://example.com/"}, False),
    ],
)
def test_what_a_check_holds_for(kind, value, holds):
    check = {"output": "answer", "kind": kind, "value": value}
    assert (checks.findings_of([check], {"answer": [{"n": 1}]}) == []) is holds
    assert checks.findings_of([check], {}) == ["answer: the run gave no such output"]


def test_test_cases_go_with_the_file_of_the_graph(user, stranger, run):
    services.save_case(execution=run, name="tea")
    file = json_text.read(files.exported(run.version, "agentloom", user).encode())
    imported = bundles.save(stranger, own.read(file)).version
    table = finish(services.start_tests(version=imported, user=stranger))
    assert (table.passed, table.failed) == (1, 0)


def test_a_run_that_failed_is_no_test_case(api, user):
    failed = scene.run(user, scene.drawing({"f": ("test_pure", {"does": "fail"})}))
    body = {"execution_id": str(failed.pk), "name": "x"}
    answer = api.post(f"/api/graphs/{failed.graph_id}/tests", body)
    assert answer.json()["error"]["error_code"] == "not_recordable"


def test_every_line_of_a_data_set_is_a_run_with_a_limit_at_once(user, run):
    text = "text,expected:answer\ntea,TEA\nmilk,WATER\n"
    evaluation = services.start_data_set(
        version=run.version, user=user, name="drinks.csv", text=text, at_once=1
    )
    progress.go_on()
    assert evaluation.samples.filter(verdict="running").count() == 1
    table = finish(evaluation)
    assert [row.verdict for row in table.rows] == ["passed", "failed"]
    assert (table.score, table.cost) == (0.5, 10)
    lines = tables.csv_of(evaluation).splitlines()
    assert lines[0] == "text,output:answer,verdict,score,seconds,credits,findings"
    assert lines[1].startswith("tea,SAY TEA,passed,1.0,")
    assert lines[1].endswith(",5,")


def test_a_line_that_cannot_run_keeps_no_other_back(user):
    counting = scene.drawing(
        {
            "ask": ("number_input_block", {"name": "number"}),
            "tell": ("output_block", {"name": "answer"}),
        },
        ["ask.result -> tell.value"],
    )
    version = graphs.create_graph(owner=user, name="Counting", drawing=counting)
    text = "number\nmany\n2\n"
    table = finish(services.start_data_set(version=version, user=user, name="x", text=text))
    assert (table.passed, table.failed) == (1, 1)
    assert 'Input "number"' in table.rows[0].findings[0]


@pytest.mark.parametrize(
    ("first_line", "message"),
    [
        ("text,colour", 'This graph has no input "colour"; its inputs are: "text"'),
        ("text,expected:tea", 'This graph has no output "tea"; its outputs are: "answer"'),
        ("expected:answer", 'The input "text" is required; the file has no such column'),
    ],
)
def test_a_data_set_with_other_columns_is_refused(api, page, run, first_line, message):
    table = f"{first_line}\n{','.join('x' for _ in first_line.split(','))}\n"
    refused = api.post(f"/api/graphs/{run.graph_id}/evaluations", {"csv": table})
    assert refused.status_code == 400
    error = refused.json()["error"]
    assert (error["error_code"], error["message"]) == ("unknown_name", message)
    file = SimpleUploadedFile("drinks.csv", table.encode())
    shown = page.post(f"/graphs/{run.graph_id}/tests/", {"file": file, "at_once": 2})
    assert (shown.status_code, escape(message) in shown.content.decode()) == (422, True)
    assert not Evaluation.objects.exists()


def test_a_check_of_an_output_that_is_not_there_is_refused(api, page, run):
    place, check = f"/api/graphs/{run.graph_id}/tests", judged("short", output="tea")
    message = 'This graph has no output "tea"; its outputs are: "answer"'
    new = {"execution_id": str(run.pk), "name": "x", "checks": [check]}
    case = services.save_case(execution=run, name="tea")
    for refused in (
        api.post(place, new),
        api.put(f"{place}/{case.pk}", {"name": "x", "checks": [check]}),
    ):
        error = refused.json()["error"]
        assert (refused.status_code, error["error_code"]) == (400, "unknown_name")
        assert error["message"] == message
    shown = page.post(f"/tests/{case.pk}/checks/", check, follow=True).content.decode()
    assert escape(message) in shown
    assert run.graph.test_cases.get() == case


def test_a_check_of_an_output_that_is_gone_may_stay(run):
    case = services.save_case(execution=run, name="tea")
    graphs.save_version(
        graph=run.graph,
        name="Scene",
        description="",
        drawing=scene.drawing({"tell": ("output_block", {"name": "other"})}),
    )
    checks = [*case.checks, judged("short", output="other")]
    assert services.change_case(case, name="x", checks=checks).checks == checks


def test_findings_are_kept_in_english_and_told_to_each_reader(api, page, user, run):
    check = {"output": "answer", "kind": "equal", "value": "SAY COFFEE"}
    services.save_case(execution=run, name="tea", checks=[check])
    evaluation = services.start_tests(version=run.version, user=user)
    with translation.override("zh-hans"):
        finish(evaluation)
    place = f"/api/evaluations/{evaluation.pk}"
    [sample] = api.get(place).json()["samples"]
    assert sample["findings"] == ["answer: expected SAY COFFEE, got SAY TEA"]
    [sample] = api.get(place, headers={"Accept-Language": "zh-hans"}).json()["samples"]
    assert sample["findings"] == ["answer：应为 SAY COFFEE，实际为 SAY TEA"]
    page.cookies["django_language"] = "zh-hans"
    assert sample["findings"][0] in page.get(f"/evaluations/{evaluation.pk}/").content.decode()


def test_a_file_gives_no_formula_to_a_spreadsheet(user, run):
    evaluation = services.start_data_set(
        version=run.version, user=user, name="x", text="text\n=1+1\n-5\n"
    )
    finish(evaluation)
    lines = tables.csv_of(evaluation).splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["'=1+1", "-5"]


def test_the_pages_save_run_and_show(page, user, run):
    page.post(f"/executions/{run.pk}/test/", {"name": "tea time"})
    address = f"/graphs/{run.graph_id}/tests/"
    assert "tea time" in page.get(address).content.decode()
    location = page.post(f"{address}run/")["Location"]
    begun = " ".join(page.get(location, headers={"HX-Request": "true"}).content.decode().split())
    assert ("0 passed, 0 not passed, of 1" in begun, "/stop/" in begun) == (True, True)
    finish(Evaluation.objects.get())
    ended = " ".join(page.get(location).content.decode().split())
    assert ("1 passed, 0 not passed, of 1" in ended, "/stop/" in ended) == (True, False)
    table = SimpleUploadedFile("drinks.csv", b"text\nmilk\n")
    location = page.post(address, {"file": table, "at_once": 2})["Location"]
    finish(Evaluation.objects.newest_first()[0])
    assert "SAY MILK" in page.get(f"{location}csv/").content.decode()


def test_the_api_saves_runs_and_tells(api, user, run):
    graph = f"/api/graphs/{run.graph_id}"
    check = {"output": "answer", "kind": "contains", "value": "TEA"}
    body = {"execution_id": str(run.pk), "name": "tea", "checks": [check]}
    case = api.post(f"{graph}/tests", body)
    assert (case.status_code, case.json()["checks"]) == (201, [check])
    started = api.post(f"{graph}/evaluations", {})
    assert started.status_code == 201
    finish(Evaluation.objects.get())
    told = api.get(f"/api/evaluations/{started.json()['id']}").json()
    assert (told["passed"], told["samples"][0]["outputs"]) == (1, {"answer": ["SAY TEA"]})
    assert api.delete(f"{graph}/tests/{case.json()['id']}").status_code == 204
    assert api.get(f"{graph}/tests").json() == []


def test_checks_that_cannot_be_used_are_refused(api, run):
    check = {"output": "answer", "kind": "pattern", "value": "("}
    body = {"execution_id": str(run.pk), "name": "tea", "checks": [check]}
    assert api.post(f"/api/graphs/{run.graph_id}/tests", body).status_code == 400


@pytest.mark.parametrize(("prompt", "passes"), [("Say", True), ("Shout", False)])
def test_the_terminal_tests_a_file(user, run, tmp_path, monkeypatch, capsys, prompt, passes):
    services.save_case(execution=run, name="tea")
    file = json_text.read(files.exported(run.version, "agentloom", user).encode())
    file["nodes"][1]["input_default"]["format"] = prompt + " {{ t }}"
    file["presets"] = [{"name": "Usual", "inputs": {}}]
    file["sub_graphs"] = [{"id": "child", **own_file()}]
    (tmp_path / "graph.json").write_text(json.dumps(file))
    monkeypatch.setattr("executions.management.commands.test_graph.sleep", work_once)
    with nullcontext() if passes else pytest.raises(CommandError, match="1 of 1"):
        call_command("test_graph", str(tmp_path / "graph.json"), email=user.email)
    assert capsys.readouterr().out.startswith("passed" if passes else "failed")
    assert [each.pk for each in Graph.objects.owned_by(user)] == [run.graph_id]
    assert not Preset.objects.exists()


def test_a_file_with_broken_tests_is_refused(user):
    file = {**json.loads(json.dumps(own_file())), "tests": [{"name": 7}]}
    with pytest.raises(own.FormatError, match="tests"):
        own.read(file)


def own_file():
    node = spec.Node("a", "text_input_block", {"name": "a"})
    return {"name": "x", "nodes": [{"id": node.id, "block_id": node.block_id}], "links": []}


def judged(condition, output="answer"):
    return {"output": output, "kind": "judged", "value": condition}


def mailing(user):
    """A run that gives an e-mail address."""
    wired = scene.drawing(
        {
            "ask": ("text_input_block", {"name": "text"}),
            "tell": ("output_block", {"name": "answer"}),
        },
        ["ask.text -> tell.value"],
    )
    return scene.run(user, wired, text="ada@example.com")


def test_a_model_judges_what_words_say(user):
    run = mailing(user)
    conditions = ["it is an e-mail address", "it is a phone number"]
    services.save_case(execution=run, name="x", checks=[judged(each) for each in conditions])
    evaluation = services.start_tests(version=run.version, user=user)
    table = finish(evaluation)
    assert table.rows[0].findings == ["answer: judged not to fulfil: it is a phone number"]
    assert (table.failed, table.score) == (1, 0.5)
    judges = Execution.objects.filter(judgement__sample__evaluation=evaluation)
    assert judges.count() == 2
    assert table.cost == sum(judge.cost for judge in judges)


def test_an_output_that_is_not_there_is_not_judged(user):
    run = mailing(user)
    case = services.save_case(execution=run, name="x")
    TestCase.objects.filter(pk=case.pk).update(checks=[judged("short", output="nothing")])
    table = finish(services.start_tests(version=run.version, user=user))
    assert table.rows[0].findings == [
        "nothing: it could not be judged: the run gave no such output"
    ]
    assert table.cost == 0


def test_a_condition_must_be_text(api, run):
    body = {"execution_id": str(run.pk), "name": "tea", "checks": [judged("")]}
    assert api.post(f"/api/graphs/{run.graph_id}/tests", body).status_code == 400


def test_an_evaluation_that_is_stopped_starts_no_more_runs(api, user, run):
    text = "text\n" + "tea\n" * 5
    evaluation = services.start_data_set(
        version=run.version, user=user, name="x", text=text, at_once=2
    )
    progress.go_on()
    told = api.post(f"/api/evaluations/{evaluation.pk}/stop").json()
    assert told["failed"] == 3
    table = finish(evaluation)
    assert (table.failed, Execution.objects.filter(sample__isnull=False).count()) == (5, 2)


def test_evaluations_of_a_graph_are_listed_with_how_they_stand(api, stranger_api, user, run):
    services.save_case(execution=run, name="tea")
    finish(services.start_tests(version=run.version, user=user))
    place = f"/api/graphs/{run.graph_id}/evaluations"
    [listed] = api.get(place).json()["results"]
    assert (listed["size"], listed["passed"], listed["failed"]) == (1, 1, 0)
    assert stranger_api.get(place).status_code == 404


def test_a_draft_is_tried_before_it_is_a_version(api, page, user, run):
    services.save_case(execution=run, name="tea")
    document = files.document_of(changed_drawing(run))
    drafts.keep(graph=run.graph, user=user, document=document, base_version=1, revision=0)
    started = api.post(f"/api/graphs/{run.graph_id}/evaluations", {"draft": True})
    assert (started.status_code, started.json()["is_of_draft"]) == (201, True)
    table = finish(Evaluation.objects.get())
    assert "asked something that was not recorded" in table.rows[0].findings[0]
    assert run.graph.versions.count() == 1
    shown = page.get(f"/graphs/{run.graph_id}/tests/verdicts/").content.decode()
    assert "Draft" in shown
    assert "0 passed, 1 not passed" in " ".join(shown.split())


def changed_drawing(run):
    """An unsaved version of the run's graph with another prompt."""
    version = GraphVersion(graph=run.graph)
    version.load = lambda: drawing("Shout")
    return version


@pytest.mark.parametrize(
    "moment", ["evaluation.taken", "evaluation.before_commit", "accept.before"]
)
def test_what_breaks_while_an_evaluation_goes_on_loses_and_doubles_nothing(
    user, run, moment, monkeypatch, tmp_path
):
    evaluation = services.start_data_set(
        version=run.version, user=user, name="x", text="text\ntea\nmilk\nrum\n", at_once=2
    )
    for nth in (1, 2):
        with monkeypatch.context() as patch:
            armed = failures.Armed(f"{moment}=raise@1", tmp_path / f"report{nth}")
            patch.setattr(failpoints, "hit", armed)
            with pytest.raises(failures.BrokenOnPurposeError):
                progress.go_on()
        work_once()
    table = finish(evaluation)
    assert (table.passed, Execution.objects.filter(sample__evaluation=evaluation).count()) == (3, 3)


def test_checks_are_added_and_removed_on_the_page(page, user, run):
    case = services.save_case(execution=run, name="tea")
    place = f"/tests/{case.pk}/checks/"
    shown = page.post(place, {"output": "answer", "kind": "pattern", "value": "("}, follow=True)
    assert "alert" in shown.content.decode()
    page.post(place, {"output": "answer", "kind": "judged", "value": "it is polite"})
    page.post(place, {"output": "answer", "kind": "equal", "value": '{"n": 1}'})
    page.post(f"{place}0/remove/")
    case.refresh_from_db()
    assert case.checks == [
        judged("it is polite"),
        {"output": "answer", "kind": "equal", "value": {"n": 1}},
    ]
    shown = page.get(f"/graphs/{run.graph_id}/tests/").content.decode()
    assert ("it is polite" in shown, "{&quot;n&quot;: 1}" in shown) == (True, True)


def test_a_test_case_is_changed_over_the_api(api, stranger_api, run):
    case = services.save_case(execution=run, name="tea")
    place = f"/api/graphs/{run.graph_id}/tests/{case.pk}"
    body = {"name": "coffee", "checks": [judged("it is polite")]}
    changed = api.put(place, body).json()
    assert (changed["name"], changed["checks"]) == ("coffee", body["checks"])
    assert api.put(place, {**body, "checks": [judged("")]}).status_code == 400
    assert stranger_api.put(place, body).status_code == 404


def test_a_table_asks_the_same_for_one_and_three_samples(api, user):
    run = mailing(user)
    counts = []
    for number in (1, 2):
        for _ in range(number):
            services.save_case(execution=run, name="x", checks=[judged("it is an e-mail address")])
        evaluation = services.start_tests(version=run.version, user=user)
        finish(evaluation)
        api.get(f"/api/evaluations/{evaluation.pk}")
        with CaptureQueriesContext(connection) as asked:
            told = api.get(f"/api/evaluations/{evaluation.pk}").json()
        assert told["passed"] == len(told["samples"]) == len(counts) * 2 + 1
        counts.append(len(asked))
    assert counts[0] == counts[1]
