"""How long blocks have taken lately, and what the engine adds to them."""

from django.db import models


class Pace(models.Model):
    """What completed firings of a block took, from their start to their end; for language models, by model.

    `insight.paces` keeps it.
    """

    block_id = models.CharField(max_length=100)
    model = models.CharField(max_length=200, blank=True)  # that the node named; empty: none
    count = models.PositiveIntegerField()
    median = models.FloatField()  # seconds
    p90 = models.FloatField()
    measured_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["block_id", "model"], name="one_pace_per_block"),
        )

    def __str__(self) -> str:
        return f"{self.block_id} {self.model}".strip()


class Overhead(models.Model):
    """What a run takes in which none of its nodes is at work: once for a run, and for each firing. `insight.overheads` keeps it."""

    class Per(models.TextChoices):
        """What it comes with."""

        RUN = "run"
        FIRING = "firing"

    per = models.CharField(max_length=10, choices=Per.choices, primary_key=True)
    seconds = models.FloatField()
    measured_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.per
