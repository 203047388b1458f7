"""An installation whose parts can be broken: servers, web process, workers, the sink, and a user with a key."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any, LiteralString

import psycopg
import redis
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection

from accounts import keys
from accounts.models import Scope, User
from bench.setup import free_address
from chaos.actors import Actor
from chaos.options import Options
from chaos.people import Api
from chaos.sink import Sink
from config.local import programs
from config.local.console import Console
from config.local.errors import SetupError
from config.local.folder import DataFolder
from config.local.leash import Leash
from config.local.postgres import Postgres
from config.local.processes import wait_until
from config.local.valkey import Valkey
from executions.models import Worker

PATIENCE = 60.0


@dataclass
class Stage:
    """Everything that can be broken, and who works with it."""

    database: Postgres
    broker: Valkey
    actors: dict[str, Actor]
    sink: Sink
    console: Console
    user: User
    api: Api
    random: Random  # of all decisions

    @property
    def workers(self) -> list[Actor]:
        return [actor for name, actor in self.actors.items() if name.startswith("worker")]

    def kill_database(self) -> None:
        """As `pg_ctl -m immediate stop` does: no checkpoint, no goodbye to anybody."""
        connection.close()
        self.actors["postgres"].end(signal.SIGQUIT)

    def start_database(self) -> None:
        self.database.prepare()
        self.actors["postgres"].heal()
        _until(self.database.answers, "PostgreSQL")

    def start_broker(self) -> None:
        self.actors["valkey"].heal()
        _until(self.broker.answers, "Valkey")

    def end_sessions(self) -> None:
        """End about half of the connections of the product's processes."""
        self.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'agentloom' AND random() < 0.5"
        )

    def ask(self, query: LiteralString, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows that a query of our own gives, on a connection of its own."""
        facts = connection.settings_dict
        with psycopg.connect(
            host=facts["HOST"],
            user=facts["USER"],
            dbname=facts["NAME"],
            application_name="chaos",
            autocommit=True,
        ) as session:
            return session.execute(query, values).fetchall()

    def forget_wake_ups(self) -> None:
        """Empty Redis."""
        redis.from_url(settings.REDIS_URL, socket_timeout=2).flushall()

    def heal(self) -> None:
        """Everything runs and answers."""
        self.start_database()
        self.start_broker()
        for actor in self.actors.values():
            actor.heal()
        self.wait_for_workers()
        _until(self.api.is_ready, "the web process")

    def wait_for_workers(self) -> None:
        """Until every worker that runs has shown that it lives."""
        pids = {actor.pid for actor in self.workers if actor.is_running}
        _until(lambda: pids <= _living(), f"{len(pids)} workers")


def _living() -> set[int]:
    try:
        return set(Worker.objects.values_list("pid", flat=True))
    except DatabaseError:
        return set()
    finally:
        connection.close()


def _until(condition: Callable[[], bool], what: str) -> None:
    if not wait_until(condition, PATIENCE):
        raise SetupError(f"Waited {PATIENCE:.0f} s for {what}.")


@contextmanager
def installation(folder: DataFolder, console: Console, options: Options) -> Iterator[Stage]:
    """All of it, running."""
    env = os.environ
    leash = Leash()
    web, sink = free_address(), Sink(folder.path)
    leash.hold(sink.pid, signal.SIGTERM)
    database, broker = Postgres.of(folder), Valkey(folder)
    wanted = [
        database.program(),
        broker.program(),
        programs.web(web, env),
        *(programs.worker(f"worker{number}", env) for number in range(1, options.workers + 1)),
    ]
    actors = {program.name: Actor(program, leash, folder) for program in wanted}
    try:
        raise_curtain(actors, database, broker)
        user = User.objects.create_user("chaos@example.com")
        _, key = keys.issue(user, name="chaos", permissions=Scope.values)
        api = Api(web.url, key)
        random = Random(options.seed)  # noqa: S311 - to be repeatable is what is wanted
        stage = Stage(database, broker, actors, sink, console, user, api, random)
        stage.heal()
        yield stage
    finally:
        for actor in reversed(actors.values()):
            actor.kill()
        sink.stop()
        leash.close()


def raise_curtain(actors: dict[str, Actor], database: Postgres, broker: Valkey) -> None:
    """Servers first, then the tables, then those who need them."""
    actors["valkey"].start()
    actors["postgres"].start()
    _until(database.answers, "PostgreSQL")
    database.complete()
    call_command("migrate", verbosity=0, interactive=False)
    for actor in actors.values():
        actor.start()
    _until(broker.answers, "Valkey")
