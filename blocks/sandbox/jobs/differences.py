"""What differs between two texts."""

from difflib import SequenceMatcher, unified_diff

MAX_LINES = 20_000


def compare(old: str, new: str, context: int) -> dict[str, object]:
    """The differences as a patch, and how alike the texts are, from 0 to 1."""
    before, after = old.splitlines(), new.splitlines()
    lines = unified_diff(before, after, "old", "new", lineterm="", n=context)
    short = len(old) + len(new) <= MAX_LINES
    left, right = (old, new) if short else (before, after)
    matcher: SequenceMatcher[str] = SequenceMatcher(None, left, right, autojunk=False)
    return {"diff": "\n".join(lines), "similarity": matcher.ratio()}
