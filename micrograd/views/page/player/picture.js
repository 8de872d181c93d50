// ---------------------------------------------------------------------------------------------------------------
// The picture: what is painted on cards, lines and chips
// ---------------------------------------------------------------------------------------------------------------

const player = find(".player");
const stage = find(".stage");
const pictures = [...stage.querySelectorAll(".picture")].map((element, number) => pictureOf(element, graph.pictures[number]));
let { picture, spotlight, cards, cardOf, lineOf, cardParts, lineParts, chipParts } = pictures[0]; // those of the one that is seen
let shownPicture = 0;

/** A picture's elements, and which card or line stands for which node or edge. */
function pictureOf(element, { cards, cardOf, lineOf, tall }) {
  const picture = find("svg", element);
  const parts = (selector, number, selectors) => new Map(partsIn(picture, selector, number, selectors));
  const lineParts = parts(".line", "line", { stroke: ".stroke", forward: ".head.forward", backward: ".head.backward" });
  const chipParts = parts(".chip", "line", { box: "rect", text: "text" });
  const byNumber = parts(".card", "card", { face: ".face", name: ".name", data: ".data", gradient: ".gradient", tint: ".tint" });
  const cardParts = cards.map((_, card) => byNumber.get(card));
  for (const card of cardParts) card.fullName = card.name.textContent;
  for (const { box, text } of chipParts.values()) Object.assign(box, { asDrawn: text.textContent, widthAsDrawn: Number(box.getAttribute("width")) });
  for (const line of lineParts.values()) line.edges = [];
  edges.forEach((_, edge) => lineParts.get(lineOf[edge])?.edges.push(edge));
  const frameParts = [...picture.querySelectorAll(".frame")].map((frame) => ({ box: find("rect", frame), text: find("text", frame) }));
  return { element, picture, spotlight: find(".spotlight", picture), cards, cardOf, lineOf, cardParts, lineParts, chipParts, frameParts, tall };
}

/** [number, parts] for each of the elements; the numbers are those of the graph's cards or lines. */
function partsIn(picture, selector, number, selectors) {
  return [...picture.querySelectorAll(selector)].map((element) => {
    const parts = Object.entries(selectors).map(([name, inner]) => [name, find(inner, element)]);
    return [Number(element.dataset[number]), { element, ...Object.fromEntries(parts) }];
  });
}

/** See another picture of the graph. */
function usePicture(number) {
  if (number === shownPicture) return;
  unmark();
  pictures[shownPicture].element.hidden = true;
  pictures[number].element.hidden = false;
  shownPicture = number;
  ({ picture, spotlight, cards, cardOf, lineOf, cardParts, lineParts, chipParts } = pictures[number]);
  paintAll();
}

const partsOf = (node) => cardParts[cardOf[node]];
const isOnCard = (node) => cards[cardOf[node]].main === node;

/** How strong the colour of a number is, from 0 to 1: four decades below the largest gradient it has faded out. */
function strengthOf(number) {
  const size = Math.abs(number);
  if (!(size > 0) || !Number.isFinite(size)) return 0;
  return Math.max(0, Math.min(1, 1 + Math.log10(size / largestSlope) / 4));
}

function paintNode(node) {
  if (!isOnCard(node)) return;
  const { element, data, dots, gradient, tint } = partsOf(node);
  const slope = gradientNow(node);
  element.classList.toggle("unknown", !known[node]);
  element.classList.toggle("partial", slope !== null && !isFinal(node));
  element.classList.toggle("negative", slope !== null && slope < 0);
  const text = shown(dataOf(node));
  put(data, "text", text);
  if (dots) put(dots, "x1", (Number(dots.getAttribute("x2")) - dots.perLetter * text.length).toFixed(1));
  put(gradient, "text", slope === null ? "" : shown(slope));
  put(tint, "--tint", slope === null ? "0" : strengthOf(slope).toFixed(2));
}

