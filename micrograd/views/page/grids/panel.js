// ---------------------------------------------------------------------------------------------------------------
// The panel: one window with its numbers, forward or backward
// ---------------------------------------------------------------------------------------------------------------

const panel = find(".panel");

const sign = (words) => makeElement("span", { className: "sign", textContent: words });
const row = (...parts) => makeElement("div", { className: "row" }, ...parts);
const asElement = (markup) => makeElement("div", { innerHTML: markup }).firstElementChild; // what tag() made: all text in it is escaped

function figure(title, content, width, height) {
  const element = makeElement("figure", {}, makeElement("figcaption", { textContent: title }));
  element.append(asElement(svg(width, height, content, { role: "img", "aria-label": title })));
  return element;
}

/** The width of a cell in the panel: three columns of them, three times, and what follows fit beside each other. */
function panelCell() {
  const [forward, backward] = panel.clientWidth >= 1240 ? [52, 48] : panel.clientWidth >= 940 ? [38, 32] : [36, 36];
  return now.gradients ? backward : forward;
}

/** Numbers of a window as cells, with a frame that says their part in the step. */
function windowFigure(title, shapes, numbers, scale, { role = "", inInk = false } = {}) {
  const cell = panelCell();
  const grid = fittedParts(shapes, [Math.max(3.2 * cell, panel.clientWidth >= 940 ? 132 : 116), 98], cell, 1.6);
  const content = heat(grid.boxes, numbers, scale, { inInk, title: (k) => shown(numbers[k]) });
  return figure(title, content + (role ? frames([boxAround(grid.boxes)], role) : ""), grid.width, grid.height);
}

function cardFigure(title, options, wide = panel.clientWidth >= 1240 ? 112 : panel.clientWidth >= 940 ? 104 : 94) {
  return figure(title, card([0, 0], wide, options), wide, cardHeight);
}

function paintPanel() {
  const parts = hasNeurons(now.stage) ? (now.gradients ? sharesOf() : sumOf()) : isPool(now.stage) ? poolOf() : plainCell();
  panel.replaceChildren(...parts);
}

const heading = (words) => makeElement("h2", { textContent: words });
const where = () => [channelName(now.stage, now.channel), placeName(now)].filter(Boolean).join(", ");
const countOf = (count, [one, many]) => `${count} ${count === 1 ? one : many}`;

/** The nouns for what a stage reads: pixels, means, ... */
function readNoun() {
  const kinds = [...new Set(stages[now.stage].reads.map((number) => nounsOf(number)[1]))];
  return kinds.length === 1 ? kinds[0] : "numbers";
}

/** What is read, each number on the scale of its stage. */
function readFigure(title, terms, role) {
  const scales = stages.map((_, number) => (stages[now.stage].reads.includes(number) ? stageScale(number, "values") : 0));
  const scale = (k) => (terms.reads[k] ? scales[terms.reads[k].stage] : 0);
  const inInk = (k) => terms.reads[k] !== null && stages[terms.reads[k].stage].ink === true;
  return windowFigure(title, stages[now.stage].window, terms.read, scale, { role, inInk });
}

/** Forward: what is read times the weights, added up, and through the activation. */
function sumOf() {
  const terms = termsOf(now);
  const stage = stages[now.stage];
  const count = terms.products.length;
  const products = [
    readFigure(readNoun(), terms, "read"), sign("×"),
    windowFigure(filterName(now.stage, now.channel), stage.window, terms.weights, weightScale(now.stage, false), { role: "read" }), sign("="),
    windowFigure("products", stage.window, terms.products, largestIn(terms.products)), sign("→"),
  ];
  const cards = [cardFigure("their sum", { glyph: "Σ", value: terms.sum, role: terms.bias === null && !stage.activation ? "written" : "" })];
  if (terms.bias !== null) cards.push(sign("+"), cardFigure("bias", { glyph: "b", kind: "parameter", value: terms.bias }), sign("="), cardFigure("z", { glyph: "+", value: terms.before, role: stage.activation ? "" : "written" }));
  if (stage.activation) cards.push(sign("→"), cardFigure(symbolOf({ stage: now.stage, cell: terms.cell }), { glyph: activationName(stage), value: terms.value, role: "written" }));
  const note = makeElement("p", { textContent: activationWords(stage, terms) });
  return [heading(`${where()}: ${count} ${readNoun()} × ${countOf(count, ["weight", "weights"])}, added up`), row(row(...products), row(...cards)), note];
}

function activationWords({ activation }, { before, slope }) {
  if (activation === "relu") return before > 0 ? "z is positive: ReLU lets it through unchanged." : "z is not positive: ReLU shuts. The cell is 0, and no gradient will come back through it.";
  if (activation && slope !== null) return `Here ${activation} has the slope ${shown(slope)}: that share of a gradient will come back through it.`;
  return activation ? "" : "No activation: the sum is the number of the cell.";
}

