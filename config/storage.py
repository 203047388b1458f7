"""Static files under hashed names, the imports of our ES modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

_MODULES = ("site", "accounts", "blocks", "executions", "graphs")


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Rewrites `import … from "./x.js"` too, so modules can be cached for ever."""

    support_js_module_import_aggregation = True

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        # Other people's scripts are served as they are: some have comments that look like imports.
        rewriting = self._patterns.pop("*.js")
        self._patterns |= {f"{folder}/*.js": rewriting for folder in _MODULES}
