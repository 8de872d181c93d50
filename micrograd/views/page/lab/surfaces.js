// ---------------------------------------------------------------------------------------------------------------
// Surfaces: what every unit gives everywhere, and the colours of numbers
// ---------------------------------------------------------------------------------------------------------------

const view = { 1: "curve", 2: "plane" }[lab.inputs] ?? "table"; // what the right side shows
const outputPlaces = lab.outputCards.map((card) => lab.surfaceCards.indexOf(card)); // where surface() writes the model's outputs
const outputCount = outputPlaces.length;
const unitCanvases = new Map(); // a card -> the canvas of its picture; the network fills it
let chosenOutput = lab.kind === "classes" ? -1 : 0; // the output that is shown; -1 is the class that wins

/** The numbers of a column of all rows, those of the test too. */
const columnOf = (column) => [...lab.rows, ...lab.test].map((row) => row[column]);

function rangeOf(numbers, margin = 0) {
  let low = Infinity;
  let high = -Infinity;
  for (const number of numbers) {
    if (number < low) low = number;
    if (number > high) high = number;
  }
  if (!(low <= high)) return [0, 1];
  const room = margin * (high - low || 1);
  return [low - room, high + room];
}

/** From where to where each input goes. Two inputs of like size share one scale, so that a circle is round. */
const bounds = Array.from({ length: Math.min(2, lab.inputs) }, (_, column) => rangeOf(columnOf(column), 0.11));
if (view === "plane") {
  const spans = bounds.map(([low, high]) => high - low);
  const span = Math.max(...spans);
  if (span < 4 * Math.min(...spans)) for (const pair of bounds) {
    const middle = (pair[0] + pair[1]) / 2;
    pair[0] = middle - span / 2;
    pair[1] = middle + span / 2;
  }
}
const targetRanges = lab.targetNames.map((_, place) => rangeOf(columnOf(lab.inputs + place)));
const targetRange = rangeOf(targetRanges.flat());
const outputScales = outputPlaces.map((_, place) => scaleOfTargets(targetRanges[Math.min(place, targetRanges.length - 1)]));

/**
 * How the numbers of an output are coloured, for the targets that it has.
 *
 * middle   no class and no strength: the boundary, or the middle of the targets, which is 0 where they are on both sides of it
 * reach    what is this far from the middle has tanh(1) of the full strength; of logits, whose boundary is not between
 *          the targets, it is 2, as tanh(x / 2) is 2 p - 1
 */
function scaleOfTargets([low, high]) {
  if (lab.kind === "classes") return { middle: 0, reach: 2, soft: true };
  const middle = lab.boundary ?? (low < 0 && high > 0 ? 0 : (low + high) / 2);
  const isLogit = lab.kind === "two" && !(low < middle && middle < high);
  return { middle, reach: isLogit ? 2 : Math.max(high - middle, middle - low) || 1, soft: true };
}

// ---------------------------------------------------------------------------------------------------------------
// The numbers of all units at all places, in arrays that are made once
// ---------------------------------------------------------------------------------------------------------------

const stillSide = 64; // cells along each side while nothing moves
const movingSides = [64, 48, 40, 32, 24, 20, 16]; // the largest of them that is quick enough is taken while it plays
const surfaceBudget = 2.2; // milliseconds of a frame
const field = { side: 0, count: 0, units: [], row: new Float64Array(training.width), out: new Float64Array(lab.surfaceCards.length) };
let movingSide = movingSides[1];
let placeCost = 0; // milliseconds that surface() takes at one place

/** Places for a side: of a plane one more cell beyond each border, so that lines reach it; of a curve so many times two and the end. */
function resizeField(side) {
  const count = view === "plane" ? (side + 2) ** 2 : view === "curve" ? 2 * side + 1 : tileRows.length;
  if (field.side === side && field.count === count) return;
  field.side = side;
  field.count = count;
  field.units = lab.surfaceCards.map(() => new Float64Array(count));
}

/** The input at a place of a curve, or the first or second one at a column or a line of the plane. */
const inputAt = (k) => bounds[0][0] + ((bounds[0][1] - bounds[0][0]) * k) / (2 * field.side);
const acrossAt = (i) => bounds[0][0] + ((bounds[0][1] - bounds[0][0]) * (i - 0.5)) / field.side;
const upAt = (j) => bounds[1][1] - ((bounds[1][1] - bounds[1][0]) * (j - 0.5)) / field.side;

