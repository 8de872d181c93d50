// ---------------------------------------------------------------------------------------------------------------
// What if: the loss of all rows by the parameter in the hand, its slope, and where the next step goes
// ---------------------------------------------------------------------------------------------------------------

const whatIfPlaces = 41;
const whatIfBudget = 3; // milliseconds of a frame in which it plays
const whatIf = {
  parameter: -1, centre: 0, half: 1, // the range
  p: new Float64Array(training.p.length), rows: new Float64Array(training.rows.length), // of what the curve is being computed
  losses: new Float64Array(whatIfPlaces), done: 0,
  drawn: new Float64Array(whatIfPlaces), // the last whole curve
  width: 0, height: 0,
};

const plot = makePlot(find(".plot"));
const parameterMenu = find(".parameter");
const whatNumber = find(".what-number");
const nextStep = { from: document.createTextNode(""), to: makeElement("b") };
find(".next-step").title = `what ${lab.optimizer} makes of it in the next step`;
find(".next-step").append(nextStep.from, nextStep.to);

function makePlot(element) {
  const parts = {
    title: makeShape("text", { x: 7, y: 15 }, "loss of all rows"),
    slope: makeShape("text", { class: "slope", y: 15 }),
    curve: makeShape("path", { class: "curve" }),
    tangent: makeShape("line", { class: "tangent" }),
    next: makeShape("circle", { class: "next", r: 4.5 }),
    here: makeShape("circle", { class: "here", r: 6 }),
  };
  element.append(...Object.values(parts));
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    pause();
    whatNumber.focus({ preventScroll: true });
    followPlot(event);
  });
  return { element, ...parts };
}

/** The parameter follows the pointer along the curve until it is let go. */
function followPlot(start) {
  const box = plot.element.getBoundingClientRect();
  const { parameter, centre, half } = whatIf;
  const grain = 10 ** Math.floor(Math.log10(half / 60));
  const move = (event) => {
    if (event.pointerId !== start.pointerId) return;
    const share = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
    moveParameter(parameter, onGrid(centre - half + 2 * half * share, grain));
  };
  const end = (event) => {
    if (event.pointerId !== start.pointerId) return;
    window.removeEventListener("pointermove", move);
    for (const kind of ["pointerup", "pointercancel"]) window.removeEventListener(kind, end);
    showSoon();
  };
  window.addEventListener("pointermove", move);
  for (const kind of ["pointerup", "pointercancel"]) window.addEventListener(kind, end);
  move(start);
}

/** Take a parameter into the hand: its line, its curve, its number. */
function hold(parameter) {
  networkState.heldParameter = parameter;
  whatNumber.setAttribute("aria-label", lab.parameters[parameter]);
  parameterMenu.value = parameter;
  parameterMenu.title = lab.parameters[parameter];
  showBundled();
  showSoon();
}

/** All parameters, in groups by the unit that they belong to. */
function fillParameterMenu() {
  const groups = new Map();
  lab.parameters.forEach((name, parameter) => {
    const group = name.split(".").slice(0, -1).join(".");
    if (!groups.has(group)) groups.set(group, group ? makeElement("optgroup", { label: group }) : parameterMenu);
    groups.get(group).append(new Option(name.split(".").slice(-2).join("."), parameter)); // the end tells it apart
  });
  parameterMenu.append(...[...groups.values()].filter((group) => group !== parameterMenu));
  parameterMenu.addEventListener("change", () => hold(Number(parameterMenu.value)));
}
fillParameterMenu();

const whatNumberHandle = makeHandle(whatNumber, {
  name: "parameter in the hand",
  value: () => training.p[networkState.heldParameter],
  set: (number) => moveParameter(networkState.heldParameter, number),
  reset: () => moveParameter(networkState.heldParameter, training.start.numbers[networkState.heldParameter]),
  output: () => `loss ${shown(lossNow())}, slope ${shown(training.sums[networkState.heldParameter])}`,
  begin: () => pause(),
});

/** Choose the range anew if the parameter is another one, or has come near its end. */
function chooseRange(parameter, number) {
  const { centre, half } = whatIf;
  if (whatIf.parameter === parameter && Math.abs(number - centre) <= 0.8 * half) return;
  Object.assign(whatIf, { parameter, centre: number, half: Math.max(1.5, Math.abs(number)) || 1.5, done: 0 });
}

/** Whether the curve is of the present numbers: all but the parameter in the hand are those of before. */
function curveIsOf(p, rows) {
  for (let k = 0; k < p.length; k += 1) if (p[k] !== whatIf.p[k] && k !== whatIf.parameter) return false;
  for (let k = 0; k < rows.length; k += 1) if (rows[k] !== whatIf.rows[k]) return false;
  return true;
}

