"""Runs the scripts that time other systems, where those are installed, and reads what they print."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psycopg

from bench.results import Peer, Results
from bench.workloads import Target
from config.local.console import Console
from config.local.folder import DataFolder
from config.local.postgres import NAME, socket_folder

SECONDS = 900.0  # for one script
_DATABASE = "dbos_bench"
_HERE = "{P}/"


@dataclass(frozen=True)
class Way:
    """How a script is run; `{P}` stands for the folder that the peers are installed in."""

    venv: str = ""
    saves_every_step: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    arguments: Sequence[str] = ()


WAYS = {
    "airflow_bench": Way(
        saves_every_step=True,
        env={"AIRFLOW_BIN": "{P}/airflow/bin/airflow", "REPS": "1", "SMALL": "5"},
    ),
    "celery_canvas": Way("celery", env={"BROKER": "{REDIS}/10", "BACKEND": "{REDIS}/11"}),
    "dbos_bench": Way("dbos", saves_every_step=True, arguments=["{POSTGRES}"]),
    "langflow_bench": Way("langflow"),
    "n8n_bench": Way(env={"N8N": "{P}/n8n/node_modules/n8n"}),
    "nodered_bench": Way(env={"NODE_RED": "{P}/nodered/node_modules/node-red"}),
    "prefect_bench": Way("prefect", saves_every_step=True, env={"WORKLOADS": "chain40,fan40"}),
    "restate_bench": Way(saves_every_step=True, env={"RESTATE": "{P}/restate/node_modules"}),
}
