"""Templates that write."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from graphs import spec
from graphs.gallery.template import Template, drawn


def _answer_mail() -> spec.Graph:
    sample = _(
        "Hello, I ordered a teapot last week and it has not come yet. Can you tell me where it is? Ada"
    )
    prompt = _(
        "Write a short and friendly answer to this e-mail. Do not promise anything.\n\n{{ mail }}"
    )
    return drawn(
        [
            (
                "mail",
                "long_text_input_block",
                (0, 0),
                _("E-mail"),
                {"name": _("email"), "value": sample},
            ),
            (
                "write",
                "llm_call_block",
                (1, 0),
                _("Draft an answer"),
                {"model": "gpt-4o-mini", "prompt": prompt},
            ),
            (
                "ask",
                "human_in_the_loop_block",
                (2, 0),
                _("May this be sent?"),
                {"name": _("The answer"), "editable": True},
            ),
            ("sent", "output_block", (3, 0), _("Approved answer"), {"name": _("answer")}),
        ],
        [
            "mail.result -> write.mail",
            "write.response -> ask.data",
            "ask.approved_data -> sent.value",
        ],
    )


def _many_letters() -> spec.Graph:
    people = [{"name": "Ada", "city": "London"}, {"name": "Bo", "city": "Oslo"}]
    letter = _(
        "Dear {{ person.name }},\nwe are looking forward to seeing you in {{ person.city }}."
    )
    return drawn(
        [
            ("people", "input_block", (0, 0), _("People"), {"name": _("people"), "value": people}),
            ("each", "for_each_block", (1, 0), _("For each person"), {}),
            (
                "letter",
                "fill_text_template_block",
                (2, 0),
                _("Write the letter"),
                {"format": letter},
            ),
            ("all", "collect_block", (3, 0), _("All letters"), {}),
            ("letters", "output_block", (4, 0), _("Letters"), {"name": _("letters")}),
        ],
        [
            "people.result -> each.items",
            "each.item -> letter.values_#_person",
            "letter.output -> all.item",
            "all.list -> letters.value",
        ],
    )


def _agent() -> spec.Graph:
    question = _("What is 17 * 23?")
    return drawn(
        [
            (
                "question",
                "long_text_input_block",
                (0, 0),
                _("Question"),
                {"name": _("question"), "value": question},
            ),
            (
                "agent",
                "agent_block",
                (1, 0),
                _("Agent"),
                {"model": "gpt-4o-mini", "agent_mode_max_iterations": 5},
            ),
            ("calculate", "formula_block", (2, 1), _("Calculate"), {}),
            ("answer", "output_block", (2, 0), _("Answer"), {"name": _("answer")}),
        ],
        [
            "question.result -> agent.prompt",
            "agent.tools -> calculate.formula",
            "agent.finished -> answer.value",
        ],
    )


TEMPLATES = (
    Template(
        "answer-mail",
        gettext_lazy("Answer an e-mail"),
        gettext_lazy("A model drafts the answer; a person changes it or says no."),
        "communication",
        _answer_mail,
        asks_model=True,
    ),
    Template(
        "many-letters",
        gettext_lazy("Letters to many people"),
        gettext_lazy("Fills a letter for each person of a list, at the same time."),
        "iteration",
        _many_letters,
    ),
    Template(
        "agent",
        gettext_lazy("Agent with a calculator"),
        gettext_lazy("A model that decides by itself when to calculate."),
        "ai",
        _agent,
        asks_model=True,
    ),
)
