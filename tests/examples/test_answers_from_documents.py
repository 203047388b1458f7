"""Answers from documents, as they are without a provider."""

import pytest

from executions.engine.status import Status
from executions.knowledge.models import Document

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLE = "answers_from_documents.json"


@pytest.mark.parametrize(
    ("question", "answer", "document"),
    [
        (
            "How long may members borrow tools?",
            "Members may borrow tools for a week.",
            "Lending tools › Lending tools",
        ),
        (
            "What do new brake pads cost?",
            "New brake pads cost eighteen euros a pair, and a new chain twenty-five euros.",
            "Repairs › Repairs › Prices",
        ),
        (
            "When are orders answered?",
            "Orders are answered in January.",
            "Opening hours › Opening hours › Holidays",
        ),
    ],
)
def test_a_question_is_answered_from_the_right_document(run_example, question, answer, document):
    execution = run_example(EXAMPLE, question=question)

    assert execution.status == Status.COMPLETED
    assert execution.outputs["answer"] == [answer]
    [[first, *_]] = execution.outputs["citations"]
    assert f"{first['document']} › {first['heading']}" == document


def test_a_question_that_no_document_speaks_of_is_not_answered(run_example):
    execution = run_example(EXAMPLE, question="Who painted the ceiling?")

    assert execution.status == Status.COMPLETED
    assert execution.outputs == {"not_found": ["Who painted the ceiling?"]}


def test_running_it_again_leaves_the_documents_as_they_were(run_example):
    for _ in range(2):
        assert run_example(EXAMPLE).status == Status.COMPLETED
    assert list(Document.objects.values_list("version", flat=True)) == [1, 1, 1]
