"""Let the database refuse a link between nodes of different versions: composite foreign keys, which Django lacks."""

from django.db import migrations

ADD = """
ALTER TABLE graphs_link
  ADD CONSTRAINT link_source_in_version FOREIGN KEY (version_id, source_id)
      REFERENCES graphs_node (version_id, id) DEFERRABLE INITIALLY DEFERRED,
  ADD CONSTRAINT link_sink_in_version FOREIGN KEY (version_id, sink_id)
      REFERENCES graphs_node (version_id, id) DEFERRABLE INITIALLY DEFERRED;
"""
DROP = """
ALTER TABLE graphs_link DROP CONSTRAINT link_source_in_version, DROP CONSTRAINT link_sink_in_version;
"""


class Migration(migrations.Migration):
    dependencies = [("graphs", "0001_initial")]
    operations = [migrations.RunSQL(ADD, DROP)]
