"""Durations in words; `tests/js/duration.test.js` has the same pairs for the page's own clock."""

DURATIONS = [
    (0, "0 s"),
    (-1, "0 s"),
    (0.0004, "0.4 ms"),
    (0.25, "250 ms"),
    (0.9994, "999 ms"),
    (1, "1.0 s"),
    (59.94, "59.9 s"),
    (60, "1 min 0 s"),
    (3599, "59 min 59 s"),
    (3600, "1 h 0 min"),
    (90_000, "25 h 0 min"),
]
