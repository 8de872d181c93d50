// ---------------------------------------------------------------------------------------------------------------
// The words. A text is a list of parts: a string, or [role, string], or [role, string, the same with names in full].
// They become text and never markup.
// ---------------------------------------------------------------------------------------------------------------

let inFull = false; // whether nodes are called by their whole names: where two of a formula would be called alike

const shortName = (node) => nodes[node].short ?? nodes[node].name;
const fullName = (node) => nodes[node].name;
const nameOf = (node) => (inFull ? fullName(node) : shortName(node));
const nameOfUse = (node, _, use) => nameOf(node) + use; // x₍₁₎ and x₍₂₎ in x × x
const useOf = (node, operand) => nodes[node].uses?.[operand] ?? "";
const slopeName = (name, node) => `d${name(graph.output)}/d${name(node)}`; // along every path; ∂ is for one operation and one operand
const outputName = shortName(graph.output);

const textOf = (number) => shown(number);
const factorOf = (number) => asFactor(shown(number));

/** Let a formula with these nodes call them by their short names, if those tell them apart. */
function talkAbout(involved) {
  const different = [...new Set(involved)].filter((node) => node >= 0);
  inFull = new Set(different.map(shortName)).size < different.length;
}

const read = (text, full = text) => ["read", text, full];
const written = (text, full = text) => ["written", text, full];
const local = (text, full = text) => ["local", text, full];
const named = (role, node) => role(nameOf(node), fullName(node));
const slopeOf = (role, node) => role(slopeName(nameOf, node), slopeName(fullName, node));

function fill(element, parts) {
  element.replaceChildren(...parts.map((part) => {
    if (typeof part === "string") return document.createTextNode(part);
    const [role, text, full] = part;
    return makeElement("span", { className: `role ${role}`, textContent: text, title: full === undefined || full === text ? "" : full });
  }));
}

/** The same as one text, with whole names: for readers of the screen. */
const spoken = (parts) => parts.map((part) => (typeof part === "string" ? part : part[2] ?? part[1])).join("");

