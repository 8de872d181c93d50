// ---------------------------------------------------------------------------------------------------------------
// The hand: leaves are moved, at any position of the sweep, and what follows from them is computed and marked
// ---------------------------------------------------------------------------------------------------------------

const leafNodes = nodes.map((_, node) => node).filter((node) => isLeaf(node) && nodes[node].kind !== "constant");
const placeOfLeaf = new Map(leafNodes.map((node, place) => [node, place]));
const leaves = Float64Array.from(leafNodes.map((node) => fromPython[node]));
const noParameters = new Float64Array(0);
const numbersElsewhere = new Float64Array(numbers.length);
const mostTabStops = 12; // leaves that the tab key visits one by one; of more only the one held, which the menu chooses

let held = null; // the leaf that was moved last, or is looked at
let before = null; // all numbers as they were when the hand took hold; null where it has moved nothing
let follows = { leaf: null, picture: 0, nodes: new Set(), cards: new Set(), lines: new Set() }; // what depends on the leaf held

const leafValue = (node) => leaves[placeOfLeaf.get(node)];
const pythonValue = (node) => fromPython[node];
const isAsPython = () => leafNodes.every((node, place) => Object.is(leaves[place], fromPython[node]));

/** Take hold of a leaf. Its changes count from here on; by keys, from where the first of them took hold. */
function takeHold(node, byKey = false) {
  setPlaying(false);
  if (!byKey || node !== held || !before) before = Float64Array.from(numbers);
  held = node;
  showWhatIf(true);
}

function setLeaf(node, number) {
  if (!Number.isFinite(number)) return;
  if (node !== held || !before) takeHold(node);
  leaves[placeOfLeaf.get(node)] = number;
  refreshSoon();
}

/** Look at a leaf, without a change. */
function lookAtLeaf(node) {
  if (held !== node) before = null;
  held = node;
  refreshSoon();
}

/** One leaf, or all, as they came from Python. */
function resetLeaf(node) {
  leaves[placeOfLeaf.get(node)] = pythonValue(node);
  if (isAsPython()) before = null;
  refreshSoon();
}

function resetAll() {
  leafNodes.forEach((node, place) => { leaves[place] = pythonValue(node); });
  before = null;
  refreshSoon();
}

/** All numbers at the leaves: as Python gave them where these are Python's. */
function computeNumbers() {
  if (isAsPython()) numbers.set(fromPython);
  else graphNumbers(leaves, noParameters, numbers);
  sweep();
}

const restAfter = 200; // milliseconds without a change, after which what is out of sight is painted too
let waiting = 0;
let resting = 0;

/** Show the numbers anew at the next frame, however often the hand moves before it. What is out of sight can wait. */
function refreshSoon() {
  if (waiting) return;
  waiting = requestAnimationFrame(() => {
    const isSeen = seenCards();
    refresh(isSeen);
    if (isSeen !== everything) resting = setTimeout(rest, restAfter);
  });
}

function refresh(isSeen = everything) {
  cancelAnimationFrame(waiting);
  clearTimeout(resting);
  waiting = resting = 0;
  computeNumbers();
  paintAll(isSeen);
  showHand(isSeen);
  showStep();
  showWhatIfNumbers();
}

/** Paint what was out of sight. */
function rest() {
  if (!resting) return;
  clearTimeout(resting);
  resting = 0;
  paintAll();
  showHand();
  drawMap();
}

/** What depends on the leaf: found once for each leaf and picture. */
function findFollowers(leaf) {
  if (follows.leaf === leaf && follows.picture === shownPicture) return;
  const found = new Set([leaf]);
  nodes.forEach((node, place) => { if (node.parents?.some((parent) => found.has(parent))) found.add(place); });
  follows = { leaf, picture: shownPicture, nodes: found, cards: new Set(), lines: new Set() };
  for (const node of found) follows.cards.add(cardOf[node]);
  edges.forEach(({ parent }, edge) => { if (found.has(parent)) follows.lines.add(lineOf[edge]); });
}

