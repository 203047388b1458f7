// <request-failed>: tells for some seconds that a request of the page was not answered as it should.
const SHOWN_MS = 6000;

class RequestFailed extends HTMLElement {
  connectedCallback() {
    document.addEventListener("htmx:responseError", () => this.show("server"));
    document.addEventListener("htmx:sendError", () => this.show("network"));
  }

  show(reason) {
    for (const kind of ["server", "network"]) this.querySelector(`[data-text-${kind}]`).hidden = kind !== reason;
    this.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.hidden = true; }, SHOWN_MS);
  }
}

customElements.define("request-failed", RequestFailed);