/** A line may stand for several edges: it shows what went through it last. */
function paintLine(number) {
  const parts = lineParts.get(number);
  if (!parts) return;
  const chip = chipParts.get(number);
  const isReached = parts.edges.some((edge) => known[edges[edge].child]);
  const last = parts.edges.reduce((one, edge) => (productNow(edge) !== null && (one < 0 || stepThrough[edge] > stepThrough[one]) ? edge : one), -1);
  const product = last < 0 ? null : productNow(last);
  for (const element of chip ? [parts.element, chip.element] : [parts.element]) {
    element.classList.toggle("reached", isReached);
    element.classList.toggle("passed", product !== null);
  }
  parts.element.classList.toggle("negative", product !== null && product < 0);
  parts.element.classList.toggle("nothing", product === 0);
  put(parts.stroke, "--strength", product === null ? "0" : strengthOf(product).toFixed(2));
}

/** The local derivative of the one edge that a line with a chip stands for. */
function paintChip(edge) {
  const chip = chipParts.get(lineOf[edge]);
  if (!chip) return;
  const text = shown(localOf(edge), 3);
  if (text === chip.text.textContent) return;
  const { asDrawn, widthAsDrawn } = chip.box;
  const width = text === asDrawn ? widthAsDrawn : widthAsDrawn + 5.8 * (text.length - asDrawn.length);
  put(chip.text, "text", text);
  put(chip.box, "width", width);
  put(chip.box, "x", (Number(chip.text.getAttribute("x")) - width / 2).toFixed(1));
}

/** Whether a card at one of its ends is seen. */
function isLineSeen(number, isSeen) {
  if (isSeen === everything) return true;
  const first = edges[lineParts.get(number)?.edges[0]];
  return first !== undefined && (isSeen(cardOf[first.parent]) || isSeen(cardOf[first.child]));
}

function paintChanged() {
  changedNodes.forEach(paintNode);
  changedEdges.forEach((edge) => paintLine(lineOf[edge]));
  changedNodes.clear();
  changedEdges.clear();
}

const everything = () => true;

/** After numbers have changed: what is not another text or class stays untouched. */
function paintAll(isSeen = everything) {
  cards.forEach(({ main }, card) => { if (main >= 0 && isSeen(card)) paintNode(main); });
  for (const number of lineParts.keys()) if (isLineSeen(number, isSeen)) paintLine(number);
  edges.forEach((_, edge) => { if (isLineSeen(lineOf[edge], isSeen)) paintChip(edge); });
  changedNodes.clear();
  changedEdges.clear();
}

// ---------------------------------------------------------------------------------------------------------------
// What a step reads and writes
// ---------------------------------------------------------------------------------------------------------------

let marked = []; // what the last step has marked: [element, class]

function mark(element, name) {
  if (!element) return;
  element.classList.add(name);
  marked.push([element, name]);
}

function unmark() {
  marked.forEach(([element, name]) => element.classList.remove(name));
  marked = [];
  spotlight.removeAttribute("d");
}

function markNode(node, role, number) {
  const card = partsOf(node);
  mark(card.element, role);
  mark(card.element, "active");
  if (isOnCard(node)) mark(card[number], "number");
}

function markEdge(number, back) {
  const line = lineOf[number];
  for (const element of [lineParts.get(line)?.element, chipParts.get(line)?.element]) {
    mark(element, "active");
    if (back) mark(element, "back");
  }
}

/** Mark what the step reads and writes; give the nodes whose cards should be in view, the most important first. */
function markStep(step) {
  if (step.kind === "forward") {
    markNode(step.node, "written", "data");
    const parents = edgesInto[step.node].map((edge) => edges[edge].parent);
    edgesInto[step.node].forEach((edge) => markEdge(edge, false));
    parents.filter((parent) => cardOf[parent] !== cardOf[step.node]).forEach((parent) => markNode(parent, "read", "data"));
    return [step.node, ...parents];
  }
  if (step.kind === "seed") {
    markNode(step.node, "written", "gradient");
    return [step.node];
  }
  if (step.kind === "backward") {
    const { child } = edges[step.edge];
    markEdge(step.edge, true);
    const stroke = lineParts.get(lineOf[step.edge])?.stroke;
    if (stroke) spotlight.setAttribute("d", stroke.getAttribute("d")); // above all other lines
    if (cardOf[child] !== cardOf[step.node]) markNode(child, "read", "gradient");
    markNode(step.node, "written", "gradient");
    return [step.node, child];
  }
  return [graph.output];
}
