// What was, and what can come back. Holds any immutable states; knows nothing of what they are.
const MOST = 2000; // states share what did not change, so this is a few megabytes at worst

export class History {
  constructor(state) {
    this.reset(state);
  }

  reset(state) {
    this.past = [];
    this.future = [];
    this.present = state;
    this.key = null;
  }

  get canUndo() {
    return this.past.length > 0;
  }

  get canRedo() {
    return this.future.length > 0;
  }

  /** A new state. Changes with the same key that follow one another, such as letters of one field, are one step. */
  push(state, key = null) {
    if (state === this.present) return;
    const goesOn = key !== null && key === this.key;
    if (!goesOn) this.past.push(this.present);
    if (this.past.length > MOST) this.past.shift();
    this.present = state;
    this.future = [];
    this.key = key;
  }

  /** The next change is a step of its own, whatever its key. */
  seal() {
    this.key = null;
  }

  undo() {
    if (!this.canUndo) return;
    this.future.push(this.present);
    this.present = this.past.pop();
    this.key = null;
  }

  redo() {
    if (!this.canRedo) return;
    this.past.push(this.present);
    this.present = this.future.pop();
    this.key = null;
  }
}
