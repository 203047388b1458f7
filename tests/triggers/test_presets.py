"""/api/presets, and runs that use one."""

import pytest
from django.core.files.base import ContentFile

from accounts.models import Scope
from executions.files import services as files
from executions.models import Execution
from executions.triggers.models import Preset
from tests.factories import CredentialFactory, VersionFactory

PRESETS = "/api/presets"


@pytest.fixture
def create(api, version):
    def create(**body):
        return api.post(PRESETS, {"graph_id": str(version.graph_id), "name": "Ada", **body})

    return create


@pytest.fixture
def preset(create):
    return create(inputs={"text": "kept"}).json()


def test_a_preset_is_made_changed_and_deleted(api, preset):
    address = f"{PRESETS}/{preset['id']}"
    assert api.get(address).json() == preset
    changed = api.put(address, {"name": "Bob", "inputs": {"text": "other"}}).json()
    assert (changed["name"], changed["inputs"]) == ("Bob", {"text": "other"})
    assert [each["name"] for each in api.get(PRESETS).json()["results"]] == ["Bob"]
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404


def test_the_list_can_be_narrowed_to_a_graph(api, preset, user):
    other = VersionFactory(owner=user)
    assert api.get(PRESETS, {"graph_id": other.graph_id}).json()["count"] == 0
    assert api.get(PRESETS, {"graph_id": preset["graph_id"]}).json()["count"] == 1


def test_a_preset_may_keep_some_inputs_only(create):
    assert create().status_code == 201


@pytest.mark.parametrize("inputs", [{"colour": "red"}])
def test_what_the_graph_does_not_take_is_not_kept(create, inputs):
    answer = create(inputs=inputs)
    assert answer.json()["error"]["error_code"] == "invalid_graph"
    assert Preset.objects.count() == 0


def test_foreign_graphs_credentials_and_files_cannot_be_kept(create, stranger):
    theirs = VersionFactory(owner=stranger)
    file = files.keep(stranger.pk, ContentFile(b"x"), name="x.txt")
    credential = CredentialFactory(user=stranger)
    assert create(graph_id=str(theirs.graph_id)).status_code == 404
    assert create(inputs={"text": file.uri}).status_code == 400
    assert create(inputs={"text": "workspace://x"}).status_code == 400
    assert create(credentials_inputs={"http": {"id": str(credential.pk)}}).status_code == 400
    assert Preset.objects.count() == 0


@pytest.fixture
def execute(api, version):
    def execute(body, query=""):
        return api.post(f"/api/graphs/{version.graph_id}/execute{query}", body)

    return execute


def test_a_run_gets_what_it_is_not_given_from_the_preset(execute, preset):
    id_ = preset["id"]
    assert execute({"preset_id": id_}).json()["inputs"] == {"text": "kept"}
    assert execute({}, f"?preset_id={id_}").json()["inputs"] == {"text": "kept"}
    given = {"inputs": {"text": "given"}, "preset_id": id_}
    assert execute(given).json()["inputs"] == {"text": "given"}


def test_a_preset_that_is_not_ones_own_or_of_another_graph_is_404(
    api, execute, preset, stranger_api, stranger, user
):
    theirs = VersionFactory(owner=stranger)
    address = f"/api/graphs/{theirs.graph_id}/execute"
    assert stranger_api.post(address, {"preset_id": preset["id"]}).status_code == 404
    other = VersionFactory(owner=user)
    address = f"/api/graphs/{other.graph_id}/execute"
    assert api.post(address, {"preset_id": preset["id"]}).status_code == 404
    assert Execution.objects.count() == 0


def test_a_preset_goes_with_its_graph(api, preset):
    api.delete(f"/api/graphs/{preset['graph_id']}")
    assert api.get(f"{PRESETS}/{preset['id']}").status_code == 404


def test_reading_and_writing_need_their_permissions(key_api, preset):
    reader = key_api(Scope.READ_TRIGGERS)
    assert reader.get(PRESETS).json()["count"] == 1
    assert reader.delete(f"{PRESETS}/{preset['id']}").status_code == 403
