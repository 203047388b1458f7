"""Statements that are prepared once a connection."""

import psycopg
import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.db.utils import DataError, OperationalError, ProgrammingError
from psycopg.pq import TransactionStatus

from database import prepared, statements
from database.statements import Statement

pytestmark = pytest.mark.django_db(transaction=True)

ADD = Statement("SELECT %s::int + %s::int", [1, 2])
LIST = Statement("SELECT name FROM unnest(%s::text[]) AS each (name)", [["a", "it's 100%", "\\"]])


@pytest.fixture(autouse=True)
def fresh_connection(monkeypatch):
    """One that nothing is prepared for; what a test has prepared ends with it."""
    monkeypatch.setattr(prepared, "_used", set())
    _reconnect()
    yield
    _reconnect()


@pytest.fixture
def table():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE prepared_for (id int, name varchar(10))")
        cursor.execute("INSERT INTO prepared_for VALUES (1, 'one')")
    yield "prepared_for"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE prepared_for")


def _reconnect():
    connection.close()
    connection.close_pool()


def _prepared():
    """How many statements, beside the one that goes with all of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement NOT LIKE '%set_config%'"
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize("prepares", [True, False])
def test_several_statements_give_their_rows_in_order(settings, prepares):
    settings.DATABASE_PREPARES = prepares
    nothing = Statement("SELECT 1 WHERE false")
    for _ in range(3):
        rows = statements.run(ADD, nothing, LIST)
        assert rows == [[(3,)], [], [("a",), ("it's 100%",), ("\\",)]]


def test_a_statement_is_prepared_once_also_when_its_transaction_is_rolled_back(settings):
    settings.DATABASE_PREPARES = True
    with transaction.atomic():
        statements.run(ADD)
        transaction.set_rollback(True)
    assert statements.run(ADD, ADD) == [[(3,)], [(3,)]]
    assert _prepared() == 1


def test_a_new_connection_is_ready_for_what_was_used_before(settings):
    settings.DATABASE_PREPARES = True
    statements.run(ADD, LIST)
    _reconnect()
    assert _prepared() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(generic_plans) FROM pg_prepared_statements")
        assert cursor.fetchone() == (1,)
    assert statements.run(ADD) == [[(3,)]]
    assert _prepared() == 2


def test_no_transaction_holds_what_is_locked_for_preparing(settings, monkeypatch):
    settings.DATABASE_PREPARES = True
    statements.run(ADD, LIST)
    execute, states = psycopg.Connection.execute, []

    def noted(self, *given, **more):
        states.append(self.info.transaction_status)
        return execute(self, *given, **more)

    monkeypatch.setattr(psycopg.Connection, "execute", noted)
    _reconnect()
    assert _prepared() == 2
    assert set(states) == {TransactionStatus.IDLE}


def test_a_table_that_is_gone_keeps_no_connection_from_being_opened(settings, table):
    settings.DATABASE_PREPARES = True
    statements.run(ADD, Statement(f"SELECT name FROM {table} WHERE id = %s", [1]))
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO gone")
    _reconnect()
    assert statements.run(ADD, LIST)[0] == [(3,)]
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_seqscan")
        assert cursor.fetchone() == ("on",)
        cursor.execute(f"ALTER TABLE gone RENAME TO {table}")


def test_a_table_that_is_locked_keeps_no_connection_from_being_opened(settings, table):
    settings.DATABASE_PREPARES = True
    statements.run(Statement(f"SELECT name FROM {table} WHERE id = %s", [1]))
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute(f"TRUNCATE {table}")
        _reconnect()
        assert statements.run(ADD) == [[(3,)]]
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == ("0",)
        other.rollback()
    assert statements.run(Statement(f"SELECT name FROM {table} WHERE id = %s", [1])) == [[("one",)]]


def test_behind_a_pooler_nothing_is_prepared(settings):
    settings.DATABASE_PREPARES = False
    statements.run(ADD, LIST)
    assert _prepared() == 0


def test_a_table_that_has_changed_costs_one_try(settings, table):
    settings.DATABASE_PREPARES = True
    read = Statement(f"SELECT name FROM {table} WHERE id = %s", [1])
    assert statements.run(read) == [[("one",)]]
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ALTER name TYPE text")
    with pytest.raises(OperationalError, match="has changed"):
        statements.run(read)
    connection.close()
    assert statements.run(read) == [[("one",)]]


def test_a_plan_made_while_a_table_was_empty_reads_by_index(settings, table):
    settings.DATABASE_PREPARES = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX ON {table} (id)")
        statements.run(Statement(f"SELECT name FROM {table} WHERE id = ANY(%s)", [[1]]))
        cursor.execute(
            "SELECT name FROM pg_prepared_statements WHERE statement LIKE %s", [f"%{table}%"]
        )
        [name] = cursor.fetchone()
        cursor.execute(f"EXPLAIN EXECUTE {name} ('{{1}}')")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan" not in plan


def test_the_first_that_fails_is_told_and_the_connection_goes_on(settings):
    settings.DATABASE_PREPARES = True
    broken = Statement("SELECT 1 / %s::int", [0])
    with pytest.raises(DataError, match="division by zero"), transaction.atomic():
        statements.run(ADD, broken, LIST)
    assert statements.run(ADD) == [[(3,)]]


def test_a_parameter_that_cannot_be_sent_leaves_nothing_on_its_way(settings):
    settings.DATABASE_PREPARES = True
    with pytest.raises(ProgrammingError, match="cannot adapt"):
        statements.run(ADD, Statement("SELECT %s::int", [object()]))
    assert statements.run(ADD) == [[(3,)]]


def test_it_begins_the_transaction_that_django_wants(settings, table):
    settings.DATABASE_PREPARES = True
    add = Statement(f"INSERT INTO {table} VALUES (%s, 'two') RETURNING id", [2])
    with transaction.atomic():
        assert statements.run(add) == [[(2,)]]
        transaction.set_rollback(True)
    assert statements.run(Statement(f"SELECT count(*) FROM {table}")) == [[(1,)]]


def test_a_connection_that_is_cut_meanwhile_is_an_operational_error(settings):
    settings.DATABASE_PREPARES = True
    statements.run(ADD)
    with pytest.raises(OperationalError):
        statements.run(ADD, Statement("SELECT pg_terminate_backend(pg_backend_pid(), 5000)"))
    connection.close()
    assert statements.run(ADD) == [[(3,)]]


def test_more_than_the_ways_to_and_fro_hold_is_no_deadlock(settings):
    settings.DATABASE_PREPARES = True
    echo = Statement("SELECT %s::text", ["x" * 3_000_000])
    rows = statements.run(echo, echo, echo)
    assert [len(text) for [(text,)] in rows] == [3_000_000] * 3


@pytest.mark.parametrize("prepares", [True, False])
def test_nothing_is_asked_in_a_transaction_that_will_be_rolled_back(settings, prepares):
    settings.DATABASE_PREPARES = prepares
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            statements.run(ADD)
