"""Programs are kept running, and end with their supervisor."""

import os
import signal

import pytest

from config.local.processes import stop_all, wait_until
from config.local.supervisor import Supervisor, restart_delay
from tests.local.conftest import all_end, recorded, shell


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 30.0), (2000, 30.0)]
)
def test_the_delay_doubles_up_to_half_a_minute(failures, seconds):
    assert restart_delay(failures) == seconds


def ticks_until(supervisor, condition):
    def holds():
        supervisor.tick()
        return condition()

    return wait_until(holds, 10)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def supervisor(folder, console, clock):
    with Supervisor(folder.records, console, clock=clock) as supervisor:
        yield supervisor


def test_a_program_that_dies_is_started_again_after_its_delay(supervisor, clock, tmp_path):
    starts = tmp_path / "starts"
    kept = supervisor.start(shell("dying", f"echo start >>{starts}; exit 3"))
    assert ticks_until(supervisor, lambda: kept.restart_at == 0.5)
    clock.now = 0.5
    assert ticks_until(supervisor, lambda: kept.restart_at == 1.5)
    assert (starts.read_text(), kept.failures) == ("start\nstart\n", 2)


def test_a_program_that_ran_for_long_starts_again_without_its_old_failures(supervisor, clock):
    kept = supervisor.start(shell("steady", "exit 0"))
    kept.failures, clock.now = 5, 30.0
    assert ticks_until(supervisor, lambda: kept.restart_at == 30.5)
    assert kept.failures == 1


def test_the_end_of_a_program_is_told(supervisor, screen):
    kept = supervisor.start(shell("loud", "echo 'a line'; kill -9 $$"))
    assert ticks_until(supervisor, lambda: kept.restart_at)
    assert screen.getvalue().splitlines() == [
        "loud      | a line",
        "loud      | was ended by SIGKILL; it starts again in 0.5 s",
    ]


def test_servers_stop_after_the_programs_that_need_them(folder, console, tmp_path):
    order = tmp_path / "order"
    script = "trap 'echo {0} >>{1}; exit' TERM; echo >{1}.{0}; while :; do sleep 0.01; done"
    with Supervisor(folder.records, console) as supervisor:
        for name, is_server in (("server", True), ("web", False), ("worker", False)):
            supervisor.start(shell(name, script.format(name, order), is_server=is_server))
        names = ("server", "web", "worker")
        assert wait_until(lambda: all((tmp_path / f"order.{n}").exists() for n in names), 10)
    assert sorted(order.read_text().split()[:2]) == ["web", "worker"]
    assert order.read_text().split()[2:] == ["server"]


def test_a_program_that_does_not_stop_is_killed(start, tmp_path):
    child = start(
        shell("deaf", f"trap '' TERM; echo >{tmp_path}/deaf; while :; do sleep 0.01; done")
    )
    assert wait_until((tmp_path / "deaf").exists, 10)
    stop_all([child], grace=0.1, in_a_hurry=lambda: False)
    assert child.exit_code == -signal.SIGKILL


def test_nobody_waits_for_programs_when_told_to_hurry(start, tmp_path):
    child = start(
        shell("deaf", f"trap '' TERM; echo >{tmp_path}/deaf; while :; do sleep 0.01; done")
    )
    assert wait_until((tmp_path / "deaf").exists, 10)
    stop_all([child], grace=1000, in_a_hurry=lambda: True)
    assert child.exit_code == -signal.SIGKILL


def test_what_a_program_started_ends_with_it(start, tmp_path):
    pid_file = tmp_path / "pid"
    child = start(shell("parent", f"sleep 1000 & echo $! >{pid_file}; wait"))
    assert wait_until(lambda: pid_file.exists() and pid_file.read_text(), 10)
    stop_all([child], grace=10, in_a_hurry=lambda: False)
    assert all_end([int(pid_file.read_text())])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_outlives_a_supervisor_that_gets(number, keeper, folder):
    process = keeper("dummies")
    grandchildren = [int(path.read_text()) for path in folder.path.glob("*.pid")]
    pids = [*recorded(folder).values(), *grandchildren]
    assert len(pids) == 4
    os.kill(process.pid, number)
    assert all_end(pids)
