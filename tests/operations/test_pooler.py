"""Behind a pooler that shares connections by transaction: what belongs to a session is not used, or goes past it."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg.conninfo import make_conninfo

from chaos import invariants
from config import tables
from database.sessions import connect_past_poolers
from executions.models import Execution, Worker
from executions.workers import recovery
from tests.executions.scene import drawing, run, start
from tests.processes import until

pytestmark = pytest.mark.django_db(transaction=True)

OF_A_SESSION = re.compile(
    r"(?:\A|;)\s*(PREPARE|EXECUTE|DECLARE|LISTEN|SET (?!LOCAL))|pg_(try_)?advisory_(un)?lock\b"
)
GRAPH = {
    "items": ("step_through_items_block", {"items": [1, 2, 3]}),
    "wait": ("wait_block", {"seconds": 0.1}),
    "out": ("output_block", {"name": "done"}),
}
LINKS = ["items.item -> wait.value", "wait.value -> out.value"]


def test_nothing_that_belongs_to_a_session_is_used(user, settings):
    settings.DATABASE_PREPARES = False
    effects = {str(n): ("test_idempotent", {}) for n in range(40)}
    with CaptureQueriesContext(connection) as queries:
        run(user, drawing({"a": ("test_pure", {"value": 1}), **effects}))

    texts = [query["sql"] for query in queries]
    assert any("pg_try_advisory_xact_lock" in text for text in texts)
    assert [text for text in texts if OF_A_SESSION.search(text)] == []


def test_machines_that_prepare_lock_past_the_pooler():
    asked = "SELECT pg_try_advisory_lock(%s)", [tables.PREPARING]
    with (
        CaptureQueriesContext(connection) as queries,
        tables.alone(),
        connect_past_poolers() as other,
    ):
        assert other.execute(*asked).fetchone() == (False,)

    assert [query for query in queries if OF_A_SESSION.search(query["sql"])] == []


def test_what_belongs_to_a_session_would_be_noticed(user):
    with CaptureQueriesContext(connection) as queries:
        run(user, drawing({"a": ("test_pure", {"value": 1})}))

    assert [query for query in queries if OF_A_SESSION.search(query["sql"])]


@pytest.fixture
def pooler():
    """The address of PgBouncer in its mode `transaction`, in front of the tests' server."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        pytest.skip("pgbouncer is not installed (Debian: apt-get install pgbouncer)")
    place = connection.settings_dict
    with socket.socket() as probe, tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        Path(folder).chmod(0o755)
        file = Path(folder) / "pgbouncer.ini"
        server = f"host={place['HOST']} port={place['PORT'] or 5432} user={place['USER']}"
        file.write_text(
            f"[databases]\n* = {server}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n"
            "unix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 3\n"
        )
        as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
        process = subprocess.Popen(
            [program, *as_nobody, str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            until(lambda: answers(port))
            yield f"postgresql://{place['USER']}@127.0.0.1:{port}/{place['NAME']}"
        finally:
            process.kill()
            process.wait()


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.processes
def test_a_worker_behind_a_pooler_does_its_work_and_is_known_to_live(user, pooler, workers):
    place = connection.settings_dict
    facts = {"host": place["HOST"], "port": place["PORT"] or None, "user": place["USER"]}
    direct = make_conninfo(**facts, dbname=place["NAME"], application_name="direct")
    ids = [start(user, drawing(GRAPH, LINKS)).pk for _ in range(10)]
    workers(1, DATABASE_URL=pooler, DATABASE_PREPARES="false", DATABASE_DIRECT_URL=direct)

    until(lambda: not Execution.objects.unfinished().exists())

    assert set(Execution.objects.values_list("status", flat=True)) == {"COMPLETED"}
    assert invariants.check(ids) == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'advisory' AND classid = %s AND objid = %s",
            [recovery.LOCK_CLASS, Worker.objects.get().lock_key],
        )
        [(name,)] = cursor.fetchall()
    assert name == "direct"