/** Compute losses along the range: all of them, or while it plays as many as there is time for. True when the curve is whole. */
function computeCurve(fast) {
  const { losses, parameter, centre, half } = whatIf;
  if ((whatIf.done === 0 || whatIf.done === whatIfPlaces || !fast) && !(whatIf.done > 0 && curveIsOf(training.p, training.rows))) {
    whatIf.p.set(training.p);
    whatIf.rows.set(training.rows);
    Object.assign(whatIf, { done: 0, loss: lossNow(), slope: training.sums[parameter] });
  }
  if (whatIf.done === whatIfPlaces) return true;
  const kept = whatIf.p[parameter];
  const until = performance.now() + (fast ? whatIfBudget : Infinity);
  while (whatIf.done < whatIfPlaces && performance.now() < until) {
    whatIf.p[parameter] = centre + half * ((2 * whatIf.done) / (whatIfPlaces - 1) - 1);
    losses[whatIf.done] = lossOver(whatIf.rows, training.rowCount, whatIf.p);
    whatIf.done += 1;
  }
  whatIf.p[parameter] = kept;
  return whatIf.done === whatIfPlaces;
}

function paintWhatIf(fast) {
  const parameter = networkState.heldParameter;
  chooseRange(parameter, training.p[parameter]);
  if (computeCurve(fast)) {
    whatIf.drawn.set(whatIf.losses);
    drawPlot();
  }
  put(whatNumber, "text", shown(training.p[parameter]));
  if (!playing) whatNumberHandle.refresh();
}

function drawPlot() {
  const { parameter, centre, half, drawn, width, height } = whatIf;
  if (!width) return;
  const present = training.p[parameter];
  const [number, loss, slope] = playing ? [whatIf.p[parameter], whatIf.loss, whatIf.slope] : [present, lossNow(), training.sums[parameter]]; // on the curve, also where it is of some epochs ago
  const next = nextParameter(parameter);
  let [low, high] = [loss, loss];
  for (const one of drawn) if (Number.isFinite(one)) { low = Math.min(low, one); high = Math.max(high, one); }
  if (!(high - low > 1e-12 * Math.abs(high))) [low, high] = [low - (Math.abs(low) || 1), high + (Math.abs(high) || 1)]; // flat
  const [top, bottom] = [24, 12];
  const x = (at) => (((at - centre) / half + 1) / 2) * width;
  const y = (at) => (Number.isFinite(at) ? Math.max(-1e4, Math.min(1e4, height - bottom - ((at - low) / (high - low)) * (height - top - bottom))) : -1e4);
  let path = "";
  drawn.forEach((one, place) => { if (Number.isFinite(one)) path += `${path ? "L" : "M"}${((width * place) / (whatIfPlaces - 1)).toFixed(1)},${y(one).toFixed(1)}`; });
  put(plot.curve, "d", path);
  const reach = 0.42 * half;
  for (const [name, value] of [["x1", x(number - reach)], ["x2", x(number + reach)], ["y1", y(loss - slope * reach)], ["y2", y(loss + slope * reach)]]) put(plot.tangent, name, value.toFixed(1));
  put(plot.here, "cx", x(number).toFixed(1));
  put(plot.here, "cy", y(loss).toFixed(1));
  const away = Math.abs(x(next) - x(number)) > 3 && Math.abs(next - centre) < half;
  put(plot.next, "display", away ? "inline" : "none");
  if (away) {
    put(plot.next, "cx", x(next).toFixed(1));
    put(plot.next, "cy", y(curveAt(next)).toFixed(1));
  }
  put(plot.slope, "x", width - 7);
  put(plot.slope, "text", `slope ${shown(slope)}`);
  nextStep.from.data = `next step: ${shown(present)} → `;
  put(nextStep.to, "text", changedText(present, next));
  if (!playing) put(plot.element, "aria-label", `loss by ${lab.parameters[parameter]}: ${shown(loss)} at ${shown(number)}, slope ${shown(slope)}; the next step goes to ${shown(next)}`);
}

/** The curve between its places. */
function curveAt(number) {
  const at = Math.max(0, Math.min(whatIfPlaces - 1.000001, (((number - whatIf.centre) / whatIf.half + 1) / 2) * (whatIfPlaces - 1)));
  const place = Math.floor(at);
  return whatIf.drawn[place] + (at - place) * (whatIf.drawn[place + 1] - whatIf.drawn[place]);
}

function sizePlot(width, height) {
  Object.assign(whatIf, { width, height });
  if (whatIf.done === whatIfPlaces) drawPlot();
}
