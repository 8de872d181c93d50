"use strict";

// ---------------------------------------------------------------------------------------------------------------
// The steps. Position 0 is the start; after position k, steps[0] to steps[k - 1] have been made. A step changes one
// number of one node and knows what was there before, so it can be taken back.
// ---------------------------------------------------------------------------------------------------------------

const graph = JSON.parse(document.querySelector("script[type='application/json']").textContent);
const { nodes, edges, shapes, cards } = graph;
const outputName = nodes[graph.output].name;

const steps = [
  ...graph.forward.map((node) => ({ kind: "forward", node })),
  { kind: "seed", node: graph.output },
  ...graph.backward.map((step) => ({ kind: "backward", node: edges[step.edge].parent, ...step })),
  { kind: "done" },
];
const forwardCount = graph.forward.length;

const edgesInto = nodes.map(() => []); // by child: the edges of its operands
edges.forEach((edge, number) => edgesInto[edge.child].push(number));
const stepsTo = nodes.map(() => []); // by parent: the steps that add to its gradient
steps.forEach((step, number) => { if (step.kind === "backward") stepsTo[step.node].push(number); });

const known = nodes.map((node) => node.shape === undefined); // whether the node has its data; leaves have it from the start
const gradients = nodes.map(() => null); // null is "nothing yet", which is not 0
const received = nodes.map(() => 0); // contributions so far
const lineForward = new Map(); // line -> how many of its edges the forward pass has reached
const lineBackward = new Map(); // line -> how many of its edges the backward pass has gone through

let position = 0;
let chosen = null; // the node that was clicked

const toNumber = (text) => Number(text.replace(/−/g, "-").replace("inf", "Infinity"));

function makeStep(step) {
  if (step.kind === "forward") {
    known[step.node] = true;
    countLines(lineForward, edgesInto[step.node], 1);
    paintNode(step.node);
    edgesInto[step.node].forEach(paintLineOf);
  } else if (step.kind === "seed") {
    gradients[step.node] = "1";
    paintNode(step.node);
  } else if (step.kind === "backward") {
    gradients[step.node] = step.after;
    received[step.node] += 1;
    countLines(lineBackward, [step.edge], 1);
    paintNode(step.node);
    paintLineOf(step.edge, step.product);
  }
}

function takeBack(step) {
  if (step.kind === "forward") {
    known[step.node] = false;
    countLines(lineForward, edgesInto[step.node], -1);
    paintNode(step.node);
    edgesInto[step.node].forEach(paintLineOf);
  } else if (step.kind === "seed") {
    gradients[step.node] = null;
    paintNode(step.node);
  } else if (step.kind === "backward") {
    gradients[step.node] = step.before;
    received[step.node] -= 1;
    countLines(lineBackward, [step.edge], -1);
    paintNode(step.node);
    paintLineOf(step.edge, lastProductOn(edges[step.edge].line));
  }
}

function countLines(counts, edgeNumbers, change) {
  for (const number of edgeNumbers) {
    const line = edges[number].line;
    counts.set(line, (counts.get(line) || 0) + change);
  }
}

/** What went last through a line that stands for several edges, as seen from the position that is being taken back. */
function lastProductOn(line) {
  for (let number = position - 1; number >= forwardCount; number -= 1) {
    const step = steps[number];
    if (step.kind === "backward" && edges[step.edge].line === line) return step.product;
  }
  return null;
}

/** Go to a position, making or taking back every step on the way. `instant` scrolls without a glide. */
function goTo(wanted, instant = false) {
  const target = Math.max(0, Math.min(steps.length, Math.round(wanted)));
  while (position < target) { makeStep(steps[position]); position += 1; }
  while (position > target) { position -= 1; takeBack(steps[position]); }
  chosen = null;
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

