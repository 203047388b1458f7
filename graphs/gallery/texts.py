"""Templates that read texts."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from graphs import spec
from graphs.gallery.template import Template, drawn


def _meeting_notes() -> spec.Graph:
    sample = _(
        "We met to plan the summer party. Ada has found a garden that is free in June. The band costs less than last "
        "year. Everybody liked the idea of a tea stall.\n"
        "TODO: Ada books the garden.\nTODO: Bo asks the band for a date."
    )
    return drawn(
        [
            (
                "notes",
                "long_text_input_block",
                (0, 0),
                _("Notes"),
                {"name": _("notes"), "value": sample},
            ),
            ("shorten", "ai_text_summarizer_block", (1, 0), _("Summarise"), {"style": "concise"}),
            (
                "find",
                "extract_text_information_block",
                (1, 1),
                _("Find what is to be done"),
                {"pattern": "TODO: (.+)", "group": 1, "find_all": True},
            ),
            ("summary", "output_block", (2, 0), _("Summary"), {"name": _("summary")}),
            ("tasks", "output_block", (2, 1), _("Tasks"), {"name": _("tasks")}),
        ],
        [
            "notes.result -> shorten.text",
            "notes.result -> find.text",
            "shorten.summary -> summary.value",
            "find.matched_results -> tasks.value",
        ],
    )


def _contacts() -> spec.Graph:
    sample = _(
        "Write to ada@example.com or bo@example.com. The programme is at https://example.com/programme"
    )
    return drawn(
        [
            (
                "text",
                "long_text_input_block",
                (0, 0),
                _("Text"),
                {"name": _("text"), "value": sample},
            ),
            ("find", "find_addresses_block", (1, 0), _("Find addresses"), {}),
            ("emails", "output_block", (2, 0), _("E-mail addresses"), {"name": _("emails")}),
            ("links", "output_block", (2, 1), _("Web addresses"), {"name": _("links")}),
        ],
        ["text.result -> find.text", "find.emails -> emails.value", "find.links -> links.value"],
    )


def _differences() -> spec.Graph:
    return drawn(
        [
            (
                "old",
                "long_text_input_block",
                (0, 0),
                _("Before"),
                {"name": _("before"), "value": _("Tea is served at four.\nBring a cup.")},
            ),
            (
                "new",
                "long_text_input_block",
                (0, 1),
                _("After"),
                {"name": _("after"), "value": _("Tea is served at five.\nBring a cup.")},
            ),
            ("compare", "compare_texts_block", (1, 0), _("Compare"), {}),
            ("diff", "output_block", (2, 0), _("Differences"), {"name": _("differences")}),
            ("alike", "output_block", (2, 1), _("How alike they are"), {"name": _("similarity")}),
        ],
        [
            "old.result -> compare.old",
            "new.result -> compare.new",
            "compare.diff -> diff.value",
            "compare.similarity -> alike.value",
        ],
    )


TEMPLATES = (
    Template(
        "meeting-notes",
        gettext_lazy("Meeting notes"),
        gettext_lazy("Shortens notes and lists what somebody has to do."),
        "ai",
        _meeting_notes,
        asks_model=True,
    ),
    Template(
        "contacts",
        gettext_lazy("Contacts in a text"),
        gettext_lazy("Finds e-mail and web addresses in any text."),
        "text",
        _contacts,
    ),
    Template(
        "differences",
        gettext_lazy("What has changed"),
        gettext_lazy("Compares two texts line by line and says how alike they are."),
        "text",
        _differences,
    ),
)
