"""Runs may be started by mails. What was there keeps the rule anyway, so the rows are not read again."""

from django.db import migrations, models

SOURCES = ("ui", "api", "schedule", "webhook", "mail", "sub-graph", "preset", "terminal")
_ALLOW = """
ALTER TABLE executions_execution DROP CONSTRAINT execution_source_is_known,
  ADD CONSTRAINT execution_source_is_known CHECK (source IN ({})) NOT VALID
"""


def allow(*sources):
    return _ALLOW.format(", ".join(f"'{each}'" for each in sources))


class Migration(migrations.Migration):
    dependencies = [("executions", "0014_paces")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    allow(*SOURCES), allow(*(each for each in SOURCES if each != "mail"))
                )
            ],
            state_operations=[
                migrations.RemoveConstraint("execution", "execution_source_is_known"),
                migrations.AlterField(
                    "execution",
                    "source",
                    models.CharField(
                        choices=[
                            ("ui", "Page"),
                            ("api", "API"),
                            ("schedule", "Schedule"),
                            ("webhook", "Webhook"),
                            ("mail", "E-mail"),
                            ("sub-graph", "Sub-graph"),
                            ("preset", "Preset"),
                            ("terminal", "Terminal"),
                        ],
                        default="api",
                        max_length=10,
                        verbose_name="source",
                    ),
                ),
                migrations.AddConstraint(
                    "execution",
                    models.CheckConstraint(
                        condition=models.Q(source__in=list(SOURCES)),
                        name="execution_source_is_known",
                    ),
                ),
            ],
        )
    ]
