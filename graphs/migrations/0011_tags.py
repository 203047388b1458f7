import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("graphs", "0010_parts_of_templates"),
    ]

    operations = [
        migrations.AddField(
            model_name="filing",
            name="tags",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=30),
                blank=True,
                db_default=[],
                default=list,
                size=20,
                verbose_name="tags",
            ),
        ),
    ]
