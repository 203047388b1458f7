// <several-rows>: what can be done with the chosen rows of a list; comes when a row is chosen, and counts them.
class SeveralRows extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    document.addEventListener("change", ({ target }) => this.changed(target), { signal });
    document.addEventListener("htmx:afterSettle", () => this.show(), { signal });
    this.show();
  }

  disconnectedCallback() {
    this.listeners.abort();
  }

  get boxes() {
    return [...this.form.elements].filter((each) => each.name === "row");
  }

  get all() {
    return document.querySelector("[data-choose-all]");
  }

  changed(target) {
    if (target === this.all) for (const box of this.boxes) box.checked = target.checked;
    if (target === this.all || target.form === this.form) this.show();
  }

  show() {
    const { boxes, all } = this;
    const count = boxes.filter((box) => box.checked).length;
    this.hidden = count === 0;
    this.querySelector("[data-count]").textContent = count;
    if (!all) return;
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  }
}

customElements.define("several-rows", SeveralRows);
