"""Install pgvector where it can be had, and store vectors as they are: numbers do not compress."""

from django.db import migrations

# Without the extension searches work too, see executions/knowledge/vectors.py.
EXTENSION = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') THEN
        CREATE EXTENSION IF NOT EXISTS vector;
    END IF;
EXCEPTION WHEN insufficient_privilege OR undefined_file THEN
    RAISE NOTICE 'pgvector could not be installed: %', SQLERRM;
END
$$
"""
STORAGE = "ALTER TABLE knowledge_passage ALTER COLUMN embedding SET STORAGE EXTERNAL"


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_knowledge")]
    operations = [
        migrations.RunSQL(EXTENSION, migrations.RunSQL.noop),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
    ]