function setPlace(k) {
  if (view === "plane") {
    field.row[0] = acrossAt(k % (field.side + 2));
    field.row[1] = upAt(Math.floor(k / (field.side + 2)));
  } else if (view === "curve") field.row[0] = inputAt(k);
  else field.row.set(training.rows.subarray(tileRows[k] * training.width, tileRows[k] * training.width + training.width));
}

/** The finest grid that is quick enough, for what one place costs. */
const sideFor = (cost) => movingSides.find((side) => cost * (side + 2) ** 2 <= surfaceBudget) ?? movingSides.at(-1);

/** What every unit gives at every place, with the parameters of now. */
function fillField(fast) {
  resizeField(fast ? movingSide : stillSide);
  const { count, units, row, out } = field;
  const before = performance.now();
  for (let k = 0; k < count; k += 1) {
    setPlace(k);
    surface(row, training.p, out);
    for (let unit = 0; unit < units.length; unit += 1) units[unit][k] = out[unit];
  }
  const cost = (performance.now() - before) / count;
  placeCost = placeCost ? Math.min(1.1 * placeCost, cost) : cost; // the least of late: a pause of the machine is no cost of ours
  movingSide = sideFor(placeCost);
}

// ---------------------------------------------------------------------------------------------------------------
// Colours: a number from -1 to 1 is purple, paper or orange; four bytes in one whole number, as a canvas holds them
// ---------------------------------------------------------------------------------------------------------------

const shadeCount = 512;
const classColours = 8; // --class0 ... --class7, then again from the first
let shades = null; // { paper, ink, unit, plane, classes }

