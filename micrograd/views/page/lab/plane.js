// ---------------------------------------------------------------------------------------------------------------
// The plane: with two inputs, what the model gives everywhere, the boundary, and the points. And what the right side has in common.
// ---------------------------------------------------------------------------------------------------------------

const planeElement = find(".side .plane");
let sideMoves = false; // whether it plays, or something is dragged
let planeFrames = 0;
const plane = view === "plane" ? makePlane() : null;
const planeKey = makePlaneKey(planeElement);

/** Where along its edge of the plane an axis can be named so that no row is covered: near the middle, if there is room. */
function freeAlong(axis) {
  const shareOf = (row, of) => (row[of] - bounds[of][0]) / (bounds[of][1] - bounds[of][0]);
  const rows = [...lab.rows, ...lab.test].filter((row) => shareOf(row, 1 - axis) < 0.22);
  const roomAt = (place) => rows.reduce((room, row) => Math.min(room, Math.abs(shareOf(row, axis) - place)), 0.08);
  const places = Array.from({ length: 17 }, (_, k) => 0.5 + (k % 2 ? -0.0275 : 0.0275) * (k + (k % 2)));
  return places.reduce((best, place) => (roomAt(place) > roomAt(best) ? place : best));
}

function makePlane() {
  const host = makeElement("div", { className: "surface", tabIndex: 0 });
  host.setAttribute("role", "application");
  const canvas = makeElement("canvas", { className: "heat" });
  const over = makeShape("svg", { class: "contours", "aria-hidden": "true" });
  const levels = makeShape("path", { class: "levels" });
  const halo = makeShape("path", { class: "boundary halo" });
  const boundary = makeShape("path", { class: "boundary" });
  over.append(levels, halo, boundary);
  const axes = ["across", "up"].map((way, axis) => {
    const name = makeElement("span", { className: `axis ${way}`, textContent: lab.inputNames[axis] });
    name.style[axis ? "bottom" : "left"] = `${100 * freeAlong(axis)}%`;
    return name;
  });
  const note = makeElement("span", { className: "note", ariaHidden: "true" });
  host.append(canvas, over, ...axes, note);
  planeElement.prepend(host);
  makePoints(host, planePlace);
  letPointsMove((row, x, y) => {
    writeEntry(row, 0, rounded(fromPixels(x, 0), bounds[0]));
    writeEntry(row, 1, rounded(fromPixels(y, 1), bounds[1]));
  });
  letKeysMove(host);
  letPointerAsk(host, note);
  return { host, canvas, levels, halo, boundary, margins: new Float64Array(0) };
}

/** Where a row is on the plane, in pixels, and back. */
function planePlace(rows, row) {
  const at = row * training.width;
  const [[left, right], [low, high]] = bounds;
  return [(points.width * (rows[at] - left)) / (right - left), (points.height * (high - rows[at + 1])) / (high - low)];
}
function fromPixels(pixels, axis) {
  const [low, high] = bounds[axis];
  const share = pixels / (axis ? points.height : points.width);
  return axis ? high - share * (high - low) : low + share * (high - low);
}

/** Shift and an arrow key move the chosen point by a 50th of the range; the arrow keys alone stay those of the page. */
function letKeysMove(host) {
  host.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, 1], ArrowDown: [1, -1] }[event.key];
    if (!way || !event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const [axis, sign] = way;
    const column = view === "curve" && axis === 1 ? lab.inputs : axis;
    const [low, high] = column < lab.inputs ? bounds[column] : targetRange;
    if (column >= lab.inputs && hasClasses) writeClass(look.row, Math.max(0, Math.min(classNames.length - 1, classOf(training.rows, look.row) + sign)));
    else writeEntry(look.row, column, rounded(entryOf(look.row, column) + (sign * (high - low)) / 50, [low, high]));
    show();
  });
}

