// ---------------------------------------------------------------------------------------------------------------
// What if: the output by one leaf, its tangent, and what a nudge says of the slope
// ---------------------------------------------------------------------------------------------------------------

const nudgeSizes = Array.from({ length: 13 }, (_, power) => Number(`1e-${power}`));
const superscript = (number) => String(number).replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);
const nudgeNames = nudgeSizes.map((_, power) => (power ? `10⁻${superscript(power)}` : "1"));
let nudgePower = 1; // which of them is h
let isNudging = false; // whether the picture shows what h does

const whatIf = {
  leaf: find(".what-leaf"), place: find(".what-place"), number: find(".what-number"), reset: find(".what-reset"), plot: find(".what-plot"),
  slopeName: find(".what-slope-name"), slope: find(".what-slope"), ratioName: find(".what-ratio-name"), ratio: find(".what-ratio"),
  size: find(".what-size"), why: find(".what-why"), show: find(".what-show"), errors: find(".what-errors"),
};
const plotShapes = Object.fromEntries([
  ["level", "line", "axis"], ["upright", "line", "axis"], ["curve", "path", "curve"], ["tangent", "line", "tangent"],
  ["leg", "path", "leg"], ["secant", "line", "secant"], ["there", "circle", "there"], ["here", "circle", "here"],
  ["outputName", "text", ""], ["leafName", "text", ""], ["low", "text", ""], ["middle", "text", ""],
  ["slopeText", "text", "label-tangent"], ["stepText", "text", "label-nudge"], ["changeText", "text", "label-nudge"],
].map(([key, shape, name]) => [key, makeShape(shape, { class: name })]));
whatIf.plot.append(...Object.values(plotShapes));

let plotSize = { width: 300, height: 200 };
let range = null; // { leaf, centre, half } of the curve: steady while the hand moves
let curve = { key: null, points: [] };
const outputHere = new Float64Array(1);

/** The output if the leaf were this number. */
function outputAt(place, number) {
  const kept = leaves[place];
  leaves[place] = number;
  graphOutput(leaves, noParameters, outputHere);
  leaves[place] = kept;
  return outputHere[0];
}

/** On a narrow page it stands in the place of the words, as high as these. */
function showWhatIf(on) {
  put(find(".whatif"), "style", isRoomy ? "" : `height: ${heightOfWords}px`);
  player.classList.toggle("what", on);
  find(".what-if").setAttribute("aria-pressed", String(on));
}

function setNudge(power) {
  nudgePower = power;
  showHand();
  showWhatIfNumbers();
}

function toggleNudge() {
  isNudging = !isNudging;
  whatIf.show.setAttribute("aria-pressed", String(isNudging));
  if (isNudging) showWhatIf(true);
  showHand();
  showWhatIfNumbers();
}

// ---------------------------------------------------------------------------------------------------------------
// The numbers
// ---------------------------------------------------------------------------------------------------------------

function showWhatIfNumbers() {
  if (held === null || !player.classList.contains("what")) return;
  const place = placeOfLeaf.get(held);
  const [x, h, f] = [leafValue(held), nudgeSizes[nudgePower], numbers[graph.output]];
  const isOver = isFinal(held);
  const moved = outputAt(place, x + h);
  inFull = false;
  put(whatIf.place, "text", groups[nodes[held].group] ?? "");
  put(whatIf.number, "text", shown(x));
  put(whatIf.slopeName, "text", slopeName(nameOf, held));
  put(whatIf.slope, "text", isOver ? shown(slopes[held]) : soFar(held));
  whatIf.slope.classList.toggle("open", !isOver);
  put(whatIf.ratioName, "text", `Δ${outputName}/h`);
  put(whatIf.ratio, "text", shown((moved - f) / h));
  whatIf.leaf.value = String(held);
  whatIf.size.value = String(nudgePower);
  whatIf.reset.disabled = isAsPython();
  whatIfHandle.refresh();
  const misses = nudgeSizes.map((size) => Math.abs((outputAt(place, x + size) - f) / size - slopes[held]));
  put(whatIf.why, "text", isOver ? whyOff(misses, x, f) : "Guess from the nudge what backward will find, then step on.");
  showErrors(misses, isOver);
  drawPlot(place, x, h, f, moved, isOver);
}

function soFar(node) {
  return received[node] ? `${received[node]} of ${stepsTo[node].length} contributions` : "not there yet";
}

/** Does backward's slope belong to a kink? Then the nudge is off by the same for every h, and by far more than rounding. */
function isKink(misses, x, f) {
  const some = [4, 5, 6, 7].map((power) => misses[power]);
  const h = nudgeSizes[7];
  return x + h > x && some[3] > (1e4 * Number.EPSILON * Math.abs(f)) / h && some.every((miss) => Math.abs(miss - some[3]) < 0.01 * some[3]);
}

