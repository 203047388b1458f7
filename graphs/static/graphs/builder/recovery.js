// What is left from before: the draft on the server, changes that only this browser has, and what other windows do.
import { fromJson, isSame } from "./document.js";
import { find } from "./elements.js";
import { say } from "./texts.js";

export class Recovery {
  constructor({ root, store, drafts, start }) {
    Object.assign(this, { root, store, drafts, start });
    this.actions = {
      discard: () => this.discard(),
      restore: () => this.restore(),
      forget: () => this.forget(),
      takeOver: () => this.takeOver(),
      reload: () => this.reload(),
    };
    root.addEventListener("click", (event) => {
      if (event.target.closest("[data-close-notice]")) this.settled();
    });
  }

  /** Looks for what an earlier page has left. */
  begin() {
    const left = this.drafts.left();
    const drawing = left && fromJson(left.document);
    if (drawing && !isSame(drawing, this.store.drawing)) this.found(left, drawing);
    else this.drafts.forget();
    if (this.start.draft_from && this.drafts.isDirty) this.tellOfDraft();
    if (this.start.version !== this.start.newest_version) this.tell(say("old_version", { n: this.start.version, newest: this.start.newest_version }));
  }

  /** If nobody has written since, it is what the tab would have sent, had it lived. */
  found(left, drawing) {
    if (left.revision === this.start.revision && this.start.version === this.start.newest_version) {
      this.store.edit(() => drawing);
      this.tell(say("restored_here"));
      return;
    }
    this.left = drawing;
    this.notice("lost");
  }

  tellOfDraft() {
    const at = new Date(this.start.draft_from).toLocaleString(document.documentElement.lang);
    const isOld = this.start.base_version !== this.start.newest_version;
    this.tell(isOld ? say("restored_old", { at, n: this.start.newest_version }) : say("restored", { at }));
  }

  tell(text) {
    const notice = this.notice("draft");
    find(notice, "notice-text").textContent = text;
  }

  notice(name) {
    const notice = this.root.querySelector(`[data-notice="${name}"]`);
    notice.hidden = false;
    return notice;
  }

  hide(name) {
    this.root.querySelector(`[data-notice="${name}"]`).hidden = true;
  }

  /** The notice of the draft has done its work. */
  settled() {
    this.hide("draft");
  }

  async discard() {
    await this.drafts.discard();
    this.reload();
  }

  restore() {
    this.hide("lost");
    this.store.edit(() => this.left);
  }

  forget() {
    this.hide("lost");
    this.drafts.forget();
  }

  async takeOver() {
    this.hide("conflict");
    await this.drafts.takeOver();
  }

  reload() {
    this.drafts.kept = this.store.drawing; // or leaving would keep here what is to go
    this.drafts.forget();
    window.location.assign(window.location.pathname);
  }
}
