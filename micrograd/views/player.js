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

// ---------------------------------------------------------------------------------------------------------------
// The words. A text is a list of parts: a string, or [role, string]. They become text and never markup.
// ---------------------------------------------------------------------------------------------------------------

const read = (text) => ["read", text];
const written = (text) => ["written", text];
const local = (text) => ["local", text];
const nameOf = (node) => nodes[node].name;
const nameOfUse = (node, _, use) => nameOf(node) + use; // x₍₁₎ and x₍₂₎ in x × x
const useOf = (node, operand) => nodes[node].uses?.[operand] ?? "";
const gradientOf = (node) => `d${outputName}/d${nameOf(node)}`; // along every path; ∂ is for one operation and one operand
const asFactor = (text) => (text.startsWith("−") ? `(${text})` : text);

function fill(element, parts) {
  element.replaceChildren(...parts.map((part) => {
    if (typeof part === "string") return document.createTextNode(part);
    const span = document.createElement("span");
    span.className = `role ${part[0]}`;
    span.textContent = part[1];
    return span;
  }));
}

/** The parts of a template such as "{0} × {1}". It is split before names go in, so a name may look like anything. */
function filled(template, node, ofOperand) {
  const pieces = template.split(/(\{(?:\d+|out)\})/).filter((piece) => piece !== "");
  return pieces.map((piece, place) => {
    const slot = /^\{(\d+|out)\}$/.exec(piece);
    if (!slot) return piece;
    const enclosed = /[([,] ?$/.test(pieces[place - 1] || "") && /^[)\],]/.test(pieces[place + 1] || ""); // as in f(x, y)
    return ofOperand(slot[1] === "out" ? node : nodes[node].parents[Number(slot[1])], enclosed, useOf(node, slot[1]));
  });
}

/** What a node is computed from. Of a long sum only the first terms are shown, and the one of the active operand. */
function formulaOf(node, ofOperand, operand = null) {
  const { terms } = shapes[nodes[node].shape];
  let places = terms.map((_, place) => place);
  if (terms.length > 4) {
    const active = operand === null ? terms.length - 1 : operand % terms.length;
    places = [...new Set([0, 1, active])].sort((a, b) => a - b);
  }
  const parts = [];
  places.forEach((place, index) => {
    if (index > 0) parts.push(place === places[index - 1] + 1 ? " + " : " + … + ");
    parts.push(...filled(terms[place], node, ofOperand));
  });
  if (places[places.length - 1] < terms.length - 1) parts.push(" + …");
  return parts;
}

function describe(step) {
  if (step === undefined) return describeStart();
  return { forward: describeForward, seed: describeSeed, backward: describeBackward, done: describeDone }[step.kind](step);
}

function describeStart() {
  return {
    formula: [read("Inputs and parameters"), " are known. Press ", written("→"), " to begin the forward pass."],
    reasons: [
      [`A card shows an operation, a name, a number and ∇, the gradient d${outputName}/d(this node). The number on a line is the local derivative.`],
      ["Shift+→ goes a whole node on; click a card for the full sum of its gradient; ? lists the colours and the keys."],
    ],
  };
}

function describeForward({ node }) {
  const symbols = formulaOf(node, (operand) => read(nameOf(operand)));
  const numbers = formulaOf(node, (operand, enclosed) => read(enclosed ? nodes[operand].data : asFactor(nodes[operand].data)));
  return {
    formula: [written(nameOf(node)), " = ", ...symbols, " = ", ...numbers, " = ", written(nodes[node].data)],
    reasons: [
      ["Forward: compute ", written(nameOf(node)), " from what is known, and keep the local derivative of each operand for the way back."],
      placeOf(node),
    ],
  };
}

function describeSeed({ node }) {
  const name = nameOf(node);
  return {
    formula: [written(gradientOf(node)), " = ", written("1")],
    reasons: [["Backward begins at the output: if ", written(name), " grows by a little, ", written(name), " grows by just as much."], []],
  };
}

