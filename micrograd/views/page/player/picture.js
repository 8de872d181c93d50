// ---------------------------------------------------------------------------------------------------------------
// The picture
// ---------------------------------------------------------------------------------------------------------------

const player = document.querySelector(".player");
const stage = document.querySelector(".stage");
const picture = stage.querySelector("svg");
const cardElements = [...picture.querySelectorAll(".card")];
const cardByNumber = new Map(cardElements.map((element) => [Number(element.dataset.card), element]));
const lineByNumber = new Map([...picture.querySelectorAll(".line")].map((element) => [Number(element.dataset.line), element]));
const chipByNumber = new Map([...picture.querySelectorAll(".chip")].map((element) => [Number(element.dataset.line), element]));

const spotlight = picture.querySelector(".spotlight");

const isOnCard = (node) => cards[nodes[node].card].main === node;
const cardOf = (node) => cardByNumber.get(nodes[node].card);

/** How strong the colour of a number is, from 0 to 1: four decades below the largest gradient it has faded out. */
function strengthOf(text) {
  const size = Math.abs(toNumber(text));
  if (!(size > 0) || !Number.isFinite(size)) return 0;
  return Math.max(0, Math.min(1, 1 + Math.log10(size / graph.largest) / 4));
}

function paintNode(node) {
  if (!isOnCard(node)) return;
  const card = cardOf(node);
  const gradient = gradients[node];
  card.classList.toggle("unknown", !known[node]);
  card.classList.toggle("partial", gradient !== null && received[node] < stepsTo[node].length);
  card.classList.toggle("negative", gradient !== null && toNumber(gradient) < 0);
  card.querySelector(".gradient").textContent = gradient === null ? "" : gradient;
  card.style.setProperty("--tint", gradient === null ? "0" : strengthOf(gradient).toFixed(2));
}

function paintLineOf(edge, product) {
  const number = edges[edge].line;
  const line = lineByNumber.get(number);
  if (!line) return;
  const reached = (lineForward.get(number) || 0) > 0;
  const passed = (lineBackward.get(number) || 0) > 0;
  for (const element of [line, chipByNumber.get(number)]) {
    if (!element) continue;
    element.classList.toggle("reached", reached);
    element.classList.toggle("passed", passed);
  }
  const through = passed && typeof product === "string" ? product : null;
  line.classList.toggle("negative", through !== null && toNumber(through) < 0);
  line.classList.toggle("nothing", through !== null && toNumber(through) === 0);
  line.style.setProperty("--strength", through === null ? "0" : strengthOf(through).toFixed(2));
}

let marked = []; // what the last step has marked: [element, class]

function mark(element, name) {
  if (!element) return;
  element.classList.add(name);
  marked.push([element, name]);
}

function markNode(node, role, number) {
  const card = cardOf(node);
  mark(card, role);
  mark(card, "active");
  if (isOnCard(node)) mark(card.querySelector(number), "number");
}

function markEdge(number, back) {
  for (const element of [lineByNumber.get(edges[number].line), chipByNumber.get(edges[number].line)]) {
    mark(element, "active");
    if (back) mark(element, "back");
  }
}

/** Mark what the step reads and writes; give the cards that should be in view, the most important first. */
function markStep(step) {
  if (step.kind === "forward") {
    markNode(step.node, "written", ".data");
    const parents = edgesInto[step.node].map((edge) => edges[edge].parent);
    edgesInto[step.node].forEach((edge) => markEdge(edge, false));
    parents.filter((parent) => cardOf(parent) !== cardOf(step.node)).forEach((parent) => markNode(parent, "read", ".data"));
    return [cardOf(step.node), ...parents.map(cardOf)];
  }
  if (step.kind === "seed") {
    markNode(step.node, "written", ".gradient");
    return [cardOf(step.node)];
  }
  if (step.kind === "backward") {
    const child = edges[step.edge].child;
    markEdge(step.edge, true);
    const line = lineByNumber.get(edges[step.edge].line);
    if (line) spotlight.setAttribute("d", line.querySelector(".stroke").getAttribute("d")); // above all other lines
    if (cardOf(child) !== cardOf(step.node)) markNode(child, "read", ".gradient");
    markNode(step.node, "written", ".gradient");
    return [cardOf(step.node), cardOf(child)];
  }
  return [cardOf(graph.output)];
}

