"""A run that has failed says why in the language of its reader, wherever it is looked at."""

import pytest
from django.utils import translation

from executions.notifications import texts
from executions.notifications.models import Notification
from executions.rows.notifications import Event
from tests.executions.scene import drawing, run

pytestmark = pytest.mark.django_db(transaction=True)

CHINESE = {"accept-language": "zh-hans"}
SENTENCE = "除以零没有结果"


@pytest.fixture
def failed(user):
    graph = drawing(
        {"sum": ("calculator_block", {"operation": "Divide", "a": 1, "b": 0})},
        metadata={"sum": {"title": "Sum"}},
    )
    return run(user, graph)


@pytest.mark.parametrize("place", ["", "results/", "log/", "nodes/", "node/?node=sum"])
def test_a_page_tells_it_in_chinese(page, failed, place):
    assert SENTENCE in page.get(f"/executions/{failed.pk}/{place}", headers=CHINESE).text


def test_the_builder_is_told_it_in_chinese(page, failed):
    shown = page.get(f"/executions/{failed.pk}/previews/", headers=CHINESE).json()
    assert (shown["error"], shown["nodes"]["sum"]["error"]) == (f"Sum：{SENTENCE}", SENTENCE)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_api_tells_it_in_the_language_of_the_request(api, failed, language):
    headers = {"accept-language": language}
    told = api.get(f"/api/executions/{failed.pk}", headers=headers).json()
    known = SENTENCE if language == "zh-hans" else "Division by zero has no result"
    assert known in told["error"]
    assert [each["error"] for each in told["node_executions"]] == [known]


def test_a_block_that_is_run_by_itself_refuses_in_chinese(api, user):
    body = {"operation": "Add", "a": "x", "b": 1}
    answer = api.post("/api/blocks/calculator_block/execute", body, headers=CHINESE)
    assert answer.json()["error"]["message"] == '引脚“a”得到文本 "x"，但需要数字'


def test_a_notification_tells_it_in_chinese(user, failed):
    row = Notification(
        user=user, event=Event.FAILED, data={"error": failed.error}, execution=failed
    )
    with translation.override("zh-hans"):
        assert texts.said(row).text == f"Sum：{SENTENCE}"
