"""The client of databases, against the PostgreSQL of the tests and against servers that are none."""

import select
import socket
from functools import partial

import psycopg
import pytest
from django.db import connection as django_connection

from blocks.adapters.sockets import GuardedSockets
from blocks.adapters.sql import PostgresClient
from blocks.base import BlockError
from blocks.credentials import CredentialType, Secret
from blocks.ports import DatabaseServer, Encryption, SqlLimits
from tests.blocks.adapters.mail_servers import serving

WRITING = SqlLimits(is_read_only=False)


def secret_for(*hosts, user="sql_reader", password="a-password"):
    values = {"username": user, "password": password}
    return Secret("database", CredentialType.USER_PASSWORD, hosts, values)


def bridge(host, port, talk):
    """Leads a connection on to the PostgreSQL of the tests, which may listen in the file system only."""
    is_path = host.startswith("/")
    with socket.socket(socket.AF_UNIX if is_path else socket.AF_INET) as other:
        other.connect(f"{host}/.s.PGSQL.{port}" if is_path else (host, port))
        ends = {talk.connection: other, other: talk.connection}
        while True:
            for end in select.select(list(ends), [], [])[0]:
                data = end.recv(65_536)
                if not data:
                    return
                ends[end].sendall(data)


@pytest.fixture(scope="module")
def place(django_db_setup, django_db_blocker):
    """A role of its own in the database of the tests, and a table that it may change."""
    with django_db_blocker.unblock():
        django_connection.ensure_connection()
        given = dict(django_connection.connection.info.get_parameters())
        name = django_connection.settings_dict["NAME"]
    given |= {"dbname": name, "password": django_connection.settings_dict["PASSWORD"]}
    django_connection.close()
    with psycopg.connect(**{k: v for k, v in given.items() if v}, autocommit=True) as admin:
        for statement in (
            "CREATE ROLE sql_reader LOGIN PASSWORD 'a-password'",
            "CREATE TABLE sql_tea (id int PRIMARY KEY, name text)",
            "GRANT ALL ON sql_tea TO sql_reader",
        ):
            admin.execute(statement)
        with serving(partial(bridge, admin.info.host, admin.info.port)) as server:
            yield server.port, name
        admin.execute("DROP TABLE sql_tea")
        admin.execute("DROP ROLE sql_reader")


@pytest.fixture
def ask(place):
    port, name = place
    server = DatabaseServer(
        "127.0.0.1", port, name, secret_for(f"127.0.0.1:{port}"), Encryption.NONE
    )
    client = PostgresClient(GuardedSockets(["127.0.0.1"]))

    def ask(statement, limits=WRITING, **parameters):
        return client.query(server, statement, parameters, limits)

    ask("DELETE FROM sql_tea")
    ask("INSERT INTO sql_tea VALUES (1, 'Oolong'), (2, 'Assam')")
    return ask


def names(ask):
    return [row["name"] for row in ask("SELECT name FROM sql_tea ORDER BY id").rows]


def refusal_of(ask, *given, **parameters):
    with pytest.raises(BlockError) as refusal:
        ask(*given, **parameters)
    return refusal.value.code


def test_rows_come_with_their_columns(ask):
    result = ask("SELECT id, name FROM sql_tea ORDER BY id", SqlLimits())
    assert (result.columns, result.count, result.is_truncated) == (["id", "name"], 2, False)
    assert result.rows == [{"id": 1, "name": "Oolong"}, {"id": 2, "name": "Assam"}]


def test_parameters_are_never_a_part_of_the_statement(ask):
    evil = "x'; DELETE FROM sql_tea; --"
    result = ask("SELECT %(a)s::text AS a, %(b)s::int + %(b)s::int AS b, '50%%' AS c", a=evil, b=2)
    assert result.rows == [{"a": evil, "b": 4, "c": "50%%"}]
    assert names(ask) == ["Oolong", "Assam"]


