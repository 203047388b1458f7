"""Blocks from packages of others: modules that they name as entry points."""

from importlib.metadata import EntryPoint, entry_points

GROUP = "agentloom.blocks"


def load_packages() -> None:
    """Import them all, which registers their blocks. One that fails is named, and stops the start."""
    for entry in entry_points(group=GROUP):
        try:
            entry.load()
        except Exception as error:  # whatever stands in it
            error.add_note(_note(entry))
            raise


def _note(entry: EntryPoint) -> str:
    package = entry.dist.name if entry.dist else "?"
    return f"Blocks of the package {package} could not be loaded ({entry.value})."
