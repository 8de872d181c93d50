// ---------------------------------------------------------------------------------------------------------------
// The words. A text is a list of parts: a string, [role, string], or ["scrub", string, parameter] for a number that
// can be dragged. They become text and never markup.
// ---------------------------------------------------------------------------------------------------------------

const ink = (text) => ["ink", text];
const read = (text) => ["read", text];
const written = (text) => ["written", text];
const local = (text) => ["local", text];
const mostReasons = 6;
const mostTerms = 3; // of a sum that is shown

const formulaLine = find(".formula");
const reasonLines = Array.from({ length: mostReasons }, () => find(".reason").appendChild(makeElement("div")));
const lastFilled = new WeakMap(); // an element -> its nodes, and the key that says of which roles they are

/** Put the parts into the element. Where their roles are those of before, only texts are exchanged, so a handle keeps its focus. */
function fillParts(element, parts) {
  const key = parts.map((part) => (typeof part === "string" ? "" : `${part[0]} ${part[2] ?? ""}`)).join("|") + parts.length;
  let filled = lastFilled.get(element);
  if (!filled || filled.key !== key) {
    filled = { key, nodes: parts.map(makePart), texts: [] };
    lastFilled.set(element, filled);
    element.replaceChildren(...filled.nodes.map(({ node }) => node));
  }
  parts.forEach((part, place) => {
    const text = typeof part === "string" ? part : part[1];
    const { node, handle } = filled.nodes[place];
    if (filled.texts[place] !== text) { filled.texts[place] = text; node.textContent = text; }
    if (handle && !playing) handle.refresh();
  });
}

function makePart(part) {
  if (typeof part === "string") return { node: document.createTextNode("") };
  const [role, , parameter] = part;
  const node = makeElement("span", { className: `role ${role}` });
  return { node, handle: role === "scrub" ? makeParameterHandle(node, parameter) : null };
}

/** The words of the present moment; what is above the room is left away. */
function paintWords() {
  const { formula, reasons } = training.stopped !== null ? describeStop() : inside ? describeInside() : networkState.chosenCard >= 0 ? describeUnit(networkState.chosenCard) : describeRow();
  fillParts(formulaLine, formula);
  reasonLines.forEach((line, place) => fillParts(line, reasons[place] ?? []));
}

const listed = (texts, most = 4) => (texts.length > most ? [...texts.slice(0, most - 1), "…", texts.at(-1)] : texts).join(", ");

function describeStop() {
  return { formula: [written("Training stopped"), `: ${training.stopped}.`], reasons: [["The numbers are those of the last epoch that was finite. ← or the loss curve goes back, ", ink("r"), " begins anew."]] };
}

// ---------------------------------------------------------------------------------------------------------------
// One row
// ---------------------------------------------------------------------------------------------------------------

function describeRow() {
  const { row, numbers } = look;
  const at = row * training.width;
  const inputs = Array.from(training.rows.subarray(at, at + lab.inputs), (number) => shown(number));
  const targets = training.rows.subarray(at + lab.inputs, at + training.width);
  const target = lab.kind === "classes" ? lab.targetNames[targets.indexOf(Math.max(...targets))] : listed(Array.from(targets, (number) => shown(number)));
  const outputs = lab.outputs.map((node) => shown(numbers[node]));
  const lines = networkState.showGradients
    ? ["Lines are gradients of weights, of the loss of all rows: ", ["plus", "orange"], " above 0, where descent makes the weight smaller, ", ["minus", "purple"], " below 0, where larger."]
    : ["Lines are weights: ", ["plus", "orange"], " above 0, ", ["minus", "purple"], " below, wide where large."];
  return {
    formula: ["Row ", ink(String(row + 1)), ": ", read(lab.inputs > 1 ? `(${listed(inputs)})` : inputs[0]), " gives ", ink(listed(outputs)), ", the target is ", ink(target), ", the loss ", written(shown(numbers[lossNode])), "."],
    reasons: [
      [`A unit shows what it gives ${view === "table" ? "for the rows, in bands of like targets" : "everywhere"}, its number for this row, and ∇, the gradient of the row's loss.`],
      lines,
      training.losses.length > 1 ? [] : ["Drag a line, a point, a number; click a unit; drag the loss curve to go back in time."],
    ],
  };
}

// ---------------------------------------------------------------------------------------------------------------
// One unit
// ---------------------------------------------------------------------------------------------------------------

const nameOfNode = (node) => lab.nodes[node].name;
const nabla = (node) => written(`∇${nameOfNode(node)}`);
const computedIn = (card) => lab.cards[card].nodes.filter((node) => lab.nodes[node].shape !== undefined);
const edgesFrom = lab.nodes.map(() => []); // for every node the edges on which it is the operand
lab.edges.forEach(([parent], edge) => edgesFrom[parent].push(edge));

