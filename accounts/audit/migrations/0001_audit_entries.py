"""The audit log, which only grows."""

import django.utils.timezone
from django.db import migrations, models

from accounts.append_only import forbid


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="when"
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("login", "Logged in"),
                            ("login_failed", "Could not log in"),
                            ("logout", "Logged out"),
                            ("token_reused", "Used a refresh token twice"),
                            ("password", "Changed a password"),
                            ("account", "Made an account"),
                            ("api_key", "Made or changed an API key"),
                            ("credential", "Made or changed a credential"),
                            ("credits", "Granted credits"),
                            ("low_balance", "Credits are running low"),
                            ("admin", "Did something in the admin"),
                            ("export", "Took data out"),
                        ],
                        max_length=20,
                        verbose_name="action",
                    ),
                ),
                ("actor_id", models.UUIDField(blank=True, null=True, verbose_name="user id")),
                ("actor_name", models.CharField(blank=True, max_length=254, verbose_name="who")),
                ("target", models.CharField(blank=True, max_length=200, verbose_name="what")),
                ("details", models.JSONField(default=dict, verbose_name="details")),
                ("address", models.CharField(blank=True, max_length=45, verbose_name="address")),
                ("request_id", models.CharField(blank=True, max_length=32, verbose_name="request")),
            ],
            options={
                "verbose_name_plural": "audit entries",
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="audit_newest"),
                    models.Index(fields=["actor_id", "-id"], name="audit_by_actor"),
                ],
            },
        ),
        forbid("audit_auditentry", "UPDATE", "DELETE"),
    ]