@pytest.mark.parametrize("value", [None, True, 2.5, "茶", [1, 2], {"a": [1]}])
def test_parameters_of_every_kind_come_back(ask, value):
    cast = {list: "int[]", dict: "jsonb", float: "float8", bool: "bool"}.get(type(value), "text")
    assert ask(f"SELECT %(v)s::{cast} AS v", v=value).rows == [{"v": value}]


def test_a_change_tells_how_many_rows_it_changed_and_stays(ask):
    result = ask("UPDATE sql_tea SET name = upper(name) WHERE id < %(id)s", id=2)
    assert (result.count, result.rows) == (1, ())
    assert names(ask) == ["OOLONG", "Assam"]


def test_a_change_whose_rows_do_not_fit_is_made_all_the_same(ask):
    limits = SqlLimits(is_read_only=False, rows=1)
    result = ask("UPDATE sql_tea SET name = 'x' RETURNING id", limits)
    assert (len(result.rows), result.is_truncated) == (1, True)
    assert names(ask) == ["x", "x"]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM sql_tea",
        "DELETE FROM sql_tea RETURNING id",
        "WITH gone AS (DELETE FROM sql_tea RETURNING 1) SELECT * FROM gone",
        "DO $$ BEGIN DELETE FROM sql_tea; END $$",
        "DO $$ BEGIN COMMIT; SET TRANSACTION READ WRITE; DELETE FROM sql_tea; END $$",
        "COMMIT; DELETE FROM sql_tea",
        "SELECT 1; DELETE FROM sql_tea",
        "SET TRANSACTION READ WRITE; DELETE FROM sql_tea",
        "SELECT set_config('transaction_read_only', 'off', false)",
        "CREATE TEMP TABLE t AS DELETE FROM sql_tea RETURNING 1",
        "COPY sql_tea FROM STDIN",
        "EXPLAIN ANALYZE DELETE FROM sql_tea",
    ],
)
def test_a_reader_changes_nothing(ask, statement):
    refusal_of(ask, statement, SqlLimits())
    assert names(ask) == ["Oolong", "Assam"]


def test_several_statements_at_once_are_refused_also_for_writers(ask):
    assert refusal_of(ask, "SELECT 1; SELECT 2") == "sql_refused"


def test_no_more_rows_are_read_than_fit(ask):
    result = ask("SELECT generate_series(1, 1000000000) AS n", SqlLimits(rows=2))
    assert (result.rows, result.count, result.is_truncated) == ([{"n": 1}, {"n": 2}], 2, True)


def test_no_more_bytes_are_read_than_fit(ask):
    limits = SqlLimits(bytes=2_500)
    result = ask("SELECT repeat('x', 1000) AS t FROM generate_series(1, 100000000)", limits)
    assert (result.count, result.is_truncated) == (2, True)


def test_a_slow_statement_is_ended(ask):
    assert refusal_of(ask, "SELECT pg_sleep(60)", SqlLimits(seconds=0.2)) == "timeout"


