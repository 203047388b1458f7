// Makes versions of the draft. When somebody else has saved one meanwhile, it asks what shall be.
import { ApiError, send } from "./api.js";
import { answerOf, find } from "./elements.js";
import { announce, say } from "./texts.js";

export class Saving {
  constructor({ root, store, drafts, start, onSaved, tell }) {
    Object.assign(this, { root, store, drafts, onSaved, tell });
    this.address = start.addresses.publish;
    this.graph = start.addresses.draft.replace(/\/draft$/, "");
  }

  /** True when what is drawn is a version: now, or already. */
  async ensure() {
    return !this.drafts.isDirty || this.save();
  }

  /** Makes the next version; an older one that is shown becomes the newest. */
  async save(message = "") {
    const isOld = this.drafts.version !== this.drafts.base;
    if (!this.drafts.isDirty && !message && !isOld) {
      this.say(say("nothing_new", { n: this.drafts.version }));
      return true;
    }
    const isKept = await this.drafts.flush({ always: this.drafts.revision === 0 });
    return isKept && this.publish(message);
  }

  async publish(message) {
    const { drawing } = this.store;
    try {
      const { version } = await send("POST", this.address, { revision: this.drafts.revision, message });
      this.drafts.published(version, drawing);
      this.onSaved(version);
      this.say(say("saved", { n: version }));
      return true;
    } catch (error) {
      return this.refused(error, message);
    }
  }

  refused(error, message) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "version_conflict") return this.choose(error, message);
    if (error.code === "draft_conflict") this.drafts.failed(error);
    else this.say(error.status ? say("not_saved", { reason: error.message }) : say("no_server"));
    return false;
  }

  async choose(error, message) {
    const dialog = this.root.querySelector('[data-dialog="conflict"]');
    find(dialog, "conflict-text").textContent = error.message;
    const choice = await answerOf(dialog);
    if (choice === "theirs") await this.takeTheirs();
    return choice === "mine" ? this.makeMineNewest(message) : false;
  }

  async takeTheirs() {
    await this.drafts.discard();
    window.location.assign(window.location.pathname);
  }

  async makeMineNewest(message) {
    const versions = await send("GET", `${this.graph}/versions`);
    this.drafts.base = Math.max(...versions.map((each) => each.version));
    return (await this.drafts.flush({ always: true })) && this.publish(message);
  }

  async withMessage() {
    const dialog = this.root.querySelector('[data-dialog="message"]');
    const field = find(dialog, "message");
    field.value = "";
    if ((await answerOf(dialog)) === "save") await this.save(field.value.trim());
  }

  say(text) {
    announce(text);
    this.tell(text);
  }
}
