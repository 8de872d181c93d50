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

