"""Which runs people choose, and what to do with them."""

import re
from uuid import UUID

from django import forms
from django.http import QueryDict

from executions.bulk import Verb

UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class BulkForm(forms.Form):
    """What to do with which runs."""

    verb = forms.TypedChoiceField(choices=[(verb.value, verb.value) for verb in Verb], coerce=Verb)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        given = [each for each in data.getlist("run") if UUID_TEXT.fullmatch(each)]
        # Whose they are, and whether they are there, the service looks at.
        choices = [(each, each) for each in given]
        self.fields["run"] = forms.TypedMultipleChoiceField(coerce=UUID, choices=choices)