/** What a node is computed from; of a long sum the first terms and the last. */
function sumParts(node, ofOperand) {
  const { terms } = lab.shapes[lab.nodes[node].shape];
  const places = terms.map((_, place) => place).filter((place) => terms.length <= mostTerms + 1 || place < mostTerms - 1 || place === terms.length - 1);
  return places.flatMap((term, place) => [place === 0 ? "" : term > places[place - 1] + 1 ? " + … + " : " + ", ...templateParts(terms[term], (slot, enclosed) => ofOperand(slot === "out" ? node : lab.nodes[node].parents[slot], enclosed))]);
}

function numberPart(node, enclosed) {
  const text = enclosed ? shown(look.numbers[node]) : asFactor(shown(look.numbers[node]));
  return lab.nodes[node].p === undefined ? text : ["scrub", text, lab.nodes[node].p];
}

/** s = w₁ × x₁ + w₂ × x₂ = 0.5 × 1 + (−2) × 0 = 0.5 */
const forwardSentence = (node) => [written(nameOfNode(node)), " = ", ...sumParts(node, (operand) => read(nameOfNode(operand))), " = ", ...sumParts(node, numberPart), " = ", written(shown(look.numbers[node]))];

/** ∇z += ∇h × local = product, for the operands of a node; of a long sum for its first weight and the number beside it. */
function backwardSentence(node) {
  const into = edgesInto[node];
  const some = into.length > 4 ? [into[0], into[into.length / 2] ?? into[1]] : into;
  const parts = some.flatMap((edge, place) => {
    const upstream = look.slopes[node];
    const product = shown(localOf(edge) * upstream);
    return [place ? ",\u2003" : "", nabla(lab.edges[edge][0]), " += ", read(asFactor(shown(upstream))), " × ", local(asFactor(shown(localOf(edge)))), " = ", written(product)];
  });
  return into.length > some.length ? [...parts, ",\u2003…"] : parts;
}

/** ∇h = the sum over all that read it. */
function gradientSentence(node) {
  const from = edgesFrom[node];
  if (!from.length) return [nabla(node), " = ", written("1"), ", where backward begins"];
  const some = from.length > mostTerms + 1 ? [...from.slice(0, mostTerms - 1), from.at(-1)] : from;
  const terms = some.flatMap((edge, place) => {
    const between = place === 0 ? "" : place === some.length - 1 && from.length > some.length ? " + … + " : " + ";
    return [between, read(asFactor(shown(look.slopes[lab.edges[edge][1]]))), " × ", local(asFactor(shown(localOf(edge))))];
  });
  return [nabla(node), " = ", ...terms, " = ", written(shown(look.slopes[node]))];
}

function describeUnit(card) {
  const { main, kind } = lab.cards[card];
  const inner = computedIn(card);
  const back = inner.toReversed().map(backwardSentence).filter((parts) => parts.length);
  if (!inner.includes(main)) return { formula: [ink(fullName(card)), " = ", numberPart(main, true)], reasons: [gradientSentence(main)] };
  const before = inner.filter((node) => node !== main).slice(kind === "loss" ? -2 : -3);
  return { formula: forwardSentence(main), reasons: [...before.map(forwardSentence), gradientSentence(main), ...back].slice(0, mostReasons) };
}

// ---------------------------------------------------------------------------------------------------------------
// Inside a step
// ---------------------------------------------------------------------------------------------------------------

function describeInside() {
  if (inside.kind === "update") return describeUpdate();
  const inner = computedIn(inside.card);
  if (inside.kind === "forward") {
    const sentences = inner.slice(-4).map(forwardSentence);
    return { formula: sentences.at(-1) ?? [ink(fullName(inside.card))], reasons: sentences.length > 1 ? sentences.slice(0, -1) : [["Forward: computed from what is known; the local derivatives are kept for the way back."]] };
  }
  const { main } = lab.cards[inside.card];
  const sentences = inner.toReversed().map(backwardSentence).filter((parts) => parts.length);
  return { formula: gradientSentence(main), reasons: sentences.slice(0, mostReasons - 1) };
}

/** The number after a change; where its digits are those of before, with the change. */
const changedText = (before, after) => shown(after) + (before !== after && shown(before) === shown(after) ? ` (${signedShown(after - before)})` : "");

/** w: 1.576 → 1.581, the parameter in the hand first, and then those with the largest gradients. */
function describeUpdate() {
  const { heldParameter } = networkState;
  const bySize = Array.from(training.p, (_, k) => k).sort((a, b) => Math.abs(training.sums[b]) - Math.abs(training.sums[a]));
  const others = bySize.filter((k) => k !== heldParameter).slice(0, 3);
  const change = (k) => [ink(lab.parameters[k]), ": ", shown(training.p[k]), " → ", written(changedText(training.p[k], nextParameter(k)))];
  const mean = training.steps > 1 ? `over the first of ${training.steps} batches, ${rowsOfStep} rows` : `over all ${training.rowCount} rows`;
  return {
    formula: change(heldParameter),
    reasons: [
      ["Its gradient, the mean ", mean, ", is ", read(shown(nextGradient(heldParameter))), `; ${lab.optimizer} moves every parameter against its own, learning rate `, ink(shown(training.pace[0])), "."],
      ...others.map((k) => [...change(k), `,\u2003gradient ${shown(nextGradient(k))}`]),
    ],
  };
}
