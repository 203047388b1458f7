"""Templates that decide, and that ask people."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from graphs import spec
from graphs.gallery.template import Template, drawn


def _triage() -> spec.Graph:
    sample = _("I would like a refund for the broken cup.")
    return drawn(
        [
            (
                "message",
                "long_text_input_block",
                (0, 0),
                _("Message"),
                {"name": _("message"), "value": sample},
            ),
            (
                "check",
                "match_text_pattern_block",
                (1, 0),
                _("About money?"),
                {"match": _("refund|invoice|payment"), "case_sensitive": False},
            ),
            ("money", "output_block", (2, 0), _("For accounting"), {"name": _("accounting")}),
            ("other", "output_block", (2, 1), _("For support"), {"name": _("support")}),
        ],
        [
            "message.result -> check.text",
            "message.result -> check.data",
            "check.positive -> money.value",
            "check.negative -> other.value",
        ],
    )


def _approval() -> spec.Graph:
    sample = _("We close at noon on Friday.")
    return drawn(
        [
            (
                "text",
                "long_text_input_block",
                (0, 0),
                _("Text"),
                {"name": _("text"), "value": sample},
            ),
            (
                "ask",
                "human_in_the_loop_block",
                (1, 0),
                _("Ask a person"),
                {"name": _("Shall this be published?"), "editable": True},
            ),
            ("yes", "output_block", (2, 0), _("Approved"), {"name": _("approved")}),
            ("no", "output_block", (2, 1), _("Rejected"), {"name": _("rejected")}),
        ],
        [
            "text.result -> ask.data",
            "ask.approved_data -> yes.value",
            "ask.rejected_data -> no.value",
        ],
    )


def _choose() -> spec.Graph:
    names = ["Ada", "Bo", "Chen"]
    return drawn(
        [
            ("names", "input_block", (0, 0), _("Names"), {"name": _("names"), "value": names}),
            ("pick", "random_item_block", (1, 0), _("Choose one"), {}),
            (
                "words",
                "fill_text_template_block",
                (2, 0),
                _("In words"),
                {"format": _("Today {{ name }} makes the tea.")},
            ),
            ("result", "output_block", (3, 0), _("Result"), {"name": _("result")}),
        ],
        [
            "names.result -> pick.list",
            "pick.item -> words.values_#_name",
            "words.output -> result.value",
        ],
    )


TEMPLATES = (
    Template(
        "triage",
        gettext_lazy("Sort messages"),
        gettext_lazy("Sends a message to one team or the other, by the words in it."),
        "logic",
        _triage,
    ),
    Template(
        "approval",
        gettext_lazy("Ask before it goes on"),
        gettext_lazy("Waits, as long as it takes, until somebody has said yes or no."),
        "control",
        _approval,
    ),
    Template(
        "choose",
        gettext_lazy("Who makes the tea?"),
        gettext_lazy("Chooses one of a list at random."),
        "logic",
        _choose,
    ),
)
