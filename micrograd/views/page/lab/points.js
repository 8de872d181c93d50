// ---------------------------------------------------------------------------------------------------------------
// The rows of data: their classes, their marks, the one that is chosen, and the hand that moves it
// ---------------------------------------------------------------------------------------------------------------

const classNames = lab.kind === "classes" ? lab.targetNames : lab.kind === "two" ? targetRange.map((number) => shown(number)) : [];
const hasClasses = classNames.length > 0;

/** The class of a row, from 0; -1 where targets are no classes. Of two, the smaller target is 0. */
function classOf(rows, row) {
  const at = row * training.width + lab.inputs;
  if (lab.kind === "two") return rows[at] > (targetRange[0] + targetRange[1]) / 2 ? 1 : 0;
  if (lab.kind !== "classes") return -1;
  let best = 0;
  for (let k = 1; k < classNames.length; k += 1) if (rows[at + k] > rows[at + best]) best = k;
  return best;
}

/** Shapes as well as colours, about (0, 0) in a circle of 10. */
const markShapes = [
  "M-8.6-8.6h17.2v17.2h-17.2z",
  "M0-9.9a9.9 9.9 0 1 1 0 19.8a9.9 9.9 0 1 1 0-19.8z",
  "M0-11.4l10.6 18.6h-21.2z",
  "M0-12.4l10.6 12.4l-10.6 12.4l-10.6-12.4z",
  "M-3.6-11h7.2v7.4h7.4v7.2h-7.4v7.4h-7.2v-7.4h-7.4v-7.2h7.4z",
  "M0 11.4l10.6-18.6h-21.2z",
  "M-10.4-5.3l5.1-5.1l5.3 5.3l5.3-5.3l5.1 5.1l-5.3 5.3l5.3 5.3l-5.1 5.1l-5.3-5.3l-5.3 5.3l-5.1-5.1l5.3-5.3z",
  "M0-12.6l3.3 8.2l8.8.6l-6.8 5.6l2.2 8.6l-7.5-4.8l-7.5 4.8l2.2-8.6l-6.8-5.6l8.8-.6z",
];
const shapeOfClass = (place) => markShapes[place < 0 ? 1 : place % markShapes.length];

/** A mark in a line of text. */
function makeMark(place, className = "mark") {
  const picture = makeShape("svg", { class: className, viewBox: "-13 -13 26 26", "aria-hidden": "true" });
  picture.append(makeShape("path", { d: shapeOfClass(place), class: `point class${place % classColours}` }));
  return picture;
}

// ---------------------------------------------------------------------------------------------------------------
// Points over a plane or a curve: shapes that are moved only when their row is; on a canvas if there are many
// ---------------------------------------------------------------------------------------------------------------

const manyPoints = 400;
const onCanvas = training.rowCount + training.testCount > manyPoints;
const usualWidth = 340; // pixels of a plane
/** The size of marks, as a part of 10 pixels: smaller on a small plane, and where there are many. */
const markSize = () => (onCanvas ? 0.3 : training.rowCount > 24 ? 0.5 : 0.72) * Math.max(0.6, Math.min(1.3, points.width / usualWidth));
const points = { host: null, width: 0, height: 0, placeOf: null, tests: [], marks: [], drawn: null, stale: true, ring: null, canvas: null };

/** The layer of points on an element; placeOf(rows, row) gives where a row is, in pixels. */
function makePoints(host, placeOf) {
  const layer = makeShape("svg", { class: "points", "aria-hidden": "true" });
  points.host = host;
  points.placeOf = placeOf;
  points.ring = makeShape("circle", { class: "ring" });
  points.drawn = new Float64Array(training.rows.length).fill(NaN);
  if (onCanvas) host.append((points.canvas = makeElement("canvas", { className: "points" })));
  else {
    points.tests = Array.from({ length: training.testCount }, () => makeShape("path"));
    points.marks = Array.from({ length: training.rowCount }, () => makeShape("path"));
    layer.append(...points.tests, ...points.marks);
  }
  layer.append(points.ring);
  host.append(layer);
  whenThemeChanges(() => { points.stale = true; });
}

/** The colour of a target on the scale of the output that is shown. */
function targetColour(rows, row) {
  const place = Math.max(0, Math.min(chosenOutput, lab.targetNames.length - 1));
  const colour = shades.unit[shadeAt(strengthIn(outputScales[place], rows[row * training.width + lab.inputs + place]))];
  return `rgb(${colour & 255}, ${(colour >> 8) & 255}, ${(colour >> 16) & 255})`;
}

function placeMark(mark, rows, row, more) {
  const [x, y] = points.placeOf(rows, row);
  const place = classOf(rows, row);
  put(mark, "transform", `translate(${x.toFixed(1)},${y.toFixed(1)}) scale(${((more ? 0.9 : 1) * markSize()).toFixed(3)})`);
  put(mark, "d", shapeOfClass(place));
  put(mark, "class", `point ${more} ${place < 0 ? "scaled" : `class${place % classColours}`}`);
  if (place < 0) put(mark, "--mark", targetColour(rows, row));
}

/** Move the points whose rows have changed, the ring, and the words about the row. */
function paintPoints() {
  if (points.host && points.width) {
    if (!shades) makeShades();
    if (onCanvas) paintManyPoints();
    else paintFewPoints();
    const [x, y] = points.placeOf(training.rows, look.row);
    put(points.ring, "r", (10 * markSize() + 6).toFixed(1));
    put(points.ring, "cx", x.toFixed(1));
    put(points.ring, "cy", y.toFixed(1));
  }
  paintRow();
}

