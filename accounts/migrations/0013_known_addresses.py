"""Whoever has an account already is not asked to verify their address."""

from django.db import migrations


def vouch(apps, schema_editor):
    users = apps.get_model("accounts", "User").objects.filter(emailaddress=None)
    addresses = apps.get_model("account", "EmailAddress").objects
    rows = users.values_list("pk", "email")
    addresses.bulk_create(
        addresses.model(user_id=pk, email=email, primary=True, verified=True) for pk, email in rows
    )


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0012_identity"),
    ]

    operations = [migrations.RunPython(vouch, migrations.RunPython.noop)]
