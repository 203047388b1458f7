// <side-drawer>: shows what is loaded into it beside the page; Escape or its button closes it and gives the focus back.
class SideDrawer extends HTMLElement {
  connectedCallback() {
    this.addEventListener("htmx:afterSwap", () => this.open());
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-close]")) this.close();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.hidden && !document.querySelector("dialog[open]")) this.close();
    });
  }

  open() {
    if (!this.hidden) return;
    this.opener = document.activeElement;
    this.hidden = false;
    this.querySelector("[data-close]")?.focus({ preventScroll: true });
  }

  close() {
    this.hidden = true;
    this.replaceChildren();
    this.opener?.focus({ preventScroll: true });
  }
}

customElements.define("side-drawer", SideDrawer);
