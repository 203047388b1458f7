"""What a campaign has shown: the invariants, and the promises to those who used the API meanwhile."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Count, Q, Sum

from chaos import invariants
from chaos.people import Played
from chaos.stage import Stage
from chaos.table import Line, Table
from executions.engine.status import Status
from executions.models import Execution, NodeExecution

# By what the violated invariant says of the product.
MEANINGS = {
    "runs stuck": ["I6"],
    "duplicated or changed outcomes": ["I1", "I2", "I3", "I9"],
    "at-most-once effects above one": ["I4"],
    "effects missing, or with two keys": ["I5"],
    "successors that do not follow from the outputs": ["I7"],
    "ledger drift": ["I8"],
    "timers early": ["I11"],
    "event gaps": ["I12"],
    "starts after the end or the stop": ["I13"],
    "attempts above the limit": ["I14"],
    "leases not on the database's clock": ["P11"],
}


def judge(stage: Stage, played: Played) -> Table:
    """Look at everything that is left of a campaign."""
    log = stage.sink.entries()
    found = [*_stuck(played), *invariants.check(sink_log=log)]
    broken = {
        "runs lost": list(_lost(played)),
        "stops told and not kept": list(_broken_words(played)),
        **{
            what: [each for each in found if _number(each) in group]
            for what, group in MEANINGS.items()
        },
        "answers 500, 502 or 504, and 503 without Retry-After": list(_wrong_answers(stage)),
    }
    lines = [
        *_facts(played, effects=len(log)),
        *_answers(stage),
        *(Line(what, len(sentences), limit=0) for what, sentences in broken.items()),
    ]
    return Table(lines, [sentence for sentences in broken.values() for sentence in sentences])


def _number(sentence: str) -> str:
    """That of the invariant which a sentence speaks of."""
    return sentence.rpartition("(")[2].rstrip(")")


def _facts(played: Played, *, effects: int) -> list[Line]:
    """How much has happened."""
    runs = Execution.objects.values_list("status").annotate(Count("pk")).order_by("status")
    nodes = NodeExecution.objects.aggregate(
        all=Count("pk"), lost=Sum("losses"), unknown=Count("pk", Q(error_code="outcome_unknown"))
    )
    return [
        Line("runs accepted", len(played.accepted)),
        Line("runs stopped by people", len(played.stopped)),
        *(Line(f"runs {status}, child runs among them", count) for status, count in runs),
        Line("node executions", nodes["all"]),
        Line("effects seen by the sink", effects),
        Line("attempts whose worker was lost", nodes["lost"] or 0),
        Line("node executions with outcome_unknown", nodes["unknown"]),
        *(Line(f"fault: {fault}", count) for fault, count in sorted(played.faults.items())),
        Line("whole campaign", played.seconds, "s"),
        Line("from the last repair to the end of all runs", played.seconds_to_end, "s"),
    ]


def _answers(stage: Stage) -> list[Line]:
    replies = stage.api.replies
    return [
        Line("answers of the API", len(replies)),
        Line("of these 503", sum(reply.status == 503 for reply in replies)),
    ]


def _stuck(played: Played) -> Iterator[str]:
    for run in Execution.objects.unfinished():
        seconds = f"{played.seconds_to_end:.0f} s"
        yield f"Run {run.pk} is still {run.status} {seconds} after everything was repaired (I6)"


def _lost(played: Played) -> Iterator[str]:
    accepted = {UUID(id_) for id_ in played.accepted}
    there = Execution.objects.filter(pk__in=accepted).values_list("pk", flat=True)
    for id_ in accepted - set(there):
        yield f"Run {id_} was accepted and is not there"


def _broken_words(played: Played) -> Iterator[str]:
    for run in Execution.objects.filter(pk__in=played.stopped).exclude(status=Status.CANCELLED):
        yield f"We were told that run {run.pk} was stopped, but it is {run.status}"


def _wrong_answers(stage: Stage) -> Iterator[str]:
    for reply in stage.api.replies:
        if reply.status in {500, 502, 504} or (reply.status == 503 and not reply.retry_after):
            yield str(reply)
