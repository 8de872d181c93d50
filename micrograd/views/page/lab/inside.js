// ---------------------------------------------------------------------------------------------------------------
// Inside one step: forward unit by unit, backward unit by unit, and the update
// ---------------------------------------------------------------------------------------------------------------

const isInput = (card) => lab.cards[card].kind === "input" || lab.cards[card].kind === "leaf";
const unitOrder = lab.cards.map((_, card) => card).filter((card) => !isInput(card)).sort((a, b) => lab.cards[a].column - lab.cards[b].column || a - b);
const insideSteps = [
  ...unitOrder.map((card) => ({ kind: "forward", card })),
  ...unitOrder.toReversed().map((card) => ({ kind: "backward", card })),
  { kind: "update", card: -1 },
];
const insidePhases = { forward: "forward →", backward: "← backward", update: "update" };
let inside = null; // where we are in the step: null outside; else what is known, what has a gradient, who reads and who writes

/** Go to a place inside the step of the next epoch. */
function goInside(wanted) {
  const at = Math.max(0, Math.min(insideSteps.length - 1, wanted));
  const step = insideSteps[at];
  const made = insideSteps.slice(0, at + 1);
  const forward = new Set(made.filter(({ kind }) => kind === "forward").map(({ card }) => card));
  const backward = new Set(made.filter(({ kind }) => kind === "backward").map(({ card }) => card));
  const every = lab.cards.map((_, card) => card);
  const tails = lab.lines.filter(({ head }) => head === step.card).map(({ tail }) => tail);
  const hasGradient = (card) => {
    const heads = lab.lines.filter(({ tail }) => tail === card).map(({ head }) => head);
    return heads.length ? heads.every((head) => backward.has(head)) : backward.has(card);
  };
  inside = {
    at,
    ...step,
    known: new Set(every.filter((card) => isInput(card) || forward.has(card))),
    gradients: new Set(every.filter(hasGradient)),
    writes: step.kind === "forward" ? step.card : -1,
    reads: new Set(step.kind === "forward" ? tails : step.kind === "backward" ? [step.card] : []),
  };
  networkState.chosenCard = -1;
  show();
}

function leaveInside() {
  inside = null;
  show();
}

/** A step on; after the update it is made, and the next step begins. */
function stepInside() {
  if (inside.at < insideSteps.length - 1) return goInside(inside.at + 1);
  trainEpoch();
  return goInside(0);
}

function toggleInside() {
  pause();
  if (inside) leaveInside();
  else goInside(0);
}

const insideElements = { bar: find(".inside"), look: find(".look"), slider: find(".inside input"), back: find(".inside .back"), phase: find(".inside .phase") };
insideElements.slider.max = insideSteps.length - 1;
insideElements.look.addEventListener("click", toggleInside);
insideElements.back.addEventListener("click", () => goInside(inside.at - 1));
find(".inside .on").addEventListener("click", stepInside);
insideElements.slider.addEventListener("input", () => goInside(Number(insideElements.slider.value)));

/** With batches an epoch has several steps, and its first is the one that is shown. */
function insideWhat() {
  const epoch = (training.epoch + 1).toLocaleString("en");
  return training.steps === 1 ? `inside step ${epoch}` : `inside the first step of epoch ${epoch}`;
}

function paintInside() {
  const { bar, look: button, slider, back, phase } = insideElements;
  put(bar, "data-on", inside !== null);
  put(button, "aria-pressed", inside !== null);
  put(button, "text", inside ? insideWhat() : "look inside a step");
  if (!inside) return;
  slider.value = inside.at;
  back.disabled = inside.at === 0;
  put(phase, "data-phase", inside.kind);
  put(phase, "text", insidePhases[inside.kind]);
  put(slider, "aria-valuetext", `${inside.at + 1} of ${insideSteps.length}, ${inside.kind}${inside.card < 0 ? "" : ` ${fullName(inside.card)}`}`);
}
