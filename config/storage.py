"""Where files lie: static ones under hashed names, those of users under names that the server makes."""

import os
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

_MODULES = ("site", "accounts", "blocks", "executions", "graphs")


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Rewrites `import … from "./x.js"` too, so modules can be cached for ever."""

    support_js_module_import_aggregation = True
    # A name depends on those of what is imported, and so on along the longest chain of imports.
    max_post_process_passes = 20

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        # Other people's scripts are served as they are: some have comments that look like imports.
        rewriting = self._patterns.pop("*.js")
        self._patterns |= {f"{folder}/*.js": rewriting for folder in _MODULES}


class LocalFiles(FileSystemStorage):
    """Files of users on this machine: a name leads to the whole file or to nothing, also after a power cut."""

    def _save(self, name: str, content: Any) -> str:
        path, part = Path(self.path(name)), f"{name}.part"
        try:
            super()._save(part, content)  # type: ignore[misc]  # the stubs know the public half only
            with Path(self.path(part)).open("rb") as stream:
                os.fsync(stream.fileno())
            Path(self.path(part)).replace(path)
        except BaseException:
            self.delete(part)
            raise
        return name
