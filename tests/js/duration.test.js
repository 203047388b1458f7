// The same pairs as in tests/pages/durations.py, where the template filter is tested with them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { duration } from "../../config/static/site/js/duration.js";

const PAIRS = [
  [0, "0 s"], [-1, "0 s"], [0.0004, "0.4 ms"], [0.25, "250 ms"], [0.9994, "999 ms"], [1, "1.0 s"], [59.94, "59.9 s"],
  [60, "1 min 0 s"], [3599, "59 min 59 s"], [3600, "1 h 0 min"], [90_000, "25 h 0 min"],
];

for (const [seconds, words] of PAIRS) {
  test(`${seconds} seconds are ${words}`, () => assert.equal(duration(seconds), words));
}