function describeBackward(step) {
  const { child, operand, local: slope } = edges[step.edge];
  const localName = `∂${nameOf(child)}/∂${nameOf(step.node)}${useOf(child, operand)}`;
  const last = step.part === step.of;
  const count = step.of === 1 ? "its only contribution" : `contribution ${step.part} of ${step.of}`;
  return {
    formula: [
      written(gradientOf(step.node)), " += ", read(gradientOf(child)), " × ", local(localName),
      " = ", read(asFactor(step.upstream)), " × ", local(asFactor(slope)), " = ", written(step.product),
    ],
    reasons: [
      whyLocal(child, operand, localName, slope),
      [
        written(gradientOf(step.node)), ": ", step.before === null ? "nothing yet" : step.before, " → ", written(step.after), "  ",
        ["pips", "●".repeat(Math.min(step.part, 12)) + "○".repeat(Math.max(0, Math.min(step.of, 12) - step.part))],
        ` ${count}${last ? ", final" : ""}`, ...placeOf(step.node, "; "),
      ],
    ],
  };
}

/** Why the local derivative is what it is, from the operation's own rule. */
function whyLocal(child, operand, localName, slope) {
  const rule = shapes[nodes[child].shape].rules[operand];
  const computed = [`, because ${nameOf(child)} = `, ...formulaOf(child, nameOfUse, operand)];
  if (rule === null) return [local(localName), ` = ${slope}, by the operation's rule`, ...computed];
  const symbols = filled(rule, child, nameOfUse);
  const isNumber = symbols.length === 1 && symbols[0] === slope;
  return [local(localName), " = ", ...symbols, isNumber ? "" : ` = ${slope}`, ...computed];
}

/** In a folded picture, which card a node is on. */
function placeOf(node, before = "") {
  const card = cards[nodes[node].card];
  if (!card.folded) return [];
  return [`${before}${isOnCard(node) ? "the output of" : "inside"} ⊞ ${card.name}`];
}

function describeDone() {
  const leaves = nodes.map((_, node) => node).filter((node) => nodes[node].shape === undefined && gradients[node] !== null);
  const bySize = leaves.sort((a, b) => Math.abs(toNumber(gradients[b])) - Math.abs(toNumber(gradients[a])));
  const largest = bySize.slice(0, 4).flatMap((node, place) => [place ? ",  " : "", written(gradientOf(node)), ` = ${gradients[node]}`]);
  return {
    formula: [written("Done"), ": every gradient is final."],
    reasons: [["Largest among the leaves: ", ...largest], ["Gradient descent moves each parameter a little against its ∇."]],
  };
}

/** A node that was clicked: its number with every digit, and its gradient as the sum of all contributions. */
function describeNode(node) {
  const isLeaf = nodes[node].shape === undefined;
  const formula = [written(nameOf(node)), " = "];
  if (!isLeaf) formula.push(...formulaOf(node, (operand) => read(nameOf(operand))), " = ");
  formula.push(known[node] ? nodes[node].exactData : "not computed yet");
  return { formula, reasons: [gradientSum(node), placeOf(node)] };
}

function gradientSum(node) {
  const all = stepsTo[node];
  const name = written(gradientOf(node));
  if (node === graph.output) return [name, " = 1, where the backward pass begins"];
  const made = all.filter((number) => number < position);
  if (!made.length) return [name, ` = the sum of ${all.length} contribution${all.length === 1 ? "" : "s"}, none of them made yet`];
  const symbols = made.slice(0, 8).flatMap((number, place) => {
    const edge = edges[steps[number].edge];
    return [place ? " + " : "", read(gradientOf(edge.child)), " × ", local(asFactor(edge.local))];
  });
  const numbers = made.slice(0, 8).map((number) => asFactor(steps[number].product)).join(" + ");
  const rest = made.length > 8 ? " + …" : "";
  const isFinal = made.length === all.length;
  const sum = isFinal ? nodes[node].exactGrad : gradients[node];
  return [name, " = ", ...symbols, rest, ` = ${numbers}${rest} = `, written(sum), isFinal ? "" : ` so far, ${made.length} of ${all.length} contributions`];
}

// ---------------------------------------------------------------------------------------------------------------
// Showing a position
// ---------------------------------------------------------------------------------------------------------------

const find = (selector) => document.querySelector(selector);
const formulaElement = find(".formula");
const reasonElement = find(".reason");
const phaseElement = find(".phase");
const slider = find(".track input");
const buttons = { first: find(".first"), previous: find(".previous"), play: find(".play"), next: find(".next"), last: find(".last") };
const phases = { start: "start", forward: "forward →", backward: "← backward", done: "done" };

