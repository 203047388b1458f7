"""Files of users: what they upload, and what their runs write."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """A room of its own inside executions."""

    name = "executions.files"
    verbose_name = "Files"
