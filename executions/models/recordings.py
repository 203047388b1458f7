"""What nodes of a run are not to do anew."""

from django.db import models

from executions.models.executions import Execution
from graphs.fields import StoredJSONField


class Recording(models.Model):
    """The answers that a run takes from a former one instead of running its nodes; they never change.

    A row of its own, because next to no run has one. What was taken is copied: the former run may be deleted.
    """

    execution = models.OneToOneField(
        Execution, on_delete=models.CASCADE, primary_key=True, related_name="recording"
    )
    # The run that is replayed; none for a test, or once that run is gone.
    of = models.ForeignKey(
        Execution, on_delete=models.SET_NULL, null=True, blank=True, related_name="replays"
    )
    node_id = models.CharField(max_length=100, blank=True)  # from which it is replayed
    nodes = StoredJSONField(default=list)  # ids of those whose blocks do not run
    # [{"node_id", "inputs", "outputs": [[pin, value], …], "error", "error_code"}, …] in the order of the firings.
    answers = StoredJSONField(default=list)

    def __str__(self) -> str:
        return str(self.pk)
