// Auto layout: columns from left to right, by the dagre library, which is loaded when it is first needed.
import { snap } from "./shapes.js";

const OPTIONS = { rankdir: "LR", nodesep: 40, ranksep: 90, marginx: 0, marginy: 0 };

/** The places of all cards: `shapes` is a Map from id to {x, y, width, height}, `links` their links. */
export async function arrange(shapes, links) {
  const { Graph, layout } = await import("../../site/vendor/dagre.js");
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ ...OPTIONS });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [id, { width, height }] of shapes) graph.setNode(id, { width, height });
  for (const { id, source_id: from, sink_id: to } of links) {
    if (from !== to && shapes.has(from) && shapes.has(to)) graph.setEdge(from, to, {}, id);
  }
  layout(graph);
  return new Map([...shapes].map(([id, { width, height }]) => {
    const { x, y } = graph.node(id);
    return [id, { x: snap(x - width / 2), y: snap(y - height / 2) }];
  }));
}
