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

  /** Of a variable; asked for once each. */
  of(name) {
    if (!this.known.has(name)) {
      this.probe.style.color = `var(${name})`;
      this.known.set(name, getComputedStyle(this.probe).color);
    }
    return this.known.get(name);
  }
}
