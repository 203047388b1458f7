"""Planted secrets are neither in the copy of somebody's data nor in log lines as they are written, stack traces included."""

import zipfile

import pytest
from django.core.files.storage import default_storage

from config import log_lines
from executions.retention import exporting
from executions.retention.models import DataExport
from tests.executions.scene import behaviours, run
from tests.executions.test_credentials import asking
from tests.security.test_planted_secrets import found, planted

__all__ = ["planted"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_c_01_the_copy_of_ones_data_has_no_secret(planted, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    user, secrets, _ids = planted
    exporting.ask(user)
    assert exporting.work_off() == 1
    with (
        default_storage.open(DataExport.objects.get().content.name) as file,
        zipfile.ZipFile(file) as archive,
    ):
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert len(texts) > 8
    assert {
        name: found(secrets, text) for name, text in texts.items() if found(secrets, text)
    } == {}


@pytest.mark.parametrize("style", ["text", "json"])
def test_c_04_a_crash_over_a_secret_writes_no_line_with_it(planted, caplog, style):
    user, secrets, ids = planted

    def crash(secret, _ports):
        yield from {}[secret.values["api_key"]]

    behaviours["crash"] = crash
    execution = run(user, asking("crash", credentials={"id": str(ids["credential"])}))
    assert execution.node_executions.get().error_code == "block_crashed"
    formatter = log_lines.formatter(style)
    lines = "\n".join(map(formatter.format, caplog.records))
    assert "KeyError" in lines
    assert found(secrets, lines) == set()
