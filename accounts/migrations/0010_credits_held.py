"""Prices of blocks, credits that are held back, and a ledger in which nothing is changed afterwards."""

from django.db import migrations, models

from accounts.append_only import forbid


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_knowledge_and_trigger_scopes"),
    ]

    operations = [
        migrations.CreateModel(
            name="BlockPrice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("block_id", models.CharField(max_length=100, unique=True, verbose_name="block")),
                (
                    "price",
                    models.PositiveIntegerField(
                        help_text="Credits for one run of the block.", verbose_name="price"
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="creditentry",
            name="one_charge_per_reference",
        ),
        migrations.AlterField(
            model_name="creditentry",
            name="reason",
            field=models.CharField(
                choices=[
                    ("initial", "Initial credits"),
                    ("usage", "Usage"),
                    ("refund", "Refund"),
                    ("grant", "Grant"),
                    ("reserve", "Held back"),
                    ("release", "No longer held back"),
                ],
                max_length=10,
                verbose_name="reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reason__in", ["usage", "refund", "reserve", "release"])),
                fields=("reference", "reason"),
                name="one_charge_per_reference",
            ),
        ),
        forbid("accounts_creditentry", "UPDATE"),
    ]
