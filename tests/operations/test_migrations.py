"""New migrations leave the version before them able to work: see "A change of tables" in CONTRIBUTING."""

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django_migration_linter import MigrationLinter

from tests.security.test_one_way import ROOT

# Those that were there before anybody had an installation to upgrade.
FOUNDING = set((ROOT / "tests" / "operations" / "founding_migrations.txt").read_text().split())


def ours():
    labels = {
        app.label
        for app in apps.get_app_configs()
        if str(ROOT) in app.path and ".venv" not in app.path
    }
    return sorted(key for key in MigrationLoader(None).disk_migrations if key[0] in labels)


NEW = [key for key in ours() if ".".join(key) not in FOUNDING]


@pytest.fixture
def linter(transactional_db):
    return MigrationLinter(
        str(ROOT), no_cache=True, quiet=["ok", "ignore"], only_unapplied_migrations=False
    )


@pytest.mark.parametrize("key", NEW, ids=".".join)
def test_the_version_before_can_go_on(linter, key, capsys):
    linter.lint_migration(linter.migration_loader.disk_migrations[key])

    assert linter.nb_erroneous == 0, capsys.readouterr().out


def test_the_linter_sees_what_stops_a_running_installation(linter):
    linter.lint_migration(linter.migration_loader.disk_migrations["vault", "0002_lending"])

    assert linter.nb_erroneous == 1


def test_what_is_excused_is_there():
    assert {".".join(key) for key in ours()} >= FOUNDING
