"""The newcomer's graph, with real texts."""

import pytest

from blocks.adapters.sentences import sentences
from executions.engine.status import Status
from tests.examples.conftest import EXAMPLES

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_the_summary_is_three_whole_sentences_of_the_text_in_their_order(run_example, language):
    text = (EXAMPLES / "texts" / f"{language}.txt").read_text(encoding="utf-8")

    execution = run_example("text_summary.json", text=text)

    assert execution.status == Status.COMPLETED
    [summary] = execution.outputs["summary"]
    chosen = sentences(summary)
    assert [sentence for sentence in sentences(text) if sentence in chosen] == chosen
    assert len(chosen) == 3