/** Backward: what came back to this window, and its shares of the gradients of the weights and of what was read. */
function sharesOf() {
  const terms = termsOf(now);
  const stage = stages[now.stage];
  const symbol = symbolOf({ stage: now.stage, cell: terms.cell });
  const times = stage.windows.length;
  const scale = stageScale(now.stage, "gradients");
  const most = weightScale(now.stage);
  const came = makeElement("div", { className: "came" }, cardFigure(stage.activation ? `δ = ∇${symbol} × ${activationName(stage)}′` : `δ = ∇${symbol}`, { glyph: symbol[0], value: terms.value, gradient: terms.gradient, scale, role: "read" }, 124));
  if (terms.slope !== null) {
    const slope = makeElement("div", { className: "slope" }, "× ", makeElement("b", { textContent: shown(terms.slope, 3) }), ` = ${shown(terms.delta, 3)}`);
    came.append(slope);
  }
  const back = [
    came, sign("×"), readFigure(`${readNoun()} = ∂z/∂w`, terms, "local"), sign("="),
    windowFigure("share of ∇w", stage.window, terms.weightShares, most, { role: times > 1 ? "" : "written" }),
  ];
  if (times > 1) back.push(makeElement("span", { className: "small", textContent: `1 of ${times} →`, style: "max-width: 40px" }), windowFigure("∇w, all windows", stage.window, terms.weightGradients, most, { role: "written" }));
  const counts = terms.reads.map((read) => usesOf(now.stage, read));
  const [fewest, uses] = [Math.min(...counts), Math.max(...counts)];
  const scaleOfRead = Math.max(...stage.reads.map((number) => stageScale(number, "gradients")));
  const out = [
    sign("δ ×"), windowFigure("weights = ∂z/∂x", stage.window, terms.weights, weightScale(now.stage, false), { role: "local" }), sign("="),
    windowFigure("share of ∇x", stage.window, terms.readShares, scaleOfRead, { role: "written" }),
  ];
  const apart = row(...out);
  apart.classList.add("apart");
  const words = uses > 1 ? `Each share of ∇x is added to the shares of ${uses === fewest ? uses : `up to ${uses}`} ${times > 1 ? "windows" : "units"}.` : "";
  return [heading(`∂${lossName}/∂${symbol} = ${shown(terms.gradient, 3)} goes back through ${times > 1 ? "this one window" : "this unit"}`), row(row(...back), apart), makeElement("p", { textContent: words })];
}

/** A pool: its cells, and what it makes of them. */
function poolOf() {
  const { op, windows, rows, columns: across, reads } = stages[now.stage];
  const cells = windowOf(now);
  const own = cellNumber(now);
  const key = now.gradients ? "gradients" : "values";
  const wide = stages[reads[0]].rows > 1 ? Math.max(1, Math.floor(stages[reads[0]].columns / across)) : cells.length;
  const shape = { channels: 1, rows: Math.ceil(cells.length / wide), columns: rows * across === 1 && stages[reads[0]].rows > 1 ? stages[reads[0]].columns : wide };
  const read = windowFigure(readNoun(), [shape], cells.map((cell) => numberOf(cell, key)), stageScale(reads[0]), { role: readRole() });
  const { values, gradients } = numbersAt(now.stage);
  const made = cardFigure(op, { glyph: op, value: values[own], gradient: now.gradients ? gradients[own] : null, scale: stageScale(now.stage, "gradients"), role: writtenRole() }, 128);
  const words = now.gradients
    ? { mean: `Each of them gets one of ${cells.length} equal parts.`, max: "All of it goes to the largest of them; equal ones share it.", sum: "Each of them gets all of it." }
    : { mean: `Their sum, divided by ${cells.length}.`, max: "The largest of them.", sum: "Their sum." };
  return [heading(`${where()}: the ${op} of ${cells.length}`), row(read, sign(now.gradients ? "←" : "→"), made), makeElement("p", { textContent: words[op] })];
}

/** A cell that no weights make: an input, or a number with a formula. */
function plainCell() {
  const own = { stage: now.stage, cell: cellNumber(now) };
  const { kind, text: formula, cells } = stages[now.stage];
  const { values, gradients } = numbersAt(now.stage);
  const name = cells?.[own.cell] ?? symbolOf(own);
  const shownCard = cardFigure(name, { glyph: kind === "input" ? "x" : "=", kind: kind === "input" ? "input" : "op", value: values[own.cell], gradient: gradients[own.cell], scale: stageScale(now.stage, "gradients"), role: writtenRole() }, 134);
  const readers = stages.flatMap((_, number) => (hasNeurons(number) && usesOf(number, own) ? [`${usesOf(number, own)} windows of ${stageName(number)}`] : []));
  const told = [formula ? `${name} = ${formulaOf(own)}` : "", readers.length ? `read by ${readers.join(" and ")}` : ""].filter(Boolean);
  return [heading(where()), row(shownCard), ...told.map((words) => makeElement("p", { className: "told", textContent: words }))];
}

/** The formula with the names and the numbers of its cells. */
function formulaOf({ stage }) {
  const reads = windowOf(now);
  const { text: formula, parts } = stages[stage];
  const words = (ofSlot) => templateParts(formula, ofSlot).join("");
  const named = words((slot) => (reads[slot] ? symbolOf(reads[slot]) : parts?.[slot] ?? "0"));
  return `${named} = ${words((slot) => asFactor(shown(numberOf(reads[slot], "values"))))}`;
}
