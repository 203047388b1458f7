// <chat-answer>: an answer that is being written. Shows the text as it comes, and at the end what the server has of it.
const RETRY_MS = 2000;

class ChatAnswer extends HTMLElement {
  connectedCallback() {
    this.text = this.querySelector("[data-text]");
    this.source = new EventSource(this.dataset.stream);
    this.source.addEventListener("text", (event) => this.append(JSON.parse(event.data)));
    this.source.addEventListener("end", () => this.finish());
    this.source.addEventListener("error", () => {
      this.source.close();
      this.timer = setTimeout(() => this.finish(), RETRY_MS);
    });
    this.scrollIntoView({ block: "end" });
  }

  disconnectedCallback() {
    this.source.close();
    clearTimeout(this.timer);
  }

  append(text) {
    this.querySelector("[data-waiting]")?.remove();
    this.text.append(text);
    this.scrollIntoView({ block: "end" });
  }

  /** The server sends this element again where the run still goes on. */
  finish() {
    this.source.close();
    window.htmx.ajax("GET", this.dataset.result, { target: this.closest("[data-turn]"), swap: "outerHTML" });
  }
}

customElements.define("chat-answer", ChatAnswer);