function phaseNow() {
  if (position === 0) return "start";
  if (position === steps.length) return "done";
  return position <= forwardCount ? "forward" : "backward";
}

function show(instant = false) {
  marked.forEach(([element, name]) => element.classList.remove(name));
  marked = [];
  spotlight.removeAttribute("d");
  const step = steps[position - 1];
  const inView = step ? markStep(step) : [];
  if (chosen !== null) mark(cardOf(chosen), "chosen");
  showWords(chosen === null ? describe(step) : describeNode(chosen));
  showControls();
  if (chosen === null) scrollTo(inView, instant);
  drawMap();
  if (details.open) fillTable();
}

function showWords({ formula, reasons }) {
  fill(formulaElement, formula);
  reasonElement.replaceChildren(...reasons.map((parts) => {
    const line = document.createElement("div");
    fill(line, parts);
    return line;
  }));
}

function showControls() {
  const phase = phaseNow();
  phaseElement.dataset.phase = phase;
  phaseElement.textContent = phases[phase];
  slider.value = position;
  slider.setAttribute("aria-valuetext", `step ${position} of ${steps.length}, ${phase}: ${formulaElement.textContent}`);
  find(".count").textContent = `${position} / ${steps.length}`;
  buttons.first.disabled = buttons.previous.disabled = position === 0;
  buttons.next.disabled = buttons.last.disabled = position === steps.length;
}

// ---------------------------------------------------------------------------------------------------------------
// Zoom, scrolling and the map
// ---------------------------------------------------------------------------------------------------------------

const fullWidth = picture.viewBox.baseVal.width;
const fullHeight = picture.viewBox.baseVal.height;
const readable = 0.82; // below this the digits get too small
let scale = 1;
let automatic = true; // the scale follows the size of the window

function setScale(wanted) {
  scale = Math.max(0.1, Math.min(3, wanted));
  picture.setAttribute("width", fullWidth * scale);
  picture.setAttribute("height", fullHeight * scale);
}

const scaleToFit = () => Math.min(1.25, stage.clientWidth / fullWidth, stage.clientHeight / fullHeight);

function chooseScale() {
  if (!automatic) return;
  const whole = scaleToFit();
  const asWide = Math.min(1.1, stage.clientWidth / fullWidth); // then only up and down is scrolled
  const asHigh = Math.min(1.1, stage.clientHeight / fullHeight);
  if (whole >= readable) setScale(whole);
  else setScale(Math.max(readable, Math.min(1, asWide >= readable ? asWide : asHigh)));
}

function zoomBy(factor) {
  automatic = false;
  const middle = [(stage.scrollLeft + stage.clientWidth / 2) / scale, (stage.scrollTop + stage.clientHeight / 2) / scale];
  setScale(scale * factor);
  stage.scrollTo({ left: middle[0] * scale - stage.clientWidth / 2, top: middle[1] * scale - stage.clientHeight / 2, behavior: "instant" });
  drawMap();
}

function toggleWhole() {
  automatic = !automatic;
  if (automatic) chooseScale();
  else setScale(scaleToFit());
  show(true);
}

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/** Bring the cards into view; where they do not all fit, the first of them. */
function scrollTo(elements, instant) {
  if (!elements.length) return;
  const view = stage.getBoundingClientRect();
  const margin = 16;
  const boxes = elements.map((element) => element.getBoundingClientRect());
  const shift = (low, high, from, size) => {
    let start = Math.min(...boxes.map((box) => box[low]));
    let end = Math.max(...boxes.map((box) => box[high]));
    if (end - start > size - 2 * margin) [start, end] = [boxes[0][low], boxes[0][high]];
    return start < from + margin || end > from + size - margin ? (start + end) / 2 - (from + size / 2) : 0;
  };
  const left = shift("left", "right", view.left, stage.clientWidth);
  const top = shift("top", "bottom", view.top, stage.clientHeight);
  if (left || top) stage.scrollBy({ left, top, behavior: instant || stillness.matches ? "instant" : "smooth" });
}

const map = find(".map");
let mapScale = 1;

