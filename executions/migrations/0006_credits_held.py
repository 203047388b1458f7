"""What runs that have not ended may still cost."""

from django.conf import settings
from django.db import migrations, models

import executions.engine.status


class Migration(migrations.Migration):
    dependencies = [
        ("executions", "0005_stored_values"),
        ("graphs", "0002_links_stay_in_their_version"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="execution",
            name="planned_cost",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name="execution",
            index=models.Index(
                condition=models.Q(
                    ("planned_cost__gt", 0),
                    (
                        "status__in",
                        [
                            executions.engine.status.Status["QUEUED"],
                            executions.engine.status.Status["RUNNING"],
                            executions.engine.status.Status["WAITING"],
                        ],
                    ),
                ),
                fields=["user"],
                name="execution_promises",
            ),
        ),
    ]
