"""Why a graph cannot be run with what a form says."""

from django.forms import BaseForm

from graphs.errors import InvalidGraphError
from graphs.translating import translated


def say_problems(form: BaseForm, error: InvalidGraphError) -> None:
    """Show them at the inputs of the form."""
    for problem in error.problems():
        form.add_error("inputs", translated(problem.message))
