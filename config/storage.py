"""Static files under hashed names, the imports of ES modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Rewrites `import … from "./x.js"` too, so modules can be cached for ever."""

    support_js_module_import_aggregation = True
