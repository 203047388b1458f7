"""What the scripts of other systems print."""

import pytest

from bench.peers import WAYS, parse, set_target
from bench.results import Reading, Results
from bench.workloads import WORKLOADS

LINES = """Starting …
{"system": "dbos/postgresql", "workload": "chain40", "rep": 0, "total_s": 0.3}
{"system": "dbos/postgresql", "workload": "chain40", "rep": 1, "total_s": 0.1}
{"system": "dbos/postgresql", "workload": "chain40", "rep": 2, "total_s": 0.2}
{"system": "dbos/postgresql", "workload": "small200x5", "rep": 0, "total_s": 4}
{"level": "info"}
null
"""


def test_a_peer_is_known_by_the_medians_of_its_lines():
    peer = parse("dbos", WAYS["dbos"], LINES)

    assert peer.as_json() == {
        "system": "dbos/postgresql",
        "saves_every_step": True,
        "chain40": 0.2,
        "small200x5": 4,
    }


def test_a_script_that_measures_nothing_is_not_installed():
    peer = parse("n8n", WAYS["n8n"], "KeyError: 'N8N'\n")

    assert peer.as_json() == "not installed"


@pytest.mark.parametrize(("n8n", "limit"), [("0.2", "0.07"), ("0.1", "0.05")])
def test_a_share_of_what_durable_peers_and_n8n_need_is_the_target(n8n, limit):
    results = Results()
    results.add(WORKLOADS["chain-40"], Reading(0.04, 1.0))
    results.peers = {
        "dbos": parse("dbos", WAYS["dbos"], LINES),
        "n8n": parse("n8n", WAYS["n8n"], LINES.replace("0.2", n8n)),
        "nodered": parse("nodered", WAYS["nodered"], LINES.replace("0.2", "0.01")),
    }

    set_target(results)

    assert results.workloads["chain-40"].as_json()["target"] == f"seconds <= {limit}"
    assert results.workloads["chain-40"].holds
