"""What differs between two texts."""

from difflib import SequenceMatcher, unified_diff

MAX_LETTERS = 20_000  # of both texts; longer ones are compared line by line


def compare(old: str, new: str, context: int) -> dict[str, object]:
    """The differences as a patch, and how alike the texts are, from 0 to 1."""
    before, after = old.splitlines(), new.splitlines()
    lines = unified_diff(before, after, "old", "new", lineterm="", n=context)
    is_short = len(old) + len(new) <= MAX_LETTERS
    left, right = (old, new) if is_short else (before, after)
    matcher: SequenceMatcher[str] = SequenceMatcher(None, left, right, autojunk=False)
    return {"diff": "\n".join(lines), "similarity": matcher.ratio()}