/** The parts of a template, with what `ofOperand` says of each operand, and of the node itself, in place of its slot. */
function filled(template, node, ofOperand) {
  const { parents } = nodes[node];
  return templateParts(template, (slot, enclosed) => ofOperand(slot === "out" ? node : parents[slot], enclosed, useOf(node, slot)));
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

const inNumbers = (node) => formulaOf(node, (operand, enclosed) => read(enclosed ? textOf(dataOf(operand)) : factorOf(dataOf(operand))));

function describe(step) {
  if (step === undefined) return describeStart();
  return { forward: describeForward, seed: describeSeed, backward: describeBackward, done: describeDone }[step.kind](step);
}

function describeStart() {
  const moving = isLive ? "Drag a dotted number from side to side, now or in the middle of a sweep: what follows moves too." : graph.fixed;
  return {
    formula: [read("Inputs and parameters"), " are known. Press ", written("→"), " to begin the forward pass."],
    reasons: [
      [
        `A card shows an operation, a name, a number and ∇, the gradient d${outputName}/d(this node). `,
        "The number on a line is the local derivative.",
      ],
      [moving, " Click a card for the full sum of its gradient; ? lists the colours and the keys."],
    ],
  };
}

function describeForward({ node }) {
  talkAbout([node, ...nodes[node].parents]);
  return {
    formula: [
      named(written, node), " = ", ...formulaOf(node, (operand) => named(read, operand)),
      " = ", ...inNumbers(node), " = ", written(textOf(dataOf(node))),
    ],
    reasons: [
      ["Forward: compute ", named(written, node), " from what is known, and keep the local derivative of each operand for the way back."],
      placeOf(node),
    ],
  };
}

function describeSeed({ node }) {
  talkAbout([node]);
  const name = named(written, node);
  return {
    formula: [slopeOf(written, node), " = ", written("1")],
    reasons: [["Backward begins at the output: if ", name, " grows by a little, ", name, " grows by just as much."], []],
  };
}

function describeBackward(step) {
  const { child, operand } = edges[step.edge];
  talkAbout([graph.output, child, ...nodes[child].parents]);
  const localPart = localName(child, operand);
  const count = stepsTo[step.node].length;
  const last = step.part === count;
  const slope = localOf(step.edge);
  return {
    formula: [
      slopeOf(written, step.node), " += ", slopeOf(read, child), " × ", localPart,
      " = ", read(factorOf(step.upstream)), " × ", local(factorOf(slope)), " = ", written(textOf(step.product)),
    ],
    reasons: [
      whyLocal(child, operand, localPart, textOf(slope)),
      [
        slopeOf(written, step.node), ": ", step.part === 1 ? "nothing yet" : textOf(step.before), " → ", written(textOf(step.after)), "  ",
        ["pips", "●".repeat(Math.min(step.part, 12)) + "○".repeat(Math.max(0, Math.min(count, 12) - step.part))],
        count === 1 ? " its only contribution" : ` contribution ${step.part} of ${count}`, last ? ", final" : "", ...placeOf(step.node, "; "),
      ],
    ],
  };
}

function localName(child, operand) {
  const parent = nodes[child].parents[operand];
  const by = (name) => `∂${name(child)}/∂${name(parent)}${useOf(child, operand)}`;
  return local(by(nameOf), by(fullName));
}

/** Why the local derivative is what it is, from the operation's own rule. */
function whyLocal(child, operand, localPart, slope) {
  const rule = shapes[nodes[child].shape].rules[operand];
  const computed = [`, because ${nameOf(child)} = `, ...formulaOf(child, nameOfUse, operand)];
  if (rule === null) return [localPart, ` = ${slope}, by the operation's rule`, ...computed];
  const symbols = filled(rule, child, nameOfUse);
  const isNumber = symbols.length === 1 && symbols[0] === slope;
  return [localPart, " = ", ...symbols, isNumber ? "" : ` = ${slope}`, ...computed];
}

/** The neuron or layer that a node is in; in a folded picture, the card. */
function placeOf(node, before = "") {
  const card = cards[cardOf[node]];
  const group = groups[nodes[node].group];
  const neuron = group && group !== card.name ? `, ${group}` : ""; // of a folded layer
  if (card.folded) return [`${before}${isOnCard(node) ? "the output of" : "inside"} ⊞ ${card.name}${neuron}`];
  return group && !inFull ? [`${before}${shortName(node)} is in ${group}`] : [];
}

function describeDone() {
  inFull = false;
  const leaves = nodes.map((_, node) => node).filter((node) => isLeaf(node) && gradientNow(node) !== null);
  const bySize = leaves.sort((a, b) => Math.abs(slopes[b]) - Math.abs(slopes[a]));
  talkAbout([graph.output, ...bySize.slice(0, 4)]);
  const largest = bySize.slice(0, 4).flatMap((node, place) => [place ? ",  " : "", slopeOf(written, node), ` = ${textOf(slopes[node])}`]);
  return {
    formula: [written("Done"), ": every gradient is final."],
    reasons: [["Largest among the leaves: ", ...largest], ["Gradient descent moves each parameter a little against its ∇."]],
  };
}

/** A node that was clicked: its number with every digit, and its gradient as the sum of all contributions. */
function describeNode(node) {
  talkAbout([graph.output, node, ...(nodes[node].parents ?? []), ...stepsTo[node].slice(0, 8).map((number) => edges[steps[number].edge].child)]);
  const formula = [named(written, node), " = "];
  if (!isLeaf(node)) formula.push(...formulaOf(node, (operand) => named(read, operand)), " = ");
  formula.push(known[node] ? exact(dataOf(node)) : "not computed yet");
  return { formula, reasons: [gradientSum(node), placeOf(node)] };
}

function gradientSum(node) {
  const all = stepsTo[node];
  const name = slopeOf(written, node);
  if (node === graph.output) return [name, " = 1, where the backward pass begins"];
  const made = all.slice(0, received[node]);
  if (!made.length) return [name, ` = the sum of ${all.length} contribution${all.length === 1 ? "" : "s"}, none of them made yet`];
  const symbols = made.slice(0, 8).flatMap((number, place) => {
    const { edge } = steps[number];
    return [place ? " + " : "", slopeOf(read, edges[edge].child), " × ", local(factorOf(localOf(edge)))];
  });
  const products = made.slice(0, 8).map((number) => factorOf(steps[number].product)).join(" + ");
  const rest = made.length > 8 ? " + …" : "";
  const sum = isFinal(node) ? exact(slopes[node]) : textOf(gradientNow(node));
  const soFar = isFinal(node) ? "" : ` so far, ${made.length} of ${all.length} contributions`;
  return [name, " = ", ...symbols, rest, ` = ${products}${rest} = `, written(sum), soFar];
}
