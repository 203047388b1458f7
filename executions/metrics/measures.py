"""What is counted, by the names that Prometheus has for it. Gauges are in `standing.py`."""

from collections.abc import Sequence
from dataclasses import dataclass

from executions.rows.tallies import BLOCKS, GRAPHS, LOSSES


@dataclass(frozen=True, slots=True)
class Measure:
    """A counter, a histogram of durations, or both of the same things. Counters end in `_total` in the answer."""

    labels: Sequence[str]
    counter: str = ""
    histogram: str = ""
    help: str = ""
    has_owner: bool = False  # may be counted by user and graph


OWNER = ("user_id", "graph_id")

MEASURES = {
    GRAPHS: Measure(
        ["status"],
        "autogpt_graph_executions",
        "autogpt_graph_execution_duration_seconds",
        "Runs that have ended",
        has_owner=True,
    ),
    BLOCKS: Measure(
        ["block_type", "status"],
        "autogpt_block_executions",
        "autogpt_block_execution_duration_seconds",
        "Node executions that have ended",
        has_owner=True,
    ),
    "api_requests": Measure(
        ["method", "endpoint", "status_code"],
        "autogpt_api_requests",
        "autogpt_api_request_duration_seconds",
        "Requests to the API",
    ),
    "page_requests": Measure(
        ["method", "endpoint", "status_code"],
        "",
        "agentloom_page_request_duration_seconds",
        "Requests for pages",
    ),
    LOSSES: Measure(
        ["block_type"],
        "agentloom_lease_losses",
        help="Attempts that were taken from a worker that died or hung",
    ),
    "poller_rescues": Measure(
        ["kind"],
        "agentloom_poller_rescues",
        help="Work that a worker found in the table because no wake-up had come",
    ),
    "event_lag": Measure(
        [],
        "",
        "agentloom_event_lag_seconds",
        "From the commit of an event until the channel layer has it",
    ),
    "model_requests": Measure(
        ["provider", "model", "result"],
        "",
        "agentloom_model_request_duration_seconds",
        "Questions to providers of language models",
    ),
    "model_tokens": Measure(
        ["provider", "model", "direction"],
        "agentloom_model_tokens",
        help="Tokens that language models have read and written",
    ),
}