function paintFewPoints() {
  const { width, rows } = training;
  if (points.stale) points.tests.forEach((mark, row) => placeMark(mark, training.test, row, "test"));
  for (let row = 0; row < points.marks.length; row += 1) if (points.stale || rowMoved(row)) placeMark(points.marks[row], rows, row, "");
  if (points.stale) points.drawn.set(rows);
  points.stale = false;

  function rowMoved(row) {
    let moved = false;
    for (let k = row * width; k < (row + 1) * width; k += 1) if (rows[k] !== points.drawn[k]) { points.drawn[k] = rows[k]; moved = true; }
    return moved;
  }
}

function paintManyPoints() {
  const { rows } = training;
  if (!points.stale && rows.every((number, k) => number === points.drawn[k])) return;
  points.stale = false;
  points.drawn.set(rows);
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const brush = points.canvas.getContext("2d");
  points.canvas.width = points.width * ratio;
  points.canvas.height = points.height * ratio;
  const paths = markShapes.map((shape) => new Path2D(shape));
  const paper = cssColour("--paper");
  const size = markSize();
  const drawAll = (data, count, hollow) => {
    for (let row = 0; row < count; row += 1) {
      const [x, y] = points.placeOf(data, row);
      const place = classOf(data, row);
      const colour = place < 0 ? targetColour(data, row) : cssColour(`--class${place % classColours}`);
      brush.setTransform(ratio * size, 0, 0, ratio * size, ratio * x, ratio * y);
      brush.lineWidth = 1.1 / size;
      brush.strokeStyle = hollow ? colour : paper;
      brush.fillStyle = colour;
      const path = paths[place < 0 ? 1 : place % paths.length];
      if (!hollow) brush.fill(path);
      brush.stroke(path);
    }
  };
  drawAll(training.test, training.testCount, true);
  drawAll(rows, training.rowCount, false);
}

/** The row whose point is nearest to these pixels, or -1 if none is near. */
function rowNear(x, y, reach) {
  let nearest = -1;
  let best = reach;
  for (let row = 0; row < training.rowCount; row += 1) {
    const [px, py] = points.placeOf(training.rows, row);
    const away = Math.hypot(px - x, py - y);
    if (away < best) [best, nearest] = [away, row];
  }
  return nearest;
}

// ---------------------------------------------------------------------------------------------------------------
// The hand: a point is taken and moved; the network goes on from there
// ---------------------------------------------------------------------------------------------------------------

const reachOf = (event) => (event.pointerType === "touch" ? 26 : 14); // pixels

/** Where a pointer is on the picture, in pixels. */
function withinHost(event) {
  const { left, top } = points.host.getBoundingClientRect();
  return [event.clientX - left - points.host.clientLeft, event.clientY - top - points.host.clientTop];
}

/** Let points be chosen and dragged; moveTo(row, x, y) changes the row for a place in pixels. */
function letPointsMove(moveTo) {
  const { host } = points;
  host.addEventListener("touchstart", (event) => {
    const box = host.getBoundingClientRect();
    const [touch] = event.changedTouches;
    if (rowNear(touch.clientX - box.left, touch.clientY - box.top, 26) >= 0) event.preventDefault(); // elsewhere a finger scrolls the page
  }, { passive: false });
  host.addEventListener("pointerdown", (event) => {
    const row = event.button === 0 ? rowNear(...withinHost(event), reachOf(event)) : -1;
    if (row < 0) return;
    event.preventDefault();
    host.focus({ preventScroll: true });
    chooseRow(row);
    followPoint(event, row, moveTo);
  });
  host.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" && !event.buttons) put(host, "data-near", rowNear(...withinHost(event), reachOf(event)) >= 0 ? "point" : "");
  });
}

/** Until the pointer is let go. The window listens: a finger may leave the picture. */
function followPoint(start, row, moveTo) {
  const [x, y] = withinHost(start);
  const [px, py] = points.placeOf(training.rows, row);
  let moved = false;
  const move = (event) => {
    if (event.pointerId !== start.pointerId) return;
    const [nx, ny] = withinHost(event);
    if (!moved && Math.hypot(nx - x, ny - y) < 4) return;
    moved = true;
    moveTo(row, Math.max(0, Math.min(points.width, px + nx - x)), Math.max(0, Math.min(points.height, py + ny - y)));
    show(true);
  };
  const end = (event) => {
    if (event.pointerId !== start.pointerId) return;
    for (const kind of ["pointerup", "pointercancel"]) window.removeEventListener(kind, end);
    window.removeEventListener("pointermove", move);
    if (moved) show();
  };
  window.addEventListener("pointermove", move);
  for (const kind of ["pointerup", "pointercancel"]) window.addEventListener(kind, end);
}

/** Write a number of a row only if it is another one: each writing is measured, and ends the future that was known. */
function writeEntry(row, column, number) {
  if (Number.isFinite(number) && training.rows[row * training.width + column] !== number) setEntry(row, column, number);
}

/** A number as a hand places it: in tenths, hundredths, ... of which a range has from 100 to 1000. */
function rounded(number, [low, high]) {
  const grain = 10 ** Math.floor(Math.log10((high - low) / 100));
  return Number((Math.round(number / grain) * grain).toPrecision(12));
}

/** Give a row to a class. */
function writeClass(row, place) {
  if (lab.kind === "two") writeEntry(row, lab.inputs, targetRange[place]);
  else {
    writeEntry(row, lab.inputs + place, 1);
    for (let k = 0; k < classNames.length; k += 1) if (k !== place) writeEntry(row, lab.inputs + k, 0);
  }
}

function chooseRow(row) {
  lookAtRow(row);
  show();
}
const changeRow = (by) => chooseRow((look.row + by + training.rowCount) % training.rowCount);
