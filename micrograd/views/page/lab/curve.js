// ---------------------------------------------------------------------------------------------------------------
// The curve: with one input, what the model gives over it, and the points, each at its input and its target
// ---------------------------------------------------------------------------------------------------------------

const curveMargins = { left: 46, right: 12, top: 14, bottom: 24 }; // pixels
const onRails = lab.kind === "classes" || (lab.kind === "two" && !(targetRange[0] < outputScales[0].middle && outputScales[0].middle < targetRange[1]));
const curve = view === "curve" ? makeCurve() : null;

function makeCurve() {
  const host = makeElement("div", { className: "surface flat", tabIndex: 0 });
  host.setAttribute("role", "application");
  const over = makeShape("svg", { class: "curves", "aria-hidden": "true" });
  const axes = makeShape("g", { class: "axes" });
  const middle = makeShape("line", { class: "middle" });
  const lines = outputPlaces.map((_, place) => makeShape("path", { class: outputCount > 1 ? `output class${place % classColours}` : "output" }));
  over.append(axes, middle, ...lines);
  host.append(over);
  planeElement.prepend(host);
  makePoints(host, curvePlace);
  letPointsMove(moveCurvePoint);
  letKeysMove(host);
  return { host, axes, middle, lines, low: 0, high: 1, drawn: "" };
}

const curveX = (x) => curveMargins.left + ((points.width - curveMargins.left - curveMargins.right) * (x - bounds[0][0])) / (bounds[0][1] - bounds[0][0]);
const curveY = (y) => curveMargins.top + ((points.height - curveMargins.top - curveMargins.bottom) * (curve.high - y)) / (curve.high - curve.low);

/** Where a class has its points if the output is no number of the same kind as the target: of two the lower and the upper edge. */
const railOf = (place) => curve.low + (curve.high - curve.low) * (classNames.length === 2 ? (place ? 0.95 : 0.05) : 0.04 + 0.07 * place);

function curvePlace(rows, row) {
  const at = row * training.width;
  return [curveX(rows[at]), curveY(onRails ? railOf(classOf(rows, row)) : rows[at + lab.inputs + (lab.kind === "several" ? chosenOutput : 0)])];
}

function moveCurvePoint(row, x, y) {
  const share = (x - curveMargins.left) / (points.width - curveMargins.left - curveMargins.right);
  const [left, right] = bounds[0];
  writeEntry(row, 0, rounded(left + Math.max(0, Math.min(1, share)) * (right - left), bounds[0]));
  const target = curve.high - ((y - curveMargins.top) * (curve.high - curve.low)) / (points.height - curveMargins.top - curveMargins.bottom);
  if (!hasClasses) writeEntry(row, lab.inputs + (lab.kind === "several" ? chosenOutput : 0), rounded(target, targetRange));
  else writeClass(row, nearestClass(target));
}

function nearestClass(target) {
  const where = (place) => (onRails ? railOf(place) : targetRange[place]);
  return classNames.reduce((best, _, place) => (Math.abs(where(place) - target) < Math.abs(where(best) - target) ? place : best), 0);
}

/** From where to where outputs go: about the targets; of logits as far as they reach, in steps, so that the picture is still. */
function curveRange() {
  if (!onRails) {
    const room = 0.28 * (targetRange[1] - targetRange[0] || 1);
    return [targetRange[0] - room, targetRange[1] + room];
  }
  let most = 2;
  for (const place of outputPlaces) for (const number of field.units[place]) if (Math.abs(number) > most && Math.abs(number) < Infinity) most = Math.abs(number);
  const reach = 2 ** Math.ceil(Math.log2(1.25 * most));
  return [-reach, reach];
}

function paintCurve() {
  const [low, high] = curveRange();
  if (low !== curve.low || high !== curve.high) {
    Object.assign(curve, { low, high });
    points.stale = true;
  }
  if (!points.width) return;
  paintCurveAxes();
  curve.lines.forEach((line, place) => {
    const numbers = field.units[outputPlaces[place]];
    let path = "";
    for (let k = 0; k < field.count; k += 1) {
      if (!Number.isFinite(numbers[k])) continue;
      const y = Math.max(-1000, Math.min(2000, curveY(numbers[k])));
      path += `${path ? "L" : "M"}${tenth(curveX(inputAt(k)))},${tenth(y)}`;
    }
    put(line, "d", path);
    put(line, "data-chosen", chosenOutput < 0 || outputCount === 1 || chosenOutput === place);
  });
}

/** Numbers along both axes; only when the range or the size is another one. */
function paintCurveAxes() {
  const key = [curve.low, curve.high, points.width, points.height].join();
  if (key === curve.drawn) return;
  curve.drawn = key;
  const parts = [];
  const [left, right] = [curveMargins.left, points.width - curveMargins.right];
  const bottom = points.height - curveMargins.bottom;
  const label = (x, y, anchor, text) => makeShape("text", { x, y, "text-anchor": anchor }, text);
  for (const y of roundNumbers(curve.low, curve.high, Math.max(2, points.height / 46))) {
    parts.push(makeShape("line", { x1: left, x2: right, y1: curveY(y), y2: curveY(y) }), label(left - 5, curveY(y) + 4, "end", shown(y, 3)));
  }
  for (const x of roundNumbers(...bounds[0], Math.max(2, points.width / 62))) {
    parts.push(makeShape("line", { x1: curveX(x), x2: curveX(x), y1: curveMargins.top, y2: bottom }), label(curveX(x), bottom + 15, "middle", shown(x, 3)));
  }
  parts.push(makeShape("text", { class: "name", x: right, y: bottom - 5, "text-anchor": "end" }, lab.inputNames[0]));
  curve.axes.replaceChildren(...parts);
  const middle = hasClasses ? outputScales[0].middle : 0;
  for (const [name, number] of [["x1", left], ["x2", right], ["y1", curveY(middle)], ["y2", curveY(middle)]]) put(curve.middle, name, number.toFixed(1));
}
