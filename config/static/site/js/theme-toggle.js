// <theme-toggle>: its button switches between light and dark; a cookie remembers the choice.
const YEAR = 31_536_000;

class ThemeToggle extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => this.toggle());
  }

  toggle() {
    const root = document.documentElement;
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    document.cookie = `theme=${root.dataset.bsTheme}; path=/; max-age=${YEAR}; samesite=lax`;
  }
}

customElements.define("theme-toggle", ThemeToggle);
