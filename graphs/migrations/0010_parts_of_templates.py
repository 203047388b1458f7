from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("graphs", "0009_templates_of_people")]

    operations = [
        migrations.AddField(
            model_name="graph",
            name="template_parts",
            field=ArrayField(
                base_field=models.UUIDField(),
                blank=True,
                db_default=[],
                default=list,
                editable=False,
                size=None,
            ),
        ),
    ]
