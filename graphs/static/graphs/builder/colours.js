// The colours of the style sheet for canvases, which understand only those of the theme that holds.
import { make } from "./elements.js";

export class Colours {
  constructor(holder, onChange) {
    this.probe = holder.appendChild(make("span", { hidden: "" }));
    this.known = new Map();
    new MutationObserver(() => {
      this.known.clear();
      onChange();
    }).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  }

  /** Of a variable, which may depend on the category of a block; asked for once each. */
  of(name, category = "") {
    const key = `${name} ${category}`;
    if (!this.known.has(key)) {
      this.probe.dataset.category = category;
      this.probe.style.color = `var(${name}, currentColor)`;
      this.known.set(key, getComputedStyle(this.probe).color);
    }
    return this.known.get(key);
  }
}
