// <run-monitor>: keeps the page of a run up to date. Statuses are painted as events come in; everything else is
// fetched as fragments, so that markup lives in the templates only. Without a socket the fragments are polled.
import "./live-text.js";
import { LiveSocket } from "./live-socket.js";
import { NodePainter } from "./node-painter.js";
import { Pace } from "./pace.js";

const REFRESH_MS = 400;
const POLL_MS = 2000;
const FINAL = new Set(["COMPLETED", "FAILED", "CANCELLED", "SKIPPED"]);

class RunMonitor extends HTMLElement {
  async connectedCallback() {
    await customElements.whenDefined("graph-view");
    this.seq = Number(this.dataset.seq);
    this.painter = new NodePainter(this);
    this.pace = new Pace(() => this.refresh(), { every: REFRESH_MS });
    document.body.addEventListener("htmx:oobAfterSwap", (event) => {
      if (event.detail.target.id === "run-states") this.readStates();
    });
    this.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.requestConfig.verb === "post") this.pace.ask();
    });
    this.readStates();
    if (!this.hasEnded) this.watch();
  }

  disconnectedCallback() {
    this.stop();
  }

  watch() {
    const { protocol, host } = window.location;
    this.socket = new LiveSocket({
      address: `${protocol === "https:" ? "wss" : "ws"}://${host}/ws/`,
      greeting: () => ({
        method: "subscribe_graph_execution",
        data: { graph_exec_id: this.dataset.execution, after_seq: this.seq, batch: true },
      }),
      onMessage: (message) => this.receive(message),
      onUp: () => this.poll(false),
      onDown: () => this.poll(true),
    });
  }

  /** Without a socket the page asks; with one it is told, and says so by its attribute `live`. */
  poll(isOn) {
    this.toggleAttribute("live", !isOn && !this.hasEnded);
    if (isOn === this.hasAttribute("polling")) return;
    this.toggleAttribute("polling", isOn);
    clearInterval(this.poller);
    if (isOn) this.poller = setInterval(() => this.pace.ask(), POLL_MS);
  }

  receive({ method, data }) {
    if (method === "execution_events") data.events.forEach((event) => this.apply(event));
    if (method === "node_stream") this.stream(data);
  }

  apply({ seq, kind, data }) {
    if (seq <= this.seq) return;
    this.seq = seq;
    if (kind === "nodes") data.nodes.forEach((node) => this.onNode(node));
    if (kind === "execution") this.onRun(data);
    this.pace.ask();
  }

  onNode({ id, node_id: nodeId, status }) {
    this.painter.paint(nodeId, status);
    if (FINAL.has(status)) this.querySelector("live-text").finish(id);
    this.changed = (this.changed ?? new Set()).add(nodeId);
  }

  onRun({ status }) {
    const badge = this.querySelector("[data-run-status]");
    badge.dataset.status = status;
    badge.textContent = this.painter.label(status);
  }

  stream({ id, node_id: nodeId, text }) {
    const title = this.querySelector(`[data-node="${CSS.escape(nodeId)}"] .node-title`)?.textContent ?? nodeId;
    this.querySelector("live-text").append(id, title, text);
  }

  async refresh() {
    const query = new URLSearchParams(new FormData(this.querySelector("#node-filter")));
    // What the page has already is not sent again: it may be unfolded, or somebody may be typing in it.
    query.set("outputs", this.querySelector("#run-outputs").dataset.known);
    query.set("asked", this.querySelector("#run-questions").dataset.known);
    const changed = this.changed;
    this.changed = new Set();
    await window.htmx.ajax("GET", `${this.dataset.live}?${query}`, { source: this, swap: "none" });
    await this.refreshDrawer(changed);
  }

  async refreshDrawer(changed) {
    const shown = document.querySelector("#drawer:not([hidden]) [data-address]");
    if (shown && changed?.has(shown.dataset.node)) {
      await window.htmx.ajax("GET", shown.dataset.address, { target: "#drawer" });
    }
  }

  readStates() {
    const states = this.querySelector("#run-states");
    this.painter.paintAll([...states.children].map((each) => each.dataset));
    this.hasEnded = states.dataset.ended === "yes";
    if (!this.hasEnded) return;
    this.stop();
    this.querySelector("live-text").hidden = true; // all of it stands among the outputs now
  }

  stop() {
    this.poll(false);
    this.socket?.close();
  }
}

customElements.define("run-monitor", RunMonitor);
