"""Campaigns: everything follows from the seed, everything that is broken is mended, and nothing gets lost."""

import json
import subprocess
import sys
from random import Random

import pytest

import chaos.blocks  # noqa: F401 - they are in the catalogue now
from bench.machine import Facts
from chaos import drawing, faults, report
from chaos.options import SCENARIOS as NAMES
from chaos.options import parse
from chaos.scenarios import SCENARIOS
from chaos.table import Line, Table
from config.local.folder import ROOT
from graphs import validation

FACTS = Facts("./dev chaos", "2026-11-22", "A machine", "Python 3", "0.1")
CHILD = "6e0f3d0e-58a0-4b8b-9d4e-0d6c6f1f5a10"
WORKERS = ["worker1", "worker2"]


def drawn(seed):
    return drawing.draw(Random(seed), "http://127.0.0.1:1", [CHILD])


def timetable(seed, seconds=120.0):
    return faults.timetable(Random(seed), faults.kinds(WORKERS, lease=3.0), seconds)


@pytest.mark.parametrize("seed", range(40))
def test_a_drawn_graph_can_be_saved_and_run(seed):
    graph = drawn(seed)

    assert [*validation.structure_problems(graph), *validation.run_problems(graph)] == []


def test_the_same_seed_draws_the_same_graph():
    assert [drawn(seed) for seed in range(20)] == [drawn(seed) for seed in range(20)]


def test_drawn_graphs_have_effects_of_every_class_and_wait_for_everything():
    blocks = {node.block_id for seed in range(60) for node in drawn(seed).nodes.values()}

    assert blocks >= {
        *(drawing.STEP, *drawing.EFFECTS, drawing.APPROVAL, "agent_executor_block", "wait_block"),
        *("for_each_block", "collect_block", "calculator_block", "condition_block"),
    }


def test_the_same_seed_breaks_the_same_things_at_the_same_times():
    assert timetable(7) == timetable(7) != timetable(8)


def test_even_a_short_timetable_has_a_fault_of_every_kind():
    kinds = {kind.name for kind in faults.kinds(WORKERS, lease=3.0)}

    assert {act.fault for act in timetable(7, 25.0)} - {""} == kinds


@pytest.mark.parametrize("seed", range(10))
def test_what_is_broken_is_mended_before_it_is_broken_again(seed):
    mends = {kind.name: kind.mend for kind in faults.kinds(WORKERS, lease=3.0)}
    broken = {}
    for act in timetable(seed):
        if act.fault:
            assert broken.get(act.part) is None
            broken[act.part] = mends[act.fault]
        else:
            assert act.do == broken.pop(act.part)

    assert {mend for mend in broken.values() if mend} == set()


def test_a_figure_above_its_limit_fails_the_command_and_names_the_seed(capsys, tmp_path):
    options = parse(["--seed", "5", "--json", str(tmp_path / "table.json")])
    table = Table([Line("runs lost", 1, limit=0), Line("took", 1.5, "s", 2)], ["Run 1 is lost"])

    assert report.publish(table, FACTS, options) == 1

    said = capsys.readouterr().out
    assert "runs lost       1  ≤ 0  VIOLATED" in said
    assert "took       1.50 s  ≤ 2  ok" in said
    assert "VIOLATED  Run 1 is lost" in said
    assert "./dev chaos --seed 5 --workers 4 --runs 200" in said
    assert json.loads((tmp_path / "table.json").read_text())["holds"] is False


def test_every_scenario_can_be_chosen():
    assert list(SCENARIOS) == list(NAMES)
    assert parse(["--scenario", "all"]).scenarios == NAMES


@pytest.mark.processes
@pytest.mark.timeout(300)
def test_a_short_campaign_loses_nothing_and_repeats_nothing(tmp_path):
    table = tmp_path / "table.json"
    words = ["--runs", "20", "--seed", "20", "--workers", "2", "--json", str(table)]

    done = subprocess.run(
        [sys.executable, "-m", "chaos", *words],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout[-3000:] if done.returncode else "") == (0, ""), done.stderr
    assert json.loads(table.read_text())["lines"]["runs accepted"]["figure"] == 20