/** What the model gives under the mouse. */
function letPointerAsk(host, note) {
  const asked = new Float64Array(training.width);
  host.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse" || event.buttons) return put(note, "text", "");
    const [x, y] = withinHost(event);
    asked[0] = fromPixels(x, 0);
    asked[1] = fromPixels(y, 1);
    return put(note, "text", `(${shown(asked[0], 3)}, ${shown(asked[1], 3)}) gives ${saidOf(outputsOf(asked, 0))}`);
  });
  host.addEventListener("pointerleave", () => put(note, "text", ""));
}

// ---------------------------------------------------------------------------------------------------------------
// The key: which mark is which class, which output is shown, what a colour means
// ---------------------------------------------------------------------------------------------------------------

function makePlaneKey(host) {
  const key = makeElement("div", { className: "plane-key" });
  host.append(key);
  const choices = new Map();
  const addChoice = (output, title, ...parts) => {
    const button = makeElement("button", { type: "button", className: "choice", title }, ...parts);
    button.addEventListener("click", () => { chosenOutput = lab.kind === "classes" && chosenOutput === output ? -1 : output; points.stale = true; show(); });
    choices.set(output, button);
    key.append(button);
  };
  if (lab.kind === "classes") {
    if (view === "plane") addChoice(-1, "each place in the colour of the class that wins there", "winner");
    classNames.forEach((name, place) => {
      if (view === "plane") addChoice(place, `where ${name} is ahead of all others`, makeMark(place), name);
      else key.append(makeElement("span", {}, makeMark(place), name));
    });
  } else if (lab.kind === "two") classNames.forEach((name, place) => key.append(makeElement("span", {}, makeMark(place), name)));
  else if (outputCount > 1) {
    outputPlaces.forEach((_, place) => addChoice(place, "show this output", lab.targetNames[place] ?? `output ${place + 1}`));
  }
  if (training.testCount && view !== "table") key.append(makeElement("span", { className: "test" }, makeMark(hasClasses ? 0 : -1, "mark hollow"), "test"));
  const scale = !hasClasses && view === "plane" ? makeScale() : null;
  if (scale) key.append(scale.element);
  return { key, choices, scale };
}

/** The continuous scale of a regression: a bar of colours with three numbers. */
function makeScale() {
  const bar = makeElement("canvas", { className: "bar" });
  const ends = [makeElement("b"), makeElement("b"), makeElement("b")];
  const element = makeElement("span", { className: "scale" }, makeElement("span", { className: "ends" }, ...ends), bar);
  return { element, bar, ends };
}

function paintPlaneKey() {
  planeKey.choices.forEach((button, output) => put(button, "aria-pressed", output === chosenOutput));
  if (!planeKey.scale) return;
  const { middle, reach } = outputScales[chosenOutput];
  [middle - 1.5 * reach, middle, middle + 1.5 * reach].forEach((number, k) => put(planeKey.scale.ends[k], "text", shown(number, 3)));
  const wide = 120;
  const pixels = pixelsOf(planeKey.scale.bar, wide, 1);
  for (let k = 0; k < wide; k += 1) pixels[k] = shades.plane[shadeAt(Math.tanh(((2 * k) / (wide - 1) - 1) * 1.5))];
  showPixels(planeKey.scale.bar);
}

// ---------------------------------------------------------------------------------------------------------------
// Painting
// ---------------------------------------------------------------------------------------------------------------

/** All of the right side and the pictures of the units; while it plays, what can wait is done in turn. */
function showSide(fast = false) {
  sideMoves = fast;
  paintPlane(fast);
  paintSurfaces(fast);
  paintPoints();
  drawFilm();
}

function paintPlane(fast = false) {
  sideMoves = fast;
  planeFrames += 1;
  if (!shades) makeShades();
  if (!fast || view !== "table" || planeFrames % 4 === 0) fillField(fast);
  if (view === "plane") paintHeat();
  else if (view === "curve") paintCurve();
  else if (!fast || planeFrames % 4 === 2) paintTable();
  if (fast) return;
  paintPlaneKey();
  if (points.host) put(points.host, "aria-label", sideWords());
}

