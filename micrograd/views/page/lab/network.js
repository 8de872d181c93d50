// ---------------------------------------------------------------------------------------------------------------
// The network: a card for each unit, with its heat map; a line for each weight
// ---------------------------------------------------------------------------------------------------------------

const network = find(".network");
const lineLayer = makeShape("svg", { role: "group", "aria-label": "weights" });
const [bandLayer, strokeLayer, chipLayer] = ["bands", "strokes", "chips"].map((name) => lineLayer.appendChild(makeShape("g", { class: name })));
network.append(lineLayer);

const networkState = { places: null, showGradients: false, chosenCard: -1, heldParameter: 0 };
const stripFrames = cardsOfColumn.map((_, column) => (isFolded[column] ? network.appendChild(makeElement("div", { className: "strip" })) : null));
const units = lab.cards.map(makeUnit);
const weights = lab.lines.map((_, line) => (isBundled(line) ? null : makeWeight(line)));
const columnTitles = cardsOfColumn.map((cards) => network.appendChild(makeElement("div", { className: "column", textContent: columnName(cards) })));
let linesShown = lab.lines.map((_, line) => line).filter((line) => weights[line]);

const fullName = (card) => [lab.cards[card].group, lab.cards[card].name].filter(Boolean).join(".");

function columnName(cards) {
  const [first] = cards.map((card) => lab.cards[card]);
  if (first.kind === "input") return "inputs";
  if (first.kind === "loss") return "loss";
  if (cards.some((card) => lab.outputCards.includes(card))) return lab.outputCards.length > 1 ? "outputs" : "output";
  return first.group || "features";
}

function makeUnit(card, number) {
  const element = makeElement("button", { type: "button", className: "unit" });
  const drawn = lab.surfaceCards.includes(number);
  const picture = drawn ? makeElement("canvas") : makeElement("div", { className: "tile", textContent: card.kind === "loss" ? "L" : "θ" });
  const data = makeElement("span", { className: "data" });
  const slope = makeElement("span", { className: "gradient" });
  element.append(picture, makeElement("span", { className: "pair" }, data, slope));
  element.addEventListener("click", () => chooseUnit(number));
  network.append(element);
  return { element, picture, data, slope };
}

function makeWeight(number) {
  const { parameter } = lab.lines[number];
  const group = makeShape("g", { class: "weight" });
  const stroke = makeShape("path", { class: "stroke" });
  const hit = makeShape("path", { class: parameter < 0 ? "hit fixed" : "hit" });
  group.append(...(parameter < 0 ? [] : [makeShape("title", {}, lab.parameters[parameter])]), stroke, hit);
  strokeLayer.append(group);
  const weight = { group, stroke, hit, over: null, chip: null, label: null, box: null, handle: null, text: "" };
  if (parameter < 0) return weight;
  hit.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || (event.pointerType === "touch" && !hasChips)) return; // among many lines a finger scrolls the page
    event.preventDefault();
    takeInHand(parameter);
    followPointer(event, training.p[parameter], 1, (wanted) => moveParameter(parameter, wanted), () => {});
  });
  hit.addEventListener("click", () => takeInHand(parameter));
  if (hasChips) {
    hit.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    weight.chip = makeShape("g", { class: "chip" });
    weight.box = makeShape("rect");
    weight.label = makeShape("text");
    weight.chip.append(weight.box, weight.label);
    weight.over = chipLayer.appendChild(makeShape("g")); // above all lines, with the state of its own
    weight.over.append(makeShape("title", {}, lab.parameters[parameter]), weight.chip);
    weight.handle = makeParameterHandle(weight.chip, parameter);
  }
  return weight;
}

/** A handle of a parameter's number: a chip, or a number in the words. */
function makeParameterHandle(element, parameter) {
  return makeHandle(element, {
    name: lab.parameters[parameter],
    value: () => training.p[parameter],
    set: (number) => moveParameter(parameter, number),
    reset: () => moveParameter(parameter, training.start.numbers[parameter]),
    output: () => `loss ${shown(lossNow())}`,
    begin: () => takeInHand(parameter),
  });
}

function takeInHand(parameter) {
  pause();
  hold(parameter);
}

/** A hand gives a parameter another number; it is drawn with the next frame. */
function moveParameter(parameter, number) {
  if (networkState.heldParameter !== parameter) hold(parameter);
  if (!Number.isFinite(number) || training.p[parameter] === number) return;
  setParameter(parameter, number);
  showSoon();
}

