"""PostgreSQL and Valkey of an installation, for real."""

import json
import os
import socket
import stat
from pathlib import Path
from urllib.parse import urlsplit

import environ
import psycopg
import pytest
import redis

from config.local import postgres, private, supervisor, valkey
from config.local.errors import SetupError
from config.local.folder import DataFolder
from config.local.postgres import Postgres
from config.local.processes import Account, command_line, stop_leftovers, wait_until
from config.local.servers import environment, servers_of
from config.local.session import owned, running_servers, throwaway
from config.local.watchdog import read_orders
from tests.local.conftest import all_end, recorded, shell

pytestmark = pytest.mark.timeout(60)
NOBODY = Account(65534, 65534)


def connect(env):
    """A connection to the database, with the address read as the settings read it."""
    address = environ.Env.db_url_config(env["DATABASE_URL"])
    return psycopg.connect(
        host=address["HOST"], user=address["USER"], dbname=address["NAME"], autocommit=True
    )


def test_data_is_kept_from_one_start_to_the_next(folder, console):
    with running_servers(folder, console):
        env = environment(folder)
        with connect(env) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 'Grün' AS word")
        redis.Redis.from_url(env["REDIS_URL"]).set("kept", "yes")
    with running_servers(folder, console):
        assert environment(folder) == env
        with connect(env) as connection:
            query = "SELECT upper(word), current_setting('fsync') FROM kept"
            assert connection.execute(query).fetchall() == [("GRÜN", "on")]
        assert redis.Redis.from_url(env["REDIS_URL"]).get("kept") == b"yes"


def test_installations_run_side_by_side_and_leave_nothing(console):
    with throwaway(console) as one, throwaway(console) as two:
        with connect(one.env) as connection:
            connection.execute("CREATE TABLE mine ()")
        with connect(two.env) as connection:
            assert connection.execute("SELECT to_regclass('mine')").fetchone() == (None,)
        paths = [session.env["AGENTLOOM_DATA"] for session in (one, two)]
    assert [Path(path).exists() for path in paths] == [False, False]


def test_servers_end_when_their_owner_is_killed(keeper, folder):
    process = keeper("servers")
    pids = recorded(folder)
    process.kill()
    assert sorted(pids) == ["postgres", "valkey"]
    assert all_end(pids.values())


def test_a_start_stops_what_a_killed_start_left(keeper, folder, console, screen):
    process = keeper("servers")
    pids = recorded(folder)
    os.kill(watchdog_of(process.pid), 9)
    process.kill()
    process.wait()
    assert all(command_line(pid) for pid in pids.values())
    with owned(folder, "up", console), running_servers(folder, console, durable=False):
        assert screen.getvalue().splitlines() == [
            "stopped postgres, left over from an earlier start",
            "stopped valkey, left over from an earlier start",
        ]
        assert not set(recorded(folder).values()) & set(pids.values())


def watchdog_of(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children")
    if not children.exists():
        pytest.skip("the watchdog is found by /proc, which this system lacks")
    pids = [int(child) for child in children.read_text().split()]
    return next(child for child in pids if "watchdog" in command_line(child))


def test_a_stranger_that_took_over_a_recorded_process_id_is_left_alone(folder, start):
    stranger = start(shell("stranger", "sleep 1000"))
    pid = recorded(folder)["stranger"]
    record = {"pid": pid, "command": "/usr/bin/postgres", "signal": 9}
    (folder.records / "stranger.json").write_text(json.dumps(record))
    assert stop_leftovers(folder.records, grace=0) == []
    assert (stranger.exit_code, list(folder.records.iterdir())) == (None, [])


@pytest.mark.parametrize(
    ("lines", "held"),
    [
        ([], {}),
        (["+ 12 15\n"], {12: 15}),
        (["+ 12 15\n", "+ 13 2\n", "- 12\n"], {13: 2}),
        (["+ 12 15\n", "+ 13"], {12: 15}),
    ],
)
def test_the_watchdog_holds_what_has_not_been_released(lines, held):
    assert read_orders(lines) == held


def test_an_ordinary_user_keeps_the_database_in_the_data_folder(folder):
    assert Postgres(folder).data == folder.path / "postgres"


def test_root_keeps_the_database_where_nobody_may_enter(folder):
    server = Postgres(folder, account=NOBODY)
    assert server.data == private.private_path(folder) / "postgres"


@pytest.mark.skipif(os.getuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_root_runs_postgresql_as_nobody_and_opens_no_other_folder(console):
    before = Path("/root").stat().st_mode
    with throwaway(console) as session:
        pid = recorded(DataFolder(Path(session.env["AGENTLOOM_DATA"])))["postgres"]
        assert Path(f"/proc/{pid}").stat().st_uid == NOBODY.uid
    assert Path("/root").stat().st_mode == before


def test_set_addresses_are_used_and_no_server_is_started(folder, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/app")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example/0")
    assert servers_of(folder) == []
    env = environment(folder)
    assert (env["DATABASE_URL"], env["REDIS_URL"]) == (
        "postgresql://db.example/app",
        "redis://cache.example/0",
    )


def test_secrets_are_made_once_and_readable_for_their_owner_alone(folder):
    first = folder.secrets()
    assert folder.secrets() == first
    mode = (folder.path / "secrets.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert len(first.secret_key) >= 50


def test_valkey_takes_another_port_when_its_own_is_taken(folder):
    server = valkey.Valkey(folder)
    server.prepare()
    own = urlsplit(valkey.redis_url(folder)).port
    with socket.create_server(("127.0.0.1", own)):
        server.prepare()
    assert urlsplit(valkey.redis_url(folder)).port != own


def test_the_socket_has_a_short_path_however_long_that_of_the_data_folder(tmp_path):
    deep = DataFolder(tmp_path / ("long" * 40))
    assert len(str(postgres.socket_folder(deep) / postgres.SOCKET)) < 100


def test_a_private_folder_of_somebody_else_is_refused(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(private, "PLACE", tmp_path)
    private.private_path(folder).symlink_to(folder.path)
    with pytest.raises(SetupError, match="belongs to somebody else"):
        private.claim(folder)


def test_a_data_folder_made_again_starts_afresh(folder, monkeypatch):
    (private.claim(folder) / "old").touch()
    assert (private.claim(folder) / "old").exists()
    (folder.path / "secrets.json").unlink()
    assert not (private.claim(folder) / "old").exists()


@pytest.mark.parametrize(("holder", "stays"), [("stranger", False), ("nobody", True)])
def test_a_lock_file_that_names_a_strangers_process_is_removed(folder, start, holder, stays):
    child = start(shell("stranger", "sleep 1000"))
    pid = recorded(folder)["stranger"]
    if holder == "nobody":
        child.clear()
    server = Postgres(folder)
    server.data.mkdir()
    (server.data / "postmaster.pid").write_text(f"{pid}\n{server.data}\n")
    server.prepare()
    assert (server.data / "postmaster.pid").exists() is stays


def test_a_server_that_cannot_start_says_why(folder, console, monkeypatch):
    monkeypatch.setattr(supervisor, "HOPELESS_FAILURES", 1)
    folder.path.joinpath("postgres").mkdir()
    server = Postgres.of(folder, durable=False)
    server.prepare()
    (server.data / "PG_VERSION").write_text("9\n")
    with (
        pytest.raises(SetupError, match=r"(?s)postgres keeps failing.*initialized by PostgreSQL"),
        running_servers(folder, console, durable=False),
    ):
        pass


def test_waiting_ends_without_success_when_the_time_is_over():
    assert wait_until(lambda: False, 0) is False
