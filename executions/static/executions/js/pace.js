// Runs an action at most every so often, never twice at a time, and once more for what came meanwhile.
export class Pace {
  constructor(action, { every }) {
    this.action = action;
    this.every = every;
  }

  ask() {
    this.isAsked = true;
    if (!this.isBusy) this.run();
  }

  async run() {
    this.isBusy = true;
    while (this.isAsked) {
      this.isAsked = false;
      await this.action();
      await new Promise((resolve) => setTimeout(resolve, this.every));
    }
    this.isBusy = false;
  }
}