/** What the picture shows, with numbers, for those who hear it. */
function sideWords() {
  const inputs = lab.inputNames.map((name, column) => `${name} ${shown(entryOf(look.row, column))}`).join(", ");
  const target = hasClasses ? classNames[classOf(training.rows, look.row)] : shown(entryOf(look.row, lab.inputs));
  const what = view === "plane" ? "what the network gives everywhere on the plane" : "the curve of what the network gives";
  const gives = saidOf(outputsOf(training.rows, look.row));
  return `${what}, and ${training.rowCount} points. Row ${look.row + 1}: ${inputs}, target ${target}; the network gives ${gives}. `
    + "Shift and an arrow key move this point, ‹ and › choose another.";
}

function paintHeat() {
  const { side, units } = field;
  const wide = side + 2;
  const pixels = pixelsOf(plane.canvas, side);
  const cell = points.width / side;
  if (lab.kind === "classes") paintClasses(pixels, wide, cell);
  else {
    const numbers = units[outputPlaces[chosenOutput]];
    const scale = outputScales[chosenOutput];
    forCells(side, (pixel, node) => { pixels[pixel] = shades.plane[shadeAt(strengthIn(scale, numbers[node]))]; });
    if (lab.kind === "two") putBoundary(contourPath(numbers, wide, cell, scale.middle));
    else {
      const levels = roundNumbers(...targetRanges[Math.min(chosenOutput, targetRanges.length - 1)], 7);
      put(plane.levels, "d", levels.map((level) => contourPath(numbers, wide, cell, level)).join(""));
    }
  }
  showPixels(plane.canvas);
}

function putBoundary(path) {
  put(plane.boundary, "d", path);
  put(plane.halo, "d", path);
}

/** How far the class is ahead of the best other one at each place, into plane.margins. */
function fillMargins(place) {
  const { units, count } = field;
  if (plane.margins.length !== count) plane.margins = new Float64Array(count);
  for (let k = 0; k < count; k += 1) {
    let other = -Infinity;
    for (let c = 0; c < outputCount; c += 1) if (c !== place && units[outputPlaces[c]][k] > other) other = units[outputPlaces[c]][k];
    plane.margins[k] = units[outputPlaces[place]][k] - other;
  }
  return plane.margins;
}

/** The class that wins in its colour, the stronger the further it is ahead; or one class against all others. */
function paintClasses(pixels, wide, cell) {
  const borders = [];
  const places = chosenOutput < 0 ? classNames.map((_, place) => place) : [chosenOutput];
  for (const place of places) {
    const margins = fillMargins(place);
    const colours = shades.classes[place];
    forCells(wide - 2, (pixel, node) => {
      if (margins[node] >= 0) pixels[pixel] = colours[shadeAt(2 * Math.tanh(margins[node] / 2) - 1)];
      else if (chosenOutput >= 0 || Number.isNaN(margins[node])) pixels[pixel] = shades.paper;
    });
    if (place < outputCount - 1 || chosenOutput >= 0) borders.push(contourPath(margins, wide, cell, 0)); // the last one's borders are those of the others
  }
  putBoundary(borders.join(""));
}

/** Ask once how large the pictures are, and draw what is measured in pixels. */
function sizeRightSide() {
  if (points.host) setSize(points.host.clientWidth, points.host.clientHeight);
  setFilmSize(film.box.clientWidth, film.box.clientHeight);
  if (view === "table") setTableSize(table.scroller.clientHeight);
}

function setSize(width, height) {
  if (width === points.width && height === points.height) return;
  points.width = width;
  points.height = height;
  points.stale = true;
  if (!field.count) return;
  paintPlane(sideMoves);
  paintPoints();
}