/** A small map of the whole, where the stage shows a part: beside the words, so that it hides nothing of the picture. */
function drawMap() {
  map.hidden = fullWidth * scale <= stage.clientWidth + 2 && fullHeight * scale <= stage.clientHeight + 2;
  if (map.hidden) return;
  mapScale = Math.min(Math.min(180, stage.clientWidth * 0.25) / fullWidth, 88 / fullHeight);
  const width = Math.max(24, fullWidth * mapScale);
  const height = Math.max(16, fullHeight * mapScale);
  const dense = window.devicePixelRatio || 1;
  map.width = width * dense;
  map.height = height * dense;
  map.style.width = `${width}px`;
  map.style.height = `${height}px`;
  const brush = map.getContext("2d");
  brush.setTransform(dense, 0, 0, dense, 0, 0);
  const colours = getComputedStyle(player);
  for (const element of cardElements) drawOnMap(brush, element, colours);
  brush.globalAlpha = 1;
  brush.strokeStyle = colourOf(colours, "--ink");
  brush.lineWidth = 1.5;
  const part = mapScale / scale;
  brush.strokeRect(
    stage.scrollLeft * part + 0.75, stage.scrollTop * part + 0.75,
    Math.min(width, stage.clientWidth * part) - 1.5, Math.min(height, stage.clientHeight * part) - 1.5,
  );
}

const probe = document.createElement("span"); // resolves light-dark() to a colour that a canvas understands
probe.hidden = true;
player.append(probe);

