// ---------------------------------------------------------------------------------------------------------------
// The picture: what is painted on cards, lines and chips
// ---------------------------------------------------------------------------------------------------------------

const player = find(".player");
const stage = find(".stage");
const picture = find("svg", stage);
const spotlight = find(".spotlight", picture);
const lineParts = new Map(allParts(".line", "line", { stroke: ".stroke", forward: ".head.forward", backward: ".head.backward" }));
const chipParts = new Map(allParts(".chip", "line", { box: "rect", text: "text" }));
const cardParts = allParts(".card", "card", { face: ".face", name: ".name", data: ".data", gradient: ".gradient", tint: ".tint" })
  .sort(([a], [b]) => a - b)
  .map(([, parts]) => parts);
const frameParts = [...picture.querySelectorAll(".frame")].map((element) => ({ box: find("rect", element), text: find("text", element) }));
for (const parts of cardParts) parts.fullName = parts.name.textContent;
for (const { box, text } of chipParts.values()) Object.assign(box, { asDrawn: text.textContent, widthAsDrawn: Number(box.getAttribute("width")) });

/** [number, parts] for each of the elements; the numbers are those of the graph's cards or lines. */
function allParts(selector, number, selectors) {
  return [...picture.querySelectorAll(selector)].map((element) => {
    const parts = Object.entries(selectors).map(([name, inner]) => [name, find(inner, element)]);
    return [Number(element.dataset[number]), { element, ...Object.fromEntries(parts) }];
  });
}

const isOnCard = (node) => cards[nodes[node].card].main === node;
const cardOf = (node) => cardParts[nodes[node].card].element;

/** How strong the colour of a number is, from 0 to 1: four decades below the largest gradient it has faded out. */
function strengthOf(number) {
  const size = Math.abs(number);
  if (!(size > 0) || !Number.isFinite(size)) return 0;
  return Math.max(0, Math.min(1, 1 + Math.log10(size / largestSlope) / 4));
}

function paintNode(node) {
  if (!isOnCard(node)) return;
  const { element, data, gradient, tint } = cardParts[nodes[node].card];
  const slope = gradientNow(node);
  element.classList.toggle("unknown", !known[node]);
  element.classList.toggle("partial", slope !== null && !isFinal(node));
  element.classList.toggle("negative", slope !== null && slope < 0);
  put(data, "text", shown(dataOf(node)));
  put(gradient, "text", slope === null ? "" : shown(slope));
  put(tint, "--tint", slope === null ? "0" : strengthOf(slope).toFixed(2));
}

function paintLine(number) {
  const parts = lineParts.get(number);
  if (!parts) return;
  const chip = chipParts.get(number);
  const product = productNow(number);
  for (const element of chip ? [parts.element, chip.element] : [parts.element]) {
    element.classList.toggle("reached", (reached.get(number) || 0) > 0);
    element.classList.toggle("passed", product !== null);
  }
  parts.element.classList.toggle("negative", product !== null && product < 0);
  parts.element.classList.toggle("nothing", product === 0);
  put(parts.stroke, "--strength", product === null ? "0" : strengthOf(product).toFixed(2));
}

/** The local derivative of the one edge that a line with a chip stands for. */
function paintChip(edge) {
  const chip = chipParts.get(edges[edge].line);
  if (!chip) return;
  const text = shown(localOf(edge), 3);
  if (text === chip.text.textContent) return;
  const { asDrawn, widthAsDrawn } = chip.box;
  const width = text === asDrawn ? widthAsDrawn : widthAsDrawn + 5.8 * (text.length - asDrawn.length);
  put(chip.text, "text", text);
  put(chip.box, "width", width);
  put(chip.box, "x", (Number(chip.text.getAttribute("x")) - width / 2).toFixed(1));
}

function paintChanged() {
  changedNodes.forEach(paintNode);
  changedLines.forEach(paintLine);
  changedNodes.clear();
  changedLines.clear();
}

/** After numbers have changed: what is not another text or class stays untouched. */
function paintAll() {
  cards.forEach((card) => { if (card.main >= 0) paintNode(card.main); });
  for (const number of lineParts.keys()) paintLine(number);
  edges.forEach((_, edge) => paintChip(edge));
  changedNodes.clear();
  changedLines.clear();
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
  const card = cardParts[nodes[node].card];
  mark(card.element, role);
  mark(card.element, "active");
  if (isOnCard(node)) mark(card[number], "number");
}

function markEdge(number, back) {
  const { line } = edges[number];
  for (const element of [lineParts.get(line)?.element, chipParts.get(line)?.element]) {
    mark(element, "active");
    if (back) mark(element, "back");
  }
}

/** Mark what the step reads and writes; give the cards that should be in view, the most important first. */
function markStep(step) {
  if (step.kind === "forward") {
    markNode(step.node, "written", "data");
    const parents = edgesInto[step.node].map((edge) => edges[edge].parent);
    edgesInto[step.node].forEach((edge) => markEdge(edge, false));
    parents.filter((parent) => cardOf(parent) !== cardOf(step.node)).forEach((parent) => markNode(parent, "read", "data"));
    return [cardOf(step.node), ...parents.map(cardOf)];
  }
  if (step.kind === "seed") {
    markNode(step.node, "written", "gradient");
    return [cardOf(step.node)];
  }
  if (step.kind === "backward") {
    const { child, line } = edges[step.edge];
    markEdge(step.edge, true);
    const stroke = lineParts.get(line)?.stroke;
    if (stroke) spotlight.setAttribute("d", stroke.getAttribute("d")); // above all other lines
    if (cardOf(child) !== cardOf(step.node)) markNode(child, "read", "gradient");
    markNode(step.node, "written", "gradient");
    return [cardOf(step.node), cardOf(child)];
  }
  return [cardOf(graph.output)];
}
