import assert from "node:assert/strict";
import { test } from "node:test";
import { waitBefore } from "../../executions/static/executions/js/live-socket.js";
import { Pace } from "../../executions/static/executions/js/pace.js";

test("a lost connection is tried again after longer and longer waits, up to ten seconds", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 50].map((attempt) => waitBefore(attempt, 1)),
    [500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
});

test("pages do not come back all at once", () => {
  assert.deepEqual([0, 0.5, 1].map((random) => waitBefore(1, random)), [500, 750, 1000]);
});

test("an action that is asked for many times runs once at a time, and once more at the end", async () => {
  let running = 0;
  let most = 0;
  let runs = 0;
  const pace = new Pace(async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    runs += 1;
  }, { every: 1 });
  for (let n = 0; n < 10; n += 1) pace.ask();
  await pace.settled();
  assert.deepEqual([runs, most], [2, 1]);
});

test("an action that fails does not stop the next one", async () => {
  let runs = 0;
  const pace = new Pace(async () => {
    runs += 1;
    throw new Error("no network");
  }, { every: 1 });
  pace.ask();
  await pace.settled();
  pace.ask();
  await pace.settled();
  assert.equal(runs, 2);
});