function chooseUnit(card) {
  const { main } = lab.cards[card];
  networkState.chosenCard = networkState.chosenCard === card ? -1 : card;
  if (lab.nodes[main].p !== undefined) hold(lab.nodes[main].p);
  showBundled();
  show();
}

/** Of bundled lines only those of the chosen unit, and the one in the hand, are drawn. */
function showBundled() {
  if (!isFolded.includes(true)) return;
  linesShown = [];
  lab.lines.forEach(({ tail, head, parameter }, line) => {
    const visible = !isBundled(line) || tail === networkState.chosenCard || head === networkState.chosenCard || (parameter >= 0 && parameter === networkState.heldParameter);
    if (visible && !weights[line]) weights[line] = makeWeight(line);
    if (visible) linesShown.push(line);
    if (weights[line]) put(weights[line].group, "display", visible ? "inline" : "none");
  });
  placeLines();
}

// ---------------------------------------------------------------------------------------------------------------
// Placing: when the size of the network is another one
// ---------------------------------------------------------------------------------------------------------------

function placeNetwork(width, height) {
  if (!width || !height) return;
  const places = placesIn(width, height);
  networkState.places = places;
  put(network, "data-form", places.form);
  put(network, "--digits", `${places.digits}px`);
  places.units.forEach((place, card) => {
    const { element } = units[card];
    for (const [name, size] of [["left", place.left], ["top", place.top], ["width", place.wide], ["height", place.high]]) element.style[name] = `${size.toFixed(1)}px`;
    put(element, "--picture", `${place.picture}px`);
  });
  places.columns.forEach(({ middle, frame }, column) => {
    const neighbours = [places.columns[column - 1], places.columns[column + 1]].filter(Boolean).map((other) => Math.abs(other.middle - middle) / 2);
    const half = Math.max(20, Math.min(75, middle, width - middle, ...neighbours));
    Object.assign(columnTitles[column].style, { left: `${middle - half}px`, width: `${2 * half}px` });
    if (frame) Object.assign(stripFrames[column].style, { left: `${frame.left}px`, top: `${frame.top}px`, width: `${frame.wide}px`, height: `${frame.high}px` });
  });
  placeLines();
  placeBands();
}

function placeLines() {
  if (!networkState.places) return;
  const { lines, digits } = networkState.places;
  const size = Math.max(10.5, Math.min(12.5, digits - 2));
  for (const line of linesShown) {
    const { stroke, hit } = weights[line];
    const curve = curveOf(lines[line]);
    put(stroke, "d", curve);
    put(hit, "d", curve);
  }
  const labelled = linesShown.filter((line) => weights[line].chip);
  chipPlaces(labelled.map((line) => lines[line]), 5.5 * size, 1.8 * size, networkState.places.units).forEach(([x, y], k) => {
    const weight = weights[labelled[k]];
    put(weight.chip, "transform", `translate(${x.toFixed(1)},${y.toFixed(1)})`);
    put(weight.label, "font-size", size);
    put(weight.box, "y", -0.82 * size);
    put(weight.box, "height", 1.64 * size);
    weight.text = ""; // its box is as wide as its text is long
  });
}

function placeBands() {
  const { columns, units: placed } = networkState.places;
  const parts = [];
  for (let head = 1; head < columnCount; head += 1) for (let tail = 0; tail < head; tail += 1) {
    const between = lab.lines.filter((line) => lab.cards[line.tail].column === tail && lab.cards[line.head].column === head);
    if (!between.length || !(isFolded[tail] || isFolded[head])) continue;
    const side = (column) => ({ left: columns[column].left, right: columns[column].left + columns[column].wide, units: cardsOfColumn[column].map((card) => placed[card]) });
    parts.push(makeShape("path", { class: "band", d: bandOf(side(tail), side(head)) }));
    const middle = (columns[tail].left + columns[tail].wide + columns[head].left) / 2;
    const top = [tail, head].map((column) => Math.min(...cardsOfColumn[column].map((card) => placed[card].top)));
    parts.push(makeShape("text", { class: "count-of-band", x: middle, y: Math.min(...top) - 8 }, `${between.length.toLocaleString("en")} weights`));
  }
  bandLayer.replaceChildren(...parts);
}

// ---------------------------------------------------------------------------------------------------------------
// Painting: what has changed is written, and nothing else
// ---------------------------------------------------------------------------------------------------------------

/** Write classes that come and go, as one text. */
function setState(element, base, states) {
  let state = base;
  for (const name in states) if (states[name]) state += ` ${name}`;
  put(element, "class", state);
}

