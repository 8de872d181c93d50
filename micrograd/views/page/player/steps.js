// ---------------------------------------------------------------------------------------------------------------
// The graph, its numbers, and the steps. Position 0 is the start; after position k, steps[0] to steps[k - 1] have been
// made. What is known at a position follows from the position alone, so steps can be taken back.
// ---------------------------------------------------------------------------------------------------------------

const graph = JSON.parse(find("script[type='application/json']").textContent);
const { nodes, edges, shapes, groups } = graph;
const isLive = graph.fixed === "";

const fromPython = Float64Array.from([...nodes.map((node) => Number(node.data)), ...edges.map((edge) => Number(edge.local))]);
const numbers = Float64Array.from(fromPython); // the data of each node, then the local derivative of each edge
const slopes = new Float64Array(nodes.length); // the derivative of the output by each node
let largestSlope = 1;

const dataOf = (node) => numbers[node];
const localOf = (edge) => numbers[nodes.length + edge];
const isLeaf = (node) => nodes[node].shape === undefined;

const forwardSteps = nodes.map((_, node) => node).filter((node) => !isLeaf(node)).map((node) => ({ kind: "forward", node }));
const backwardSteps = graph.backward.map((edge) => ({ kind: "backward", edge, node: edges[edge].parent }));
const steps = [...forwardSteps, { kind: "seed", node: graph.output }, ...backwardSteps, { kind: "done" }];
const forwardCount = forwardSteps.length;

const edgesInto = nodes.map(() => []); // by child: the edges of its operands
edges.forEach((edge, number) => edgesInto[edge.child].push(number));
const stepsTo = nodes.map(() => []); // by parent: the steps that add to its gradient
const stepThrough = edges.map(() => -1); // by edge: the step that goes back through it
steps.forEach((step, number) => {
  if (step.kind !== "backward") return;
  stepsTo[step.node].push(number);
  step.part = stepsTo[step.node].length;
  stepThrough[step.edge] = number;
});

/** Multiply and add as the engine does, contribution by contribution: every number of every step. */
function sweep() {
  slopes.fill(0);
  slopes[graph.output] = 1;
  for (const step of backwardSteps) {
    step.upstream = slopes[edges[step.edge].child];
    step.product = localOf(step.edge) * step.upstream;
    step.before = slopes[step.node];
    step.after = step.before + step.product;
    slopes[step.node] = step.after;
  }
  largestSlope = slopes.reduce((largest, slope) => (Number.isFinite(slope) ? Math.max(largest, Math.abs(slope)) : largest), 0) || 1;
}

// ---------------------------------------------------------------------------------------------------------------
// What is known at a position
// ---------------------------------------------------------------------------------------------------------------

let position = 0;
const known = nodes.map((_, node) => isLeaf(node)); // whether a node has its data; leaves have it from the start
const received = nodes.map(() => 0); // contributions to its gradient so far
const changedNodes = new Set(); // what has to be painted
const changedEdges = new Set();

/** The gradient that a node has so far: null is "nothing yet", which is not 0. */
function gradientNow(node) {
  if (node === graph.output) return position > forwardCount ? 1 : null;
  return received[node] ? steps[stepsTo[node][received[node] - 1]].after : null;
}

const isFinal = (node) => (node === graph.output ? position > forwardCount : received[node] === stepsTo[node].length);

/** What the edge has handed back; null if that is to come. */
const productNow = (edge) => (stepThrough[edge] < position ? steps[stepThrough[edge]].product : null);

/** Make a step, or with -1 take it back. */
function makeStep(step, change) {
  if (step.kind === "forward") {
    known[step.node] = change > 0;
    for (const edge of edgesInto[step.node]) changedEdges.add(edge);
  } else if (step.kind === "backward") {
    received[step.node] += change;
    changedEdges.add(step.edge);
  }
  if (step.kind !== "done") changedNodes.add(step.node);
}

/** Go to a position, making or taking back every step on the way. `instant` scrolls without a glide. */
function goTo(wanted, instant = false) {
  const target = Math.max(0, Math.min(steps.length, Math.round(wanted)));
  while (position < target) { position += 1; makeStep(steps[position - 1], 1); }
  while (position > target) { position -= 1; makeStep(steps[position], -1); }
  chosen = null;
  backToWords();
  show(instant);
}

/** A whole node at a time: to where the steps of the next node, or of this one, begin. */
function goToNextNode(direction) {
  const owner = (number) => {
    const step = steps[number];
    if (step === undefined) return "none";
    return step.kind === "backward" ? `backward ${edges[step.edge].child}` : `${step.kind} ${step.node}`;
  };
  let target = position + direction;
  while (target > 0 && target < steps.length && owner(target) === owner(target - 1)) target += direction;
  goTo(target);
}