function colourOf(_, name) {
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

function drawOnMap(brush, element, colours) {
  const { e: left, f: top } = element.transform.baseVal.consolidate().matrix;
  const face = element.querySelector(".face");
  const active = element.classList.contains("written") || element.classList.contains("read");
  const gradient = element.querySelector(".gradient").textContent;
  let name = element.classList.contains("unknown") ? "--border" : "--edge";
  if (gradient && gradient !== "0") name = element.classList.contains("negative") ? "--negative" : "--positive";
  if (element.classList.contains("read")) name = "--read";
  if (element.classList.contains("written")) name = "--written";
  brush.fillStyle = colourOf(colours, name);
  brush.globalAlpha = active ? 1 : 0.5;
  const more = active ? 1.5 : 0;
  brush.fillRect(
    left * mapScale - more, top * mapScale - more,
    Math.max(1.5, face.width.baseVal.value * mapScale) + 2 * more, Math.max(1.5, face.height.baseVal.value * mapScale) + 2 * more,
  );
}

function scrollByMap(event) {
  const box = map.getBoundingClientRect();
  const left = ((event.clientX - box.left) / mapScale) * scale - stage.clientWidth / 2;
  const top = ((event.clientY - box.top) / mapScale) * scale - stage.clientHeight / 2;
  stage.scrollTo({ left, top, behavior: "instant" });
}

// ---------------------------------------------------------------------------------------------------------------
// Playing
// ---------------------------------------------------------------------------------------------------------------

let timer = 0;
const playIcon = "M2 2l7 6-7 6zM10 2h2v12h-2zM13 2h2v12h-2z";
const pauseIcon = "M4 2h3v12H4zM9 2h3v12H9z";

function setPlaying(on) {
  clearTimeout(timer);
  timer = on ? setTimeout(playOn, 1100 / Number(find(".speed").value)) : 0;
  buttons.play.setAttribute("aria-label", on ? "pause" : "play");
  buttons.play.title = on ? "pause (Space)" : "play (Space)";
  buttons.play.querySelector("path").setAttribute("d", on ? pauseIcon : playIcon);
  formulaElement.setAttribute("aria-live", on ? "off" : "polite"); // a reader cannot follow at this pace
}

function playOn() {
  if (!player.isConnected) return;
  goTo(position + 1);
  setPlaying(position < steps.length);
}

function togglePlaying() {
  if (timer) return setPlaying(false);
  if (position === steps.length) goTo(0);
  return playOn();
}

/** Whatever the reader does by hand ends the playing. */
function byHand(action) {
  setPlaying(false);
  action();
}

// ---------------------------------------------------------------------------------------------------------------
// The table of all values
// ---------------------------------------------------------------------------------------------------------------

const details = find("details");

function fillTable() {
  find("tbody").replaceChildren(...nodes.map((node, number) => {
    const row = document.createElement("tr");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = node.name;
    button.addEventListener("click", () => byHand(() => choose(number)));
    const isLeaf = node.shape === undefined;
    const cells = [button, isLeaf ? node.kind : "", known[number] ? node.data : "–", gradients[number] === null ? "–" : gradients[number]];
    cells.forEach((content, place) => {
      const cell = document.createElement("td");
      cell.append(content);
      if (place > 1) cell.className = "number";
      row.append(cell);
    });
    if (!isLeaf) fill(row.children[1], formulaOf(number, nameOf));
    return row;
  }));
}

function choose(node) {
  chosen = chosen === node ? null : node;
  show();
}

// ---------------------------------------------------------------------------------------------------------------
// What the reader does
// ---------------------------------------------------------------------------------------------------------------

const legend = find(".legend");

const keys = {
  ArrowRight: (event) => byHand(() => (event.shiftKey ? goToNextNode(1) : goTo(position + 1))),
  ArrowLeft: (event) => byHand(() => (event.shiftKey ? goToNextNode(-1) : goTo(position - 1))),
  Home: () => byHand(() => goTo(0)),
  End: () => byHand(() => goTo(steps.length)),
  " ": togglePlaying,
  "+": () => zoomBy(1.25),
  "=": () => zoomBy(1.25),
  "-": () => zoomBy(0.8),
  0: toggleWhole,
  "?": () => legend.togglePopover(),
  Escape: () => { legend.hidePopover(); chosen = null; show(); },
};

document.addEventListener("keydown", (event) => {
  const target = event.target;
  const pressesItself = event.key === " " && ["BUTTON", "SUMMARY"].includes(target.tagName);
  if (event.ctrlKey || event.metaKey || event.altKey || target.tagName === "SELECT" || pressesItself || !(event.key in keys)) return;
  event.preventDefault();
  keys[event.key](event);
});

buttons.first.addEventListener("click", () => byHand(() => goTo(0)));
buttons.previous.addEventListener("click", () => byHand(() => goTo(position - 1)));
buttons.next.addEventListener("click", () => byHand(() => goTo(position + 1)));
buttons.last.addEventListener("click", () => byHand(() => goTo(steps.length)));
buttons.play.addEventListener("click", togglePlaying);
slider.addEventListener("input", () => byHand(() => goTo(Number(slider.value), true)));
find(".zoom-in").addEventListener("click", () => zoomBy(1.25));
find(".zoom-out").addEventListener("click", () => zoomBy(0.8));
find(".zoom-fit").addEventListener("click", toggleWhole);
find(".theme").addEventListener("click", () => {
  const root = document.documentElement;
  const ink = colourOf(null, "--ink").match(/\d+/g).map(Number);
  root.style.colorScheme = ink[0] > 128 ? "light" : "dark"; // a bright ink is on dark paper
  drawMap();
});
details.addEventListener("toggle", () => { if (details.open) fillTable(); });

picture.addEventListener("click", (event) => {
  const card = event.target.closest(".card");
  const main = card ? cards[Number(card.dataset.card)].main : -1;
  byHand(() => choose(main < 0 ? null : main));
});

let dragFrom = null; // where a mouse that moves the picture was
stage.addEventListener("pointerdown", (event) => {
  if (event.pointerType === "mouse" && event.button === 0) dragFrom = [event.clientX, event.clientY];
});
window.addEventListener("pointermove", (event) => {
  if (!dragFrom || !event.buttons) return;
  stage.classList.add("dragged");
  stage.scrollBy({ left: dragFrom[0] - event.clientX, top: dragFrom[1] - event.clientY, behavior: "instant" });
  dragFrom = [event.clientX, event.clientY];
});
window.addEventListener("pointerup", () => { dragFrom = null; stage.classList.remove("dragged"); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawMap);
stage.addEventListener("scroll", () => requestAnimationFrame(drawMap), { passive: true });
map.addEventListener("pointerdown", (event) => { map.setPointerCapture(event.pointerId); scrollByMap(event); });
map.addEventListener("pointermove", (event) => { if (event.buttons) scrollByMap(event); });

// ---------------------------------------------------------------------------------------------------------------
// Begin
// ---------------------------------------------------------------------------------------------------------------

slider.max = steps.length;
find(".scale span").style.width = `${(100 * forwardCount) / steps.length}%`;
picture.classList.add("playing");
nodes.forEach((_, node) => paintNode(node));
edges.forEach((_, edge) => paintLineOf(edge));
new ResizeObserver(() => { chooseScale(); show(true); }).observe(stage);
chooseScale();
show(true);
