"""A credential is lent only to a team that its user is in: when the user leaves, the database takes it back."""

from django.db import migrations

ADD = """
ALTER TABLE vault_credential ADD CONSTRAINT lent_to_teams_of_the_user
      FOREIGN KEY (team_id, user_id) REFERENCES teams_membership (team_id, user_id) ON DELETE SET NULL (team_id);
"""
DROP = "ALTER TABLE vault_credential DROP CONSTRAINT lent_to_teams_of_the_user;"


class Migration(migrations.Migration):
    dependencies = [("vault", "0002_lending")]
    operations = [migrations.RunSQL(ADD, DROP)]
