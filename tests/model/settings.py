"""The graphs that the model runs."""

from dataclasses import replace

import tests.executions.scene  # noqa: F401 - registers the blocks that settings name
from tests.engine.parts import collects, draw, for_each, joins, passes, sends
from tests.model.protocol import Setting


def join(**changes: object) -> Setting:
    """An at-most-once and an idempotent node lead into a join, which is idempotent too."""
    parts = {
        "once": sends(1).effectful,
        "again": replace(sends(2).effectful, metadata={"retry": {"count": 1}}),
        "join": joins().effectful,
    }
    setting = Setting(
        parts,
        draw(parts, "once.out -> join.left \n again.out -> join.right"),
        at_most_once=frozenset({"once"}),
        may_fail=frozenset({"again"}),
    )
    return replace(setting, **changes)


def pair(**changes: object) -> Setting:
    """One node after another, and wake-ups that get lost, come late and come twice."""
    parts = {"first": sends(1).effectful, "second": passes().effectful}
    setting = Setting(
        parts, draw(parts, "first.out -> second.value"), has_wake_ups=True, may_fail=frozenset()
    )
    return replace(setting, **changes)


def fan_out(**changes: object) -> Setting:
    """Six nodes: a for-each whose three items go through an at-most-once and an idempotent node, and are collected."""
    parts = {
        "list": sends([1, 2, 3]),
        "each": for_each(),
        "once": passes().effectful,
        "again": replace(passes().effectful, metadata={"retry": {"count": 2}}),
        "collect": collects(),
        "tell": passes().effectful,
    }
    links = """
        list.out -> each.items
        each.item -> once.value
        once.out -> again.value
        again.out -> collect.item
        collect.list -> tell.value
    """
    setting = Setting(
        parts,
        draw(parts, links),
        at_most_once=frozenset({"once"}),
        may_fail=frozenset({"again"}),
        workers=3,
        slots=2,
        has_wake_ups=True,
    )
    return replace(setting, **changes)
