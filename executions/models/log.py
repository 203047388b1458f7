"""What a run keeps beside its node executions: its events, and the values that stay."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from executions.models.executions import Execution
from graphs.fields import StoredJSONField


class StaticValue(models.Model):
    """The latest value that a static link brought to a pin; every later firing uses it again."""

    execution = models.ForeignKey(
        Execution, on_delete=models.CASCADE, related_name="static_values", db_index=False
    )
    node_id = models.CharField(max_length=100)
    pin = models.CharField(max_length=300)
    value = StoredJSONField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["execution", "node_id", "pin"], name="one_value_per_pin"
            ),
        )

    def __str__(self) -> str:
        return f"{self.node_id}.{self.pin}"


class Event(models.Model):
    """Something that a watcher of a run must learn; `seq` counts from 1 in each run, without gaps."""

    class Kind(models.TextChoices):
        """What happened."""

        EXECUTION = "execution", _("The run changed")
        NODES = "nodes", _("Node executions changed")

    execution = models.ForeignKey(
        Execution, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    data = StoredJSONField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["execution", "seq"], name="one_event_per_seq"),
        )

    def __str__(self) -> str:
        return f"{self.execution_id} #{self.seq} {self.kind}"