/** Mark in the picture what follows the hand, and by how much: what has moved, or what the nudge h would do. */
function showHand(isSeen = everything) {
  const moving = held !== null && (isNudging || before !== null);
  if (moving) findFollowers(held);
  if (moving && isNudging) numbersAt(held, leafValue(held) + nudgeSizes[nudgePower], numbersElsewhere);
  const [from, to] = isNudging ? [numbers, numbersElsewhere] : [before, numbers];
  cardParts.forEach((parts, card) => {
    if (!isSeen(card)) return;
    const { main } = cards[card];
    const isMoved = moving && follows.cards.has(card) && (main < 0 || known[main]);
    parts.element.classList.toggle("held", isMoved && main === held);
    parts.element.classList.toggle("moved", isMoved && main !== held);
    if (!parts.change) return;
    const change = isMoved && follows.nodes.has(main) ? to[main] - from[main] : 0;
    const text = change === 0 ? "" : signedShown(change);
    put(parts.change, "text", text);
    put(parts.name, "text", text ? cutName(parts.fullName, nameRoom(text)) : parts.fullName);
  });
  for (const [line, { element }] of lineParts) element.classList.toggle("moved", moving && follows.lines.has(line));
  showReadout(moving);
  visitByTab();
  for (const handle of pictures[shownPicture].handles.values()) handle.refresh();
}

const nameRoom = (change) => Math.floor((cardWidth - 55 - 6.2 * change.length) / 7.2); // letters beside it
const cutName = (name, length) => (name.length > length ? `${name.slice(0, Math.max(1, length - 1))}…` : name);

/** In the header: the output, and what it was. */
function showReadout(moving) {
  const output = graph.output;
  const isShown = known[output] || moving;
  const was = moving && !isNudging && !Object.is(before[output], numbers[output]) ? `${shown(before[output])} → ` : "";
  put(readout.name, "text", isShown ? `${outputName} = ` : "");
  put(readout.was, "text", isShown ? was : "");
  put(readout.now, "text", isShown ? shown(numbers[output]) : "");
  readout.now.classList.toggle("moved", was !== "");
  player.dataset.output = String(numbers[output]);
}

const readout = { name: find(".readout-name"), was: find(".readout-was"), now: find(".readout-now") };

function numbersAt(leaf, number, out) {
  const place = placeOfLeaf.get(leaf);
  const kept = leaves[place];
  leaves[place] = number;
  graphNumbers(leaves, noParameters, out);
  leaves[place] = kept;
}

/** The options of a handle of this leaf, on its card, in the panel or in the table. */
function handleOf(node) {
  return {
    name: fullName(node),
    value: () => leafValue(node),
    set: (number) => setLeaf(node, number),
    reset: () => resetLeaf(node),
    output: () => `${fullName(graph.output)} is ${shown(numbers[graph.output])}`,
    begin: (byKey) => takeHold(node, byKey),
  };
}

/** Make the numbers of leaves into handles, and give each card a place for its change. */
function makeLive(shown) {
  const { picture, cards, cardParts } = shown;
  shown.handles = new Map(); // by leaf
  picture.setAttribute("role", "group"); // what can be taken hold of is told to readers of the screen, and nothing else
  const layer = find("g[aria-hidden]", picture);
  layer.removeAttribute("aria-hidden");
  for (const element of layer.children) element.setAttribute("aria-hidden", "true");
  cardParts.forEach((parts, card) => {
    const { main } = cards[card];
    if (main < 0) return;
    parts.change = makeShape("text", { class: "change", x: cardWidth - 8, y: parts.name.getAttribute("y") }, "");
    parts.element.append(parts.change);
    if (placeOfLeaf.has(main)) shown.handles.set(main, handleOnCard(main, parts));
  });
}

function handleOnCard(node, parts) {
  const { element, data } = parts;
  const [right, baseline] = ["x", "y"].map((name) => Number(data.getAttribute(name)));
  const grip = makeShape("rect", { class: "handle", x: 40, y: baseline - 15, width: cardWidth - 44, height: 20, rx: 5 });
  parts.dots = makeShape("line", { class: "dots", x2: right, y1: baseline + 3.6, y2: baseline + 3.6 });
  parts.dots.perLetter = 0.6 * parseFloat(getComputedStyle(data).fontSize);
  element.append(parts.dots, grip);
  for (const child of element.children) child.setAttribute("aria-hidden", "true");
  element.removeAttribute("aria-hidden");
  element.classList.add("live");
  element.addEventListener("focus", () => { if (held !== node) lookAtLeaf(node); });
  return makeHandle(element, { ...handleOf(node), grip });
}

/** Which leaves the tab key visits. */
function visitByTab() {
  for (const { handles, cardParts, cardOf } of pictures) {
    if (handles.size <= mostTabStops) continue;
    for (const node of handles.keys()) put(cardParts[cardOf[node]].element, "tabindex", node === held ? 0 : -1);
  }
}
