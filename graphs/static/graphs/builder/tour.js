// A short tour of the builder: step after step, each about one part of the page. Comes when it is asked for.
import { find } from "./elements.js";

export class Tour {
  constructor(root, builder) {
    Object.assign(this, { root, builder });
    this.steps = [...root.querySelectorAll("[data-step]")];
    find(root, "tour-next").addEventListener("click", () => this.go(this.at + 1));
    find(root, "tour-back").addEventListener("click", () => this.go(this.at - 1));
    find(root, "tour-end").addEventListener("click", () => this.end());
    root.addEventListener("keydown", (event) => this.key(event));
    const here = new URL(window.location);
    if (!here.searchParams.has("tour")) return;
    here.searchParams.delete("tour"); // whoever comes back or reloads has seen it
    window.history.replaceState(null, "", here);
    this.begin();
  }

  begin() {
    this.root.hidden = false;
    this.go(0);
  }

  go(step) {
    if (step >= this.steps.length) return this.end();
    this.at = Math.max(0, step);
    for (const [index, each] of this.steps.entries()) each.hidden = index !== this.at;
    find(this.root, "tour-back").disabled = this.at === 0;
    find(this.root, "tour-last").hidden = this.at < this.steps.length - 1;
    find(this.root, "tour-more").hidden = this.at === this.steps.length - 1;
    this.point(this.steps[this.at].dataset.step);
    return this.steps[this.at].focus();
  }

  /** Marks the part of the page that the step is about. */
  point(selector) {
    for (const each of this.builder.querySelectorAll(".tour-target")) each.classList.remove("tour-target");
    if (selector) this.builder.querySelector(selector).classList.add("tour-target");
  }

  end() {
    this.root.hidden = true;
    this.point(null);
    find(this.builder, "flow").focus({ preventScroll: true });
  }

  /** The keys of the canvas mean nothing here. */
  key(event) {
    event.stopPropagation();
    if (event.key === "Escape") this.end();
  }
}
