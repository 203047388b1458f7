// <live-time elapsed="12.5">: seconds that had passed when the page was made, counting on while it is open.
import { duration } from "./duration.js";

class LiveTime extends HTMLElement {
  connectedCallback() {
    const base = Number(this.getAttribute("elapsed")) - performance.now() / 1000;
    this.timer = setInterval(() => { this.textContent = duration(base + performance.now() / 1000); }, 500);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }
}

customElements.define("live-time", LiveTime);