function whyOff(misses, x, f) {
  if (!Number.isFinite(misses[nudgePower])) return "Here, or where the nudge leads, a number is not finite.";
  if (misses[nudgePower] === 0) return "The nudge finds the very slope, to the last digit.";
  if (isKink(misses, x, f)) return "The curve has a kink here: the nudge finds the slope to its right, and backward takes another.";
  const best = misses.indexOf(Math.min(...misses.filter(Number.isFinite)));
  if (nudgePower < best) return "The smaller h, the nearer the nudge comes to the tangent …";
  if (nudgePower === best) return "Here the nudge is nearest to the tangent: for a smaller h rounding takes over.";
  return `Rounding has taken over: of the change of ${outputName} too few digits are left.`;
}

/** How far each nudge is off, on eleven decades: shown only when backward has found the slope. */
function showErrors(misses, isOver) {
  whatIf.errors.hidden = !isOver;
  if (!isOver) return;
  const worst = Math.max(...misses.filter(Number.isFinite), 1e-300);
  errorBars.forEach(({ button, bar }, power) => {
    const share = misses[power] > 0 ? Math.max(0, Math.min(1, 1 + Math.log10(misses[power] / worst) / 11)) : 0;
    put(bar, "style", `height: ${(2 + 22 * share).toFixed(1)}px`);
    button.classList.toggle("on", power === nudgePower);
    put(button, "title", `h = ${nudgeNames[power]}: off by ${shown(misses[power])}`);
    put(button, "aria-label", `h = ${nudgeNames[power]}: off by ${shown(misses[power])}`);
  });
}

// ---------------------------------------------------------------------------------------------------------------
// The curve
// ---------------------------------------------------------------------------------------------------------------

/** The curve's points, computed anew only where the range or another leaf has changed. */
function curvePoints(place, { centre, half }) {
  const key = [place, centre, half, ...leaves.subarray(0, place), ...leaves.subarray(place + 1)].join();
  if (curve.key !== key) {
    const count = nodes.length > 60 ? 60 : 120;
    const points = Array.from({ length: count + 1 }, (_, index) => {
      const at = centre - half + (2 * half * index) / count;
      return [at, outputAt(place, at)];
    });
    curve = { key, points };
  }
  return curve.points;
}

function drawPlot(place, x, h, f, moved, isOver) {
  if (range?.leaf !== held || Math.abs(x - range.centre) > 0.8 * range.half) range = { leaf: held, centre: x, half: Math.max(2, Math.abs(x)) };
  const points = curvePoints(place, range);
  const heights = points.map(([, height]) => height).filter(Number.isFinite);
  let [low, high] = heights.length ? [Math.min(...heights), Math.max(...heights)] : [f - 1, f + 1];
  const least = 1e-9 * Math.max(1, Math.abs(high));
  if (!(high - low > least)) [low, high] = [low - Math.max(1, least), high + Math.max(1, least)];
  const room = 0.12 * (high - low);
  const across = (at) => ((at - range.centre + range.half) / (2 * range.half)) * plotSize.width;
  const up = (value) => plotSize.height - 18 - ((value - low + room) / (high - low + 2 * room)) * (plotSize.height - 24);
  put(whatIf.plot, "viewBox", `0 0 ${plotSize.width} ${plotSize.height}`);
  drawCurve(points, across, up);
  drawTangent(x, f, across, up, isOver);
  drawNudge(x, h, f, moved, across, up);
  draw("here", { cx: across(x), cy: up(f), r: 6.5 }, Number.isFinite(f));
  const { width, height } = plotSize;
  draw("outputName", { x: 7, y: 15, text: outputName });
  draw("leafName", { x: width - 7, y: height - 5, "text-anchor": "end", text: shortName(held) });
  draw("low", { x: 7, y: height - 5, text: shown(range.centre - range.half, 3) });
  draw("middle", { x: width / 2, y: height - 5, "text-anchor": "middle", text: shown(range.centre, 3) });
  const slope = isOver ? shown(slopes[held]) : "not known yet";
  put(whatIf.plot, "aria-label", `${fullName(graph.output)} by ${fullName(held)}: ${shown(f)} at ${shown(x)}, slope ${slope}`);
}

/** Write a shape of the plot, or hide it. */
function draw(key, attributes, isShown = true) {
  put(plotShapes[key], "display", isShown ? "inline" : "none");
  if (!isShown) return;
  for (const [name, value] of Object.entries(attributes)) put(plotShapes[key], name, typeof value === "number" ? value.toFixed(1) : value);
}

function drawCurve(points, across, up) {
  let pen = "M";
  const path = points.map(([at, height]) => {
    if (!Number.isFinite(height)) pen = "M";
    const piece = Number.isFinite(height) ? `${pen}${across(at).toFixed(1)},${up(height).toFixed(1)}` : "";
    if (piece) pen = "L";
    return piece;
  });
  draw("curve", { d: path.join("") || "M0,0" });
  const { width, height } = plotSize;
  const [level, upright] = [up(0), across(0)];
  draw("level", { x1: 0, x2: width, y1: level, y2: level }, level > 0 && level < height - 16);
  draw("upright", { x1: upright, x2: upright, y1: 0, y2: height - 16 }, upright > 0 && upright < width);
}

