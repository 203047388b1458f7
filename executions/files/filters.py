"""The query parameters of lists of files."""

import django_filters

from executions.files.models import StoredFile


class FileFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By the run that a file goes with, and by name."""

    execution_id = django_filters.UUIDFilter()
    search = django_filters.CharFilter(field_name="name", lookup_expr="icontains")

    class Meta:
        model = StoredFile
        fields: tuple[str, ...] = ()
