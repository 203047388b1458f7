"""The list prices of well-known models in US cents for a million tokens, as of 2025: operators keep them up to date."""

from django.db import migrations

# (models, tokens that go in, tokens that come out)
PRICES = (
    ("gpt-4o*", 250, 1000),
    ("gpt-4o-mini*", 15, 60),
    ("gpt-4.1*", 200, 800),
    ("gpt-4.1-mini*", 40, 160),
    ("gpt-4.1-nano*", 10, 40),
    ("gpt-5*", 125, 1000),
    ("gpt-5-mini*", 25, 200),
    ("gpt-5-nano*", 5, 40),
    ("o3*", 200, 800),
    ("o4-mini*", 110, 440),
    ("text-embedding-3-small*", 2, 0),
    ("text-embedding-3-large*", 13, 0),
    ("claude-opus-4*", 1500, 7500),
    ("claude-sonnet-4*", 300, 1500),
    ("claude-haiku-4-5*", 100, 500),
    ("claude-3-5-haiku*", 80, 400),
    ("deepseek-chat", 27, 110),
    ("deepseek-reasoner", 55, 219),
)


def add_prices(apps, schema_editor):
    model = apps.get_model("accounts", "ModelPrice")
    model.objects.bulk_create(
        model(pattern=pattern, input_price=given, output_price=made)
        for pattern, given, made in PRICES
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_model_prices")]
    operations = [migrations.RunPython(add_prices, migrations.RunPython.noop)]