function drawTangent(x, f, across, up, isOver) {
  const slope = slopes[held];
  const isShown = isOver && Number.isFinite(slope) && Number.isFinite(f);
  const reach = 0.62 * range.half;
  draw("tangent", { x1: across(x - reach), x2: across(x + reach), y1: up(f - slope * reach), y2: up(f + slope * reach) }, isShown);
  const isAbove = up(f) < plotSize.height / 2; // then the text goes below
  const y = isAbove ? plotSize.height - 24 : 15;
  draw("slopeText", { x: plotSize.width - 7, y, "text-anchor": "end", text: `slope ${shown(slope)}` }, isShown);
}

/** The triangle of the nudge: h along, and what the output does. */
function drawNudge(x, h, f, moved, across, up) {
  const [left, right, from, to] = [across(x), across(x + h), up(f), up(moved)];
  const isShown = right - left > 7 && Number.isFinite(f) && Number.isFinite(moved);
  const isRoomy = isShown && right - left > 40 && Math.abs(to - from) > 18;
  const isInside = right + 50 < plotSize.width;
  draw("secant", { x1: left, x2: right, y1: from, y2: to }, isShown);
  draw("leg", { d: `M${left.toFixed(1)},${from.toFixed(1)}H${right.toFixed(1)}V${to.toFixed(1)}` }, isShown);
  draw("there", { cx: right, cy: to, r: 4.5 }, isShown);
  draw("stepText", { x: (left + right) / 2, y: from + (moved > f ? 13 : -5), "text-anchor": "middle", text: `h = ${shown(h)}` }, isRoomy);
  const place = { x: isInside ? right + 6 : right - 6, "text-anchor": isInside ? "start" : "end" };
  draw("changeText", { ...place, y: (from + to) / 2 + 4, text: signedShown(moved - f) }, isRoomy);
}

// ---------------------------------------------------------------------------------------------------------------
// What the reader does there
// ---------------------------------------------------------------------------------------------------------------

let errorBars = [];
let whatIfHandle = null;

function makeWhatIf() {
  held = leafNodes.find((node) => isOnCard(node) && nodes[node].kind === "parameter") ?? leafNodes.find(isOnCard) ?? leafNodes[0];
  for (const group of new Set(leafNodes.map((node) => nodes[node].group))) whatIf.leaf.append(leafMenu(group));
  whatIf.size.append(...nudgeNames.map((name, power) => new Option(name, String(power))));
  errorBars = nudgeNames.map((name, power) => {
    const bar = makeElement("span");
    const button = makeElement("button", { type: "button" }, bar, makeElement("small", { textContent: power % 3 ? "\u00a0" : name }));
    button.addEventListener("click", () => setNudge(power));
    return { button, bar };
  });
  find(".what-bars").append(...errorBars.map(({ button }) => button));
  const now = (name) => handleOf(held)[name];
  whatIfHandle = makeHandle(whatIf.number, {
    name: "the number of this leaf", value: () => leafValue(held), set: (number) => setLeaf(held, number), reset: () => resetLeaf(held),
    output: () => now("output")(), begin: (byKey) => takeHold(held, byKey),
  });
  whatIf.leaf.addEventListener("change", () => lookAtLeaf(Number(whatIf.leaf.value)));
  whatIf.size.addEventListener("change", () => setNudge(Number(whatIf.size.value)));
  whatIf.reset.addEventListener("click", resetAll);
  whatIf.show.addEventListener("click", toggleNudge);
  find(".what-if").addEventListener("click", toggleWhatIf);
  whatIf.plot.addEventListener("pointerdown", scrubPlot);
  whatIf.plot.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  whatIf.plot.addEventListener("pointermove", (event) => { if (whatIf.plot.hasPointerCapture(event.pointerId)) moveOnPlot(event); });
  new ResizeObserver(([{ contentRect }]) => {
    plotSize = { width: Math.round(contentRect.width) || 300, height: Math.round(contentRect.height) || 200 };
    showWhatIfNumbers();
  }).observe(whatIf.plot);
}

/** The leaves of a neuron or layer, or those of none, to choose from. */
function leafMenu(group) {
  const options = leafNodes.filter((node) => nodes[node].group === group).map((node) => new Option(shortName(node), String(node)));
  if (group === undefined) return makeElement("optgroup", { label: "inputs and others" }, ...options);
  return makeElement("optgroup", { label: groups[group] }, ...options);
}

function toggleWhatIf() {
  showWhatIf(!player.classList.contains("what"));
  showWhatIfNumbers();
}

/** The curve is a handle too: the leaf goes to where the pointer is. */
function scrubPlot(event) {
  if (event.button !== 0) return;
  event.preventDefault();
  whatIf.plot.setPointerCapture(event.pointerId);
  takeHold(held);
  moveOnPlot(event);
}

function moveOnPlot(event) {
  const share = Math.max(0, Math.min(1, event.offsetX / plotSize.width));
  setLeaf(held, onGrid(range.centre - range.half + 2 * range.half * share, grainOf(leafValue(held))));
}
