import django.core.validators
import django.utils.timezone
from django.db import migrations, models

DAYS = [
    django.core.validators.MinValueValidator(1),
    django.core.validators.MaxValueValidator(36_500),
]


def days(name):
    return models.PositiveIntegerField(blank=True, null=True, validators=DAYS, verbose_name=name)


def moment(name, **more):
    return models.DateTimeField(editable=False, verbose_name=name, **more)


def count(name):
    return models.PositiveIntegerField(default=0, editable=False, verbose_name=name)


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_initial")]

    operations = [
        migrations.AlterField("policy", "run_days", days("runs")),
        migrations.AlterField("policy", "event_days", days("events of runs")),
        migrations.AlterField("policy", "file_days", days("files")),
        migrations.CreateModel(
            name="Sweep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("began_at", moment("began at", default=django.utils.timezone.now)),
                ("seen_at", moment("heard of", default=django.utils.timezone.now)),
                ("ended_at", moment("ended at", blank=True, null=True)),
                ("weeks", count("weeks of events")),
                ("runs", count("runs")),
                ("events", count("events of runs")),
                ("files", count("files")),
            ],
        ),
    ]
