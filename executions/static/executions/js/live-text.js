// <live-text>: what nodes are writing at this moment, one box for each node execution.
const MAX_BOXES = 8;
const MAX_CHARACTERS = 20_000;

class LiveText extends HTMLElement {
  connectedCallback() {
    this.boxes = new Map();
  }

  append(id, title, text) {
    this.hidden = false;
    const box = this.boxes.get(id) ?? this.add(id, title);
    const pre = box.querySelector("[data-text]");
    const isAtEnd = pre.scrollTop + pre.clientHeight >= pre.scrollHeight - 8;
    pre.textContent = (pre.textContent + text).slice(-MAX_CHARACTERS);
    if (isAtEnd) pre.scrollTop = pre.scrollHeight;
  }

  add(id, title) {
    const box = this.querySelector("template").content.firstElementChild.cloneNode(true);
    box.querySelector("[data-title]").textContent = title;
    this.querySelector("[data-boxes]").append(box);
    this.boxes.set(id, box);
    if (this.boxes.size > MAX_BOXES) this.remove(this.boxes.keys().next().value);
    return box;
  }

  /** The node execution has ended: its whole output is on the page. */
  finish(id) {
    this.boxes.get(id)?.classList.add("is-done");
  }

  remove(id) {
    this.boxes.get(id)?.remove();
    this.boxes.delete(id);
  }
}

customElements.define("live-text", LiveText);
