"""The form of a run, made from the inputs of the graph."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from graphs import input_fields, interface, spec
from graphs.translating import translated

Keep = Callable[["UploadedFile[bytes]"], str]


def _unkept(file: "UploadedFile[bytes]") -> str:
    """Stands for a file that is not kept yet."""
    return f"workspace://{UUID(int=0)}#{file.content_type}"


class InputsForm(forms.Form):
    """One field for each input. Inputs can have any name, so the fields are numbered."""

    def __init__(
        self,
        graph: spec.Graph,
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        given: Mapping[str, Any] | None = None,
        fixed: Mapping[str, Any] | None = None,
    ) -> None:
        """`given` fills the fields in; what is `fixed` has none."""
        super().__init__(data, files)
        self.graph = graph
        self.fixed = fixed or {}
        self.keys: dict[str, str] = {}  # name of an input -> key of its field
        self.advanced_keys: set[str] = set()
        schema = interface.input_schema(graph)
        for index, (name, each) in enumerate(schema["properties"].items()):
            if name in self.fixed:
                continue
            key = f"input-{index}"
            self.keys[name] = key
            self.fields[key] = input_fields.field_of(each, required=name in schema["required"])
            self.initial[key] = (given or {}).get(name, each.get("default"))
            if each.get("advanced"):
                self.advanced_keys.add(key)

    def plain(self) -> list[forms.BoundField]:
        """The fields that are always shown."""
        return [self[key] for key in self.fields if key not in self.advanced_keys]

    def advanced(self) -> list[forms.BoundField]:
        """The fields that most runs leave as they are."""
        return [self[key] for key in self.fields if key in self.advanced_keys]

    def clean(self) -> dict[str, Any]:
        """Have the graph look at the values, and put what it minds next to their fields."""
        for problem in interface.input_problems(self.graph, self.inputs()):
            key = self.keys.get(problem.field)  # None: it is fixed
            if key not in self.errors:
                self.add_error(key, translated(problem.message))
        return self.cleaned_data

    def inputs(self, keep: Keep = _unkept) -> spec.JSONDict:
        """What was filled in; `keep` stores a file and says how values refer to it.

        Fields left empty are left out, so that defaults count.
        """
        values = {name: self.cleaned_data.get(key) for name, key in self.keys.items()}
        filled_in = {
            name: keep(value) if isinstance(value, UploadedFile) else value
            for name, value in values.items()
            if isinstance(value, UploadedFile) or value not in (None, "")
        }
        return {**filled_in, **self.fixed}