/** How strong the colour of a gradient is: four decades below the largest one it has faded out. */
const strengthBeside = (size, largest) => (size > 0 && size < Infinity ? Math.max(0, Math.min(1, 1 + Math.log10(size / largest) / 4)) : 0);

function largestOf(numbers, count) {
  let largest = 1e-300;
  for (let k = 0; k < count; k += 1) { const size = Math.abs(numbers[k]); if (size > largest && size < Infinity) largest = size; }
  return largest;
}

function paintLines() {
  const { p, sums } = training;
  const { showGradients, heldParameter } = networkState;
  const largest = showGradients ? largestOf(sums, p.length) : 0;
  for (const line of linesShown) {
    const { parameter, edges, head } = lab.lines[line];
    const weight = weights[line];
    const number = parameter < 0 ? localOf(edges[0]) : (showGradients ? sums : p)[parameter];
    const size = parameter < 0 ? 0.3 : showGradients ? strengthBeside(Math.abs(number), largest) : Math.min(1, Math.abs(number) / 2.5) || 0;
    put(weight.stroke, "stroke-width", (0.7 + 4.6 * size).toFixed(1));
    put(weight.stroke, "stroke-opacity", (0.22 + 0.7 * size).toFixed(2));
    put(weight.stroke, "class", parameter < 0 ? "stroke" : number < 0 ? "stroke minus" : "stroke plus");
    const flow = inside !== null && inside.card === head;
    const moved = inside !== null && inside.kind === "update" && weight.chip !== null;
    const states = { held: inside === null && parameter >= 0 && parameter === heldParameter, flow, back: flow && inside.kind === "backward", moved };
    setState(weight.group, "weight", states);
    if (!weight.chip) continue;
    setState(weight.over, "weight", states);
    paintChip(weight, flow && inside.kind === "backward" ? localOf(edges[0]) : moved ? nextParameter(parameter) : number);
  }
}

function paintChip(weight, number) {
  const text = shown(number, 3);
  if (weight.text !== text) {
    weight.text = text;
    const size = Number(weight.label.getAttribute("font-size"));
    const wide = 0.605 * size * text.length + size;
    put(weight.label, "text", text);
    put(weight.box, "x", (-wide / 2).toFixed(1));
    put(weight.box, "width", wide.toFixed(1));
  }
  if (!playing) weight.handle.refresh();
}

function paintUnits() {
  const { numbers, slopes } = look;
  let largest = 1e-300;
  lab.cards.forEach(({ kind, main }) => { const size = Math.abs(slopes[main]); if (kind !== "loss" && size > largest && size < Infinity) largest = size; });
  const { form, digits: size } = networkState.places ?? { form: "tiles", digits: 11 };
  const [dataDigits, mostDigits] = form === "stacked" || form === "double" ? [3, 2] : [4, size > 13 ? 3 : 2];
  put(network, "data-phase", inside ? inside.kind : "");
  lab.cards.forEach(({ main }, card) => {
    const unit = units[card];
    const done = inside === null || inside.gradients.has(card);
    const slopeDigits = Math.abs(slopes[main]) < 0.01 ? 2 : mostDigits; // −4.3e−4, −0.0012: one more runs over ∇
    put(unit.data, "text", shown(numbers[main], dataDigits));
    put(unit.slope, "text", done ? shown(Number(slopes[main].toPrecision(slopeDigits)), slopeDigits) : "\u00a0");
    put(unit.slope, "--tint", done ? strengthBeside(Math.abs(slopes[main]), largest).toFixed(1) : "0");
    put(unit.slope, "class", slopes[main] < 0 ? "gradient minus" : "gradient");
    setState(unit.element, networkState.places && networkState.places.units[card].small ? "unit small" : "unit", {
      chosen: card === networkState.chosenCard,
      unknown: inside !== null && !inside.known.has(card),
      writes: inside !== null && inside.writes === card,
      reads: inside !== null && inside.reads.has(card),
    });
    if (!playing) nameUnit(card, done);
  });
}

/** What a unit is, for readers of the screen and as a tip; it tells no number that is not computed yet. */
function nameUnit(card, done) {
  const { main } = lab.cards[card];
  const known = inside === null || inside.known.has(card);
  const name = `${fullName(card)}: ${known ? shown(look.numbers[main]) : "not computed yet"}${done ? `, gradient ${shown(look.slopes[main])}` : ""}`;
  put(units[card].element, "title", name);
  put(units[card].element, "aria-label", name);
  put(units[card].element, "aria-pressed", card === networkState.chosenCard);
}