const channelsOf = (name) => cssColour(name).match(/[\d.]+/g).slice(0, 3).map(Number);
const packed = ([red, green, blue]) => ((255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;
const mixed = (colour, paper, share) => packed(colour.map((channel, k) => channel * share + paper[k] * (1 - share)));

function makeShades() {
  const paper = channelsOf("--paper");
  const [negative, positive] = [channelsOf("--negative"), channelsOf("--positive")];
  const strongest = brightInk() ? 0.64 : 0.54; // points and lines stand on the plane: it may not be as strong as they are
  const bySign = (most) => Uint32Array.from({ length: shadeCount }, (_, k) => {
    const strength = (2 * k) / (shadeCount - 1) - 1;
    return mixed(strength < 0 ? negative : positive, paper, most * Math.abs(strength) ** 0.8);
  });
  const ofClass = (place) => {
    const colour = channelsOf(`--class${place % classColours}`);
    return Uint32Array.from({ length: shadeCount }, (_, k) => mixed(colour, paper, 0.06 + 0.5 * (k / (shadeCount - 1)) ** 0.8));
  };
  const classes = lab.kind === "classes" ? lab.targetNames.map((_, place) => ofClass(place)) : [];
  shades = { paper: packed(paper), unit: bySign(0.92), plane: bySign(strongest), classes };
}
whenThemeChanges(() => { shades = null; });

/** The place in a palette of a strength from -1 to 1; what is no number is in the middle. */
function shadeAt(strength) {
  const place = Math.round((strength + 1) * 0.5 * (shadeCount - 1));
  return place >= 0 ? (place < shadeCount ? place : shadeCount - 1) : place < 0 ? 0 : shadeCount >> 1;
}

/** A canvas of that many pixels, with the memory that is put on it. */
function pixelsOf(canvas, width, height = width) {
  if (canvas.width !== width || canvas.height !== height || !canvas.pixels) {
    canvas.width = width;
    canvas.height = height;
    canvas.brush = canvas.getContext("2d");
    canvas.image = canvas.brush.createImageData(width, height);
    canvas.pixels = new Uint32Array(canvas.image.data.buffer);
  }
  return canvas.pixels;
}
const showPixels = (canvas) => canvas.brush.putImageData(canvas.image, 0, 0);

// ---------------------------------------------------------------------------------------------------------------
// The pictures of the units
// ---------------------------------------------------------------------------------------------------------------

const tileSide = 96; // pixels of a picture that is no plane
const rowsInTile = 400;
const tileBands = view === "table" ? rowsByTarget() : []; // with three and more inputs, a unit shows what it gives for the rows
const tileRows = tileBands.flat();
let nextTile = 0; // whose turn it is while it plays

/** So many rows, spread over all, in bands: one for each class, the last one of two on top, or one for each quarter of the targets. */
function rowsByTarget() {
  const every = Math.max(1, training.rowCount / rowsInTile);
  const some = Array.from({ length: Math.min(training.rowCount, rowsInTile) }, (_, k) => Math.floor(k * every));
  const targets = (row) => lab.rows[row].slice(lab.inputs);
  if (lab.kind === "classes") {
    const ofClass = (place) => some.filter((row) => targets(row)[place] === Math.max(...targets(row)));
    return lab.targetNames.map((_, place) => ofClass(place)).filter((band) => band.length);
  }
  const sorted = some.sort((a, b) => targets(b)[0] - targets(a)[0] || a - b);
  const isOther = (row) => targets(row)[0] !== targets(sorted[0])[0];
  const ends = lab.kind === "two" ? [sorted.findIndex(isOther)] : [0.25, 0.5, 0.75].map((share) => Math.round(share * sorted.length));
  return [0, ...ends].map((from, k) => sorted.slice(from, ends[k])).filter((band) => band.length);
}

/** How a unit's numbers are coloured: an output about its middle, all others about 0 by the largest of them, of which small ones are pale. */
function scaleOf(unit) {
  const output = outputPlaces.indexOf(unit);
  if (output >= 0) return outputScales[output];
  let reach = 0.3;
  for (const number of field.units[unit]) {
    if (number > reach && number < Infinity) reach = number;
    else if (-number > reach && -number < Infinity) reach = -number;
  }
  return { middle: 0, reach, soft: false };
}
const strengthIn = ({ middle, reach, soft }, number) => (soft ? Math.tanh((number - middle) / reach) : (number - middle) / reach);

/** Each pixel of a plane, and its node in the field, which has one more line and column on every side. */
function forCells(side, paint) {
  for (let j = 0, pixel = 0; j < side; j += 1) {
    for (let i = 0, node = (j + 1) * (side + 2) + 1; i < side; i += 1, pixel += 1, node += 1) paint(pixel, node);
  }
}

function paintTile(unit, canvas) {
  const numbers = field.units[unit];
  const scale = scaleOf(unit);
  if (view === "plane") {
    const pixels = pixelsOf(canvas, field.side);
    forCells(field.side, (pixel, node) => { pixels[pixel] = shades.unit[shadeAt(strengthIn(scale, numbers[node]))]; });
  } else if (view === "curve") paintTileCurve(pixelsOf(canvas, tileSide), numbers, scale);
  else paintTileBands(pixelsOf(canvas, tileSide), numbers, scale);
  showPixels(canvas);
}

/** With one input: a column of colour from the middle to the number, for each place. */
function paintTileCurve(pixels, numbers, scale) {
  pixels.fill(shades.paper);
  const zero = (tileSide - 1) / 2;
  for (let i = 0; i < tileSide; i += 1) {
    const strength = strengthIn(scale, numbers[Math.round((i * (field.count - 1)) / (tileSide - 1))]);
    if (Number.isNaN(strength)) continue;
    const end = zero - Math.max(-1, Math.min(1, strength)) * (zero - 1);
    const colour = shades.unit[shadeAt(strength < 0 ? -0.85 : 0.85)];
    for (let j = Math.round(Math.min(zero, end)); j <= Math.round(Math.max(zero, end)); j += 1) pixels[j * tileSide + i] = colour;
  }
}

/** With three and more inputs: a band for each class, and in it what the unit gives for its rows, the largest at the left. */
function paintTileBands(pixels, numbers, scale) {
  let line = 0;
  let first = 0;
  for (const band of tileBands) {
    const sorted = numbers.slice(first, first + band.length).sort();
    first += band.length;
    for (const end = Math.round((tileSide * first) / numbers.length); line < end; line += 1) {
      for (let i = 0; i < tileSide; i += 1) {
        const rank = Math.round(((tileSide - 1 - i) * (band.length - 1)) / (tileSide - 1));
        pixels[line * tileSide + i] = shades.unit[shadeAt(strengthIn(scale, sorted[rank]))];
      }
    }
  }
}

/** Paint what fillField found: all units, or while it plays a few of them in each frame. */
function paintSurfaces(fast = false) {
  if (!shades) makeShades();
  if (!field.count) fillField(fast);
  const units = lab.surfaceCards.length;
  const turns = fast ? Math.min(units, Math.max(3, Math.ceil(units / 4))) : units;
  for (let turn = 0; turn < turns; turn += 1) {
    const unit = (nextTile + turn) % units;
    const canvas = unitCanvases.get(lab.surfaceCards[unit]);
    if (canvas) paintTile(unit, canvas);
  }
  nextTile = (nextTile + turns) % units;
}