def test_values_that_json_has_not_are_text(ask):
    statement = (
        "SELECT '2026-01-02 03:04:05+00'::timestamptz AT TIME ZONE 'UTC' AS t, 1.50 AS n, 2::numeric AS i, "
        "'NaN'::float8 AS nan, 12345678901234567890.5 AS big, '\\x00ff'::bytea AS b, ARRAY[1.5, NULL] AS l, "
        "'{\"a\": 1}'::jsonb AS j, '1 day'::interval AS d, int4range(1, 5) AS r, "
        "'7d1c0b5e-5a0e-4d0b-9d0e-0d8f6c1d2a3b'::uuid AS u, '127.0.0.1'::inet AS ip, 1 AS n"
    )
    [row] = ask(statement).rows
    assert row["t"] == "2026-01-02T03:04:05"
    assert (row["i"], row["nan"], row["big"]) == (2, "nan", "12345678901234567890.5")
    assert (row["b"], row["l"], row["j"]) == ("AP8=", [1.5, None], {"a": 1})
    assert (row["d"], row["u"][:8], row["ip"]) == ("1 day, 0:00:00", "7d1c0b5e", "127.0.0.1")


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELEC 1", "sql_refused"),
        ("SELECT * FROM nowhere", "sql_refused"),
        ("SELECT 1/0", "sql_refused"),
        ("SELECT %(missing)s", "sql_refused"),
        ("SELECT '\0'", "sql_refused"),
        ("SELECT 'infinity'::date", "sql_refused"),
        ("SELECT * FROM auth_group", "sql_refused"),
        ("LISTEN x", None),
        ("", None),
    ],
)
def test_a_statement_that_cannot_be_executed_gets_a_sentence(ask, statement, code):
    if code is None:
        assert ask(statement).rows == ()
    else:
        assert refusal_of(ask, statement) == code


@pytest.mark.parametrize(
    ("host", "port", "resolved", "code"),
    [
        ("db.example.com", 5432, "10.0.0.1", "ssrf_blocked"),
        ("db.example.com", 5432, "127.0.0.1", "ssrf_blocked"),
        ("db.example.com", 6379, "93.184.216.34", "ssrf_blocked"),
        ("db.example.com", 22, "93.184.216.34", "ssrf_blocked"),
        ("evil.example.com", 5432, "93.184.216.34", "credential_host_refused"),
        ("db.example.com,127.0.0.1", 5432, "93.184.216.34", "bad_url"),
        ("/var/run/postgresql", 5432, "93.184.216.34", "bad_url"),
    ],
)
def test_where_a_database_may_not_be(host, port, resolved, code):
    sockets = GuardedSockets(resolve_host=lambda host, port: [resolved])
    secret = secret_for("db.example.com", "db.example.com:6379", "db.example.com:22")
    with pytest.raises(BlockError) as refusal:
        PostgresClient(sockets).query(
            DatabaseServer(host, port, "d", secret), "SELECT 1", {}, SqlLimits()
        )
    assert refusal.value.code == code


def test_nothing_is_sent_in_the_clear_to_a_server_that_no_operator_allows():
    sockets = GuardedSockets(resolve_host=lambda host, port: ["93.184.216.34"])
    server = DatabaseServer(
        "db.example.com", 5432, "d", secret_for("db.example.com"), Encryption.NONE
    )
    with pytest.raises(BlockError) as refusal:
        PostgresClient(sockets).query(server, "SELECT 1", {}, SqlLimits())
    assert refusal.value.code == "not_encrypted"


def hang_up(talk):
    talk.connection.shutdown(socket.SHUT_RDWR)


def talk_nonsense(talk):
    talk.say(b"HTTP/1.1 200 OK\r\n\r\n" * 10)


@pytest.mark.parametrize("speak", [hang_up, talk_nonsense])
def test_what_is_no_database_gets_a_sentence(speak):
    with serving(speak) as server, pytest.raises(BlockError) as refusal:
        PostgresClient(GuardedSockets(["127.0.0.1"])).query(
            DatabaseServer(
                "127.0.0.1", server.port, "d", secret_for(f"127.0.0.1:{server.port}"),
                Encryption.NONE,
            ),
            "SELECT 1", {}, SqlLimits(),
        )  # fmt: skip
    assert refusal.value.code == "unreachable"


def test_a_wrong_password_is_told(place):
    port, name = place
    secret = secret_for(f"127.0.0.1:{port}", user="nobody_here")
    with pytest.raises(BlockError) as refusal:
        PostgresClient(GuardedSockets(["127.0.0.1"])).query(
            DatabaseServer("127.0.0.1", port, name, secret, Encryption.NONE),
            "SELECT 1", {}, SqlLimits(),
        )  # fmt: skip
    assert refusal.value.code == "sql_refused"
