// Keeps every change: at once in this browser, and a moment later as a draft on the server.
import { ApiError, send } from "./api.js";
import { isSame, toJson } from "./document.js";

const SERVER_AFTER_MS = 600;
const AGAIN_AFTER_MS = 4000;

export class Drafts {
  constructor({ store, start, saved, onState, onConflict }) {
    Object.assign(this, { store, onState, onConflict });
    this.address = start.addresses.draft;
    this.place = `agentloom-draft:${start.graph}`;
    this.base = start.base_version;
    this.revision = start.revision;
    this.version = start.version; // of which `saved` is the drawing
    this.saved = saved; // the drawing of the version
    this.kept = store.drawing; // the drawing that the server has
    this.isHeld = false; // another window has changed the draft: nothing is sent until somebody chooses
    store.listen((what) => ["drawing", "places"].includes(what) && this.changed());
    for (const name of ["pagehide", "visibilitychange"]) window.addEventListener(name, () => this.keepHere());
  }

  get isDirty() {
    return !isSame(this.store.drawing, this.saved);
  }

  changed() {
    if (this.store.drawing === this.kept) return;
    this.onState("changed");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), SERVER_AFTER_MS);
  }

  /** Into this browser, which works without a network and when the tab is about to die. */
  keepHere() {
    if (this.store.drawing === this.kept) return;
    const draft = { document: toJson(this.store.drawing), revision: this.revision };
    try {
      localStorage.setItem(this.place, JSON.stringify(draft));
    } catch {
      this.onState("unkept"); // no room, or not allowed; the server is tried all the same
    }
  }

  /** What an earlier page kept here and could not bring to the server: {document, revision}, or null. */
  left() {
    try {
      return JSON.parse(localStorage.getItem(this.place));
    } catch {
      return null;
    }
  }

  forget() {
    localStorage.removeItem(this.place);
  }

  /** Onto the server; one at a time, and again when something has changed meanwhile. */
  keep({ always = false } = {}) {
    clearTimeout(this.timer);
    this.keepHere();
    this.work ??= this.bring({ always }).finally(() => { this.work = null; });
    return this.work;
  }

  async bring({ always = false } = {}) {
    while (!this.isHeld && (always || this.store.drawing !== this.kept)) {
      always = false;
      const { drawing } = this.store;
      try {
        const answer = await send("PUT", this.address, {
          document: toJson(drawing), base_version: this.base, revision: this.revision,
        });
        this.revision = answer.revision;
        this.kept = drawing;
        if (this.store.drawing === drawing) this.forget();
        this.store.setProblems(answer.problems);
        this.onState(this.isDirty ? "kept" : "saved");
      } catch (error) {
        return this.failed(error);
      }
    }
    return undefined;
  }

  failed(error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "draft_conflict") {
      this.isHeld = true;
      this.onConflict();
      return;
    }
    this.onState(error.status ? "refused" : "offline");
    this.timer = setTimeout(() => this.keep(), AGAIN_AFTER_MS);
  }

  /** Everything that has changed is on the server now; false when it is not. */
  async flush({ always = false } = {}) {
    while (this.work) await this.work;
    await this.keep({ always });
    return !this.isHeld && this.store.drawing === this.kept;
  }

  /** Overwrites what the other window has written. */
  async takeOver() {
    const there = await send("GET", this.address).catch((error) => (error.status === 404 ? { revision: 0 } : Promise.reject(error)));
    this.revision = there.revision;
    this.isHeld = false;
    await this.flush({ always: true });
  }

  async discard() {
    clearTimeout(this.timer);
    await this.work;
    this.isHeld = true;
    await send("DELETE", this.address);
    this.kept = this.store.drawing;
    this.forget();
  }

  /** The draft has become a version. */
  published(version, drawing) {
    Object.assign(this, { base: version, version, revision: 0, saved: drawing });
    if (this.store.drawing === drawing) this.kept = drawing;
    this.forget();
    this.onState(this.isDirty ? "changed" : "saved");
    this.changed();
  }
}
