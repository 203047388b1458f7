"""What owners fill in about a page, and what visitors say in a chat."""

from django import forms
from django.utils.translation import gettext_lazy as _

from executions.published.models import MOST_CREDITS, PublishedPage
from graphs.input_fields import ObjectField, TextField

MAX_MESSAGE = 10_000  # characters


class PageForm(forms.Form):
    """What the page is."""

    name = forms.CharField(label=_("Title"), max_length=100)
    description = forms.CharField(
        label=_("Description"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Visitors read it above the form."),
    )
    kind = forms.ChoiceField(label=_("What visitors see"), choices=PublishedPage.Kind.choices)
    is_public = forms.BooleanField(
        label=_("Open to everybody who knows the address"), required=False
    )
    daily_credits = forms.IntegerField(
        label=_("Credits in 24 hours"),
        min_value=0,
        max_value=MOST_CREDITS,
        help_text=_(
            "What its runs may cost you; then it starts no more until some time has passed."
        ),
    )
    inputs = ObjectField(
        label=_("Inputs that are always the same"),
        required=False,
        help_text=_(
            "A JSON object by the names of the graph's inputs. Visitors are not asked for these."
        ),
    )


class MessageForm(forms.Form):
    """What a visitor says."""

    message = TextField(
        label=_("Your message"),
        max_length=MAX_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 2, "autofocus": True}),
    )
