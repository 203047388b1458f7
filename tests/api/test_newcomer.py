"""The first program that a newcomer writes works as it stands in the documentation."""

import pytest

TEXT = (
    "Graphs are made of nodes. Each node is an instance of a block. Links carry values between them. "
    "A run is one running of one version of a graph. It ends when nothing is left to do."
)
GRAPH = {
    "name": "Summarize",
    "description": "Summarizes a text",
    "nodes": [
        {"id": "text_input", "block_id": "text_input_block", "input_default": {}, "metadata": {}},
        {
            "id": "summarize",
            "block_id": "llm_call_block",
            "input_default": {
                "model": "gpt-4",
                "prompt": "Summarize this text:\n\n{input_text}",
                "max_tokens": 150,
            },
            "metadata": {},
        },
    ],
    "links": [
        {
            "source_id": "text_input",
            "sink_id": "summarize",
            "source_name": "text",
            "sink_name": "input_text",
        }
    ],
}


@pytest.mark.django_db(transaction=True)
def test_the_newcomers_program_works(api, run_to_end):
    graph = api.post("/api/graphs", GRAPH)
    assert graph.status_code == 201
    execution = api.post(
        f"/api/graphs/{graph.json()['id']}/execute",
        {"inputs": {"text": TEXT}, "credentials_inputs": {}},
    )
    assert (execution.status_code, execution.json()["status"]) == (200, "QUEUED")
    results = api.get(f"/api/executions/{run_to_end(execution)}/results").json()
    assert results["status"] == "COMPLETED"
    assert results["outputs"]["response"][0]
    assert results["outputs"]["model"] != ["gpt-4"]
