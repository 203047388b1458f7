"""Tables whose rows stay as they were written: the database itself refuses."""

from collections.abc import Sequence

from django.db import migrations


def forbid(table: str, *verbs: str) -> migrations.RunSQL:
    """Have every `UPDATE` or `DELETE` of single rows of this table fail, as `verbs` say."""
    name = f"{table}_append_only"
    return migrations.RunSQL(
        _forbid(table, name, verbs), f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}()"
    )


def _forbid(table: str, name: str, verbs: Sequence[str]) -> str:
    return f"""
    CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'rows of {table} are never changed' USING ERRCODE = 'check_violation'; END $$;
    CREATE TRIGGER {name} BEFORE {" OR ".join(verbs)} ON {table}
    FOR EACH ROW EXECUTE FUNCTION {name}();
    """
