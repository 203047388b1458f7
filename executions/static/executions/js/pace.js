// Runs an action again and again while it is asked for: never twice at a time, and with a rest in between that grows
// with the time that the action takes.
export class Pace {
  constructor(action, { every }) {
    this.action = action;
    this.every = every;
    this.work = null;
  }

  ask() {
    this.isAsked = true;
    this.work ??= this.run().finally(() => { this.work = null; });
  }

  /** When nothing is asked for any more. */
  async settled() {
    await this.work;
  }

  async run() {
    while (this.isAsked) {
      this.isAsked = false;
      const started = performance.now();
      await this.action().catch(() => {}); // told on the page by <request-failed>
      const rest = Math.max(this.every, performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, rest));
    }
  }
}
