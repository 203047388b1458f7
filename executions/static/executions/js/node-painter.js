// Shows on the drawing how its nodes stand.
const AT_WORK = new Set(["QUEUED", "RUNNING"]);

export class NodePainter {
  constructor(root) {
    this.view = root.querySelector("graph-view");
    this.labels = new Map();
    for (const each of root.querySelectorAll("[data-legend] [data-status]")) {
      this.labels.set(each.dataset.status, each.textContent.trim());
    }
  }

  label(status) {
    return this.labels.get(status) ?? status;
  }

  /** What the server says of every node. */
  paintAll(states) {
    for (const { node, status, label, count } of states) this.paint(node, status, label, Number(count));
  }

  paint(nodeId, status, label = this.label(status), count = 1) {
    const card = this.view?.card?.(nodeId);
    if (!card) return;
    card.dataset.status = status;
    const mark = card.querySelector("node-status");
    mark.hidden = false;
    mark.textContent = count > 1 ? `${label} ×${count}` : label;
    for (const wire of this.view.wiresFrom(nodeId)) wire.classList.toggle("is-active", AT_WORK.has(status));
  }
}
