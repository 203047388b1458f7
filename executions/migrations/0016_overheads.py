from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("executions", "0015_mail_source")]

    operations = [
        migrations.CreateModel(
            name="Overhead",
            fields=[
                (
                    "per",
                    models.CharField(
                        choices=[("run", "Run"), ("firing", "Firing")],
                        max_length=10,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("seconds", models.FloatField()),
                ("measured_at", models.DateTimeField()),
            ],
        ),
    ]
