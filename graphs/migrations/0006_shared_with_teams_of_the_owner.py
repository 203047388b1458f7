"""A graph is shared only with a team that its owner is in: when the owner leaves, the database takes it back."""

from django.db import migrations

ADD = """
ALTER TABLE graphs_graph ADD CONSTRAINT shared_with_teams_of_the_owner
      FOREIGN KEY (team_id, owner_id) REFERENCES teams_membership (team_id, user_id) ON DELETE SET NULL (team_id);
"""
DROP = "ALTER TABLE graphs_graph DROP CONSTRAINT shared_with_teams_of_the_owner;"


class Migration(migrations.Migration):
    dependencies = [("graphs", "0005_teams")]
    operations = [migrations.RunSQL(ADD, DROP)]
