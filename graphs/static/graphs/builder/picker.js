// A list of blocks that opens where one is needed: at the end of a link, on a link, on an empty place.
import { find, make } from "./elements.js";

const MOST = 60;

export class Picker {
  constructor(root, { frame, catalogue }) {
    Object.assign(this, { root, frame, catalogue });
    this.search = find(root, "picker-search");
    this.list = find(root, "picker-list");
    this.search.addEventListener("input", () => this.show());
    this.search.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("click", (event) => this.pick(event.target.closest("[data-option]")));
    document.addEventListener("pointerdown", (event) => {
      if (!root.hidden && !root.contains(event.target)) this.close();
    });
  }

  open({ event, fits = () => true, onPick }) {
    Object.assign(this, { fits, onPick, opener: document.activeElement });
    this.search.value = "";
    this.root.hidden = false;
    this.show();
    const left = Math.min(event.clientX, window.innerWidth - this.root.offsetWidth - 8);
    const top = Math.min(event.clientY, window.innerHeight - this.root.offsetHeight - 8);
    Object.assign(this.root.style, { left: `${Math.max(8, left)}px`, top: `${Math.max(8, top)}px` });
    this.search.focus();
  }

  close() {
    if (this.root.hidden) return;
    this.root.hidden = true;
    this.opener?.focus({ preventScroll: true });
  }

  show() {
    const found = this.catalogue.search(this.search.value).filter(this.fits).slice(0, MOST);
    this.list.replaceChildren(...found.map((block, index) => this.option(block, index)));
    this.mark(0);
  }

  option(block, index) {
    const option = make("li", { role: "option", id: `picker-${index}`, class: "picker-option" });
    option.dataset.option = block.id;
    option.dataset.category = block.category;
    option.append(
      make("span", { class: "picker-name", text: block.name }),
      make("span", { class: "cell-note", text: this.catalogue.categories[block.category] ?? "" }),
    );
    return option;
  }

  mark(index) {
    const options = [...this.list.children];
    this.index = Math.max(0, Math.min(index, options.length - 1));
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === this.index)));
    this.search.setAttribute("aria-activedescendant", options[this.index]?.id ?? "");
    options[this.index]?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const keys = {
      ArrowDown: () => this.mark(this.index + 1),
      ArrowUp: () => this.mark(this.index - 1),
      Enter: () => this.pick(this.list.children[this.index]),
      Escape: () => this.close(),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  }

  pick(option) {
    if (!option) return;
    this.close();
    this.onPick(this.catalogue.find(option.dataset.option));
  }
}
