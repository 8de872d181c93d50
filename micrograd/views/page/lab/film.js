// ---------------------------------------------------------------------------------------------------------------
// The film: the loss of each epoch so far, which is also the way back in time
// ---------------------------------------------------------------------------------------------------------------

const film = makeFilm(find(".side .film"));
const filmMargins = { left: 46, right: 14, top: 12, bottom: 20 }; // pixels
const shortestFilm = 20; // epochs
const filmPieces = 240; // of a curve
const mostInPiece = 64; // epochs that are looked at in each
let filmFrames = 0;

function makeFilm(host) {
  const box = makeElement("div", { className: "box" });
  const picture = makeShape("svg", { "aria-hidden": "true" });
  const layers = Object.fromEntries(["grid", "ghosts", "turns", "diamonds"].map((name) => [name, makeShape("g", { class: name })]));
  const test = makeShape("path", { class: "test" });
  const train = makeShape("path", { class: "train" });
  const now = makeShape("line", { class: "now" });
  const knob = makeShape("circle", { class: "knob", r: 5.5 });
  const hidden = makeShape("text", { class: "lost" });
  picture.append(layers.grid, layers.ghosts, test, train, layers.turns, layers.diamonds, hidden, now, knob);
  const range = makeElement("input", { type: "range", min: "0", max: "0", step: "1", value: "0", ariaLabel: "epoch: back to any, and on again" });
  const key = makeElement("div", { className: "key" });
  const hint = makeElement("span", { className: "hint", ariaHidden: "true" });
  box.append(picture, range, hint);
  host.append(box, key);
  range.addEventListener("input", () => lookBack(Number(range.value)));
  box.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    range.focus({ preventScroll: true });
    pause();
    followFilm(event);
  });
  box.addEventListener("pointermove", (event) => put(hint, "text", event.pointerType === "mouse" && !event.buttons ? hintAt(event.offsetX) : ""));
  box.addEventListener("pointerleave", () => put(hint, "text", ""));
  return { box, picture, ...layers, test, train, now, knob, range, ...makeFilmKey(key), width: 0, height: 0, scale: null, drawnGrid: "", drawnGhosts: "", drawnTurns: "" };
}

/** The legend: each line with its number of now. */
function makeFilmKey(host) {
  const item = (className, text, title = "") => {
    const number = makeElement("b");
    const element = makeElement("span", { className, title, hidden: true }, makeElement("i"), text, number);
    host.append(element);
    return { element, number };
  };
  return { keys: {
    train: item("train", "train "),
    test: item("test", "test "),
    ghosts: item("ghosts", "left behind", "what came after, before a hand changed something"),
    turns: item("turns", "by hand", "where a setting was turned, or a number moved"),
    python: item("python", "Python"),
  } };
}

// ---------------------------------------------------------------------------------------------------------------
// Back in time
// ---------------------------------------------------------------------------------------------------------------

/** Show the network as it was at that epoch. */
function lookBack(epoch) {
  pause();
  const wanted = Math.max(0, Math.min(training.losses.length - 1, epoch));
  if (wanted !== training.epoch) goToEpoch(wanted);
  show(true);
  settle();
}

/** An epoch and its losses: what is under the mouse. */
function hintAt(pixels) {
  const epoch = film.scale ? epochAt(pixels) : -1;
  const { losses, testLosses, ghosts } = training;
  const curves = [["train", losses], ["test", testLosses], ["left behind", ghosts.at(-1)?.losses ?? []]];
  const said = curves.filter(([, curve]) => Number.isFinite(curve[epoch])).map(([name, curve]) => `${name} ${shown(curve[epoch], 3)}`);
  return said.length ? `epoch ${epoch.toLocaleString("en")}: ${said.join(", ")}` : "";
}

const epochAt = (pixels) => Math.round(((pixels - filmMargins.left) / (film.width - filmMargins.left - filmMargins.right)) * film.scale.longest);

let settling = 0;
/** When the hand rests, what is drawn roughly while it moves is drawn well. */
function settle() {
  clearTimeout(settling);
  settling = setTimeout(() => show(), 120);
}

function followFilm(start) {
  const { left: edge } = film.box.getBoundingClientRect();
  const seek = (event) => {
    if (event.pointerId !== start.pointerId || !film.scale) return;
    lookBack(epochAt(event.clientX - edge - film.box.clientLeft));
  };
  const end = (event) => {
    if (event.pointerId !== start.pointerId) return;
    window.removeEventListener("pointermove", seek);
    for (const kind of ["pointerup", "pointercancel"]) window.removeEventListener(kind, end);
    show();
  };
  window.addEventListener("pointermove", seek);
  for (const kind of ["pointerup", "pointercancel"]) window.addEventListener(kind, end);
  seek(start);
}

// ---------------------------------------------------------------------------------------------------------------
// Scales
// ---------------------------------------------------------------------------------------------------------------

/** A round number of epochs that holds them all: the curve grows into it, and is not squeezed in every frame. */
function roundLength(epochs) {
  if (epochs <= shortestFilm) return shortestFilm;
  const power = 10 ** Math.floor(Math.log10(epochs));
  return [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((digit) => digit * power >= epochs) * power;
}

/** The least and the most of all curves that are shown; of long ones not every number is looked at. */
function lossRange() {
  let least = Infinity;
  let most = -Infinity;
  const include = (loss) => {
    if (!Number.isFinite(loss)) return;
    if (loss < least) least = loss;
    if (loss > most) most = loss;
  };
  for (const losses of [training.losses, training.testLosses, ...training.ghosts.map((ghost) => ghost.losses)]) {
    const step = Math.max(1, Math.floor(losses.length / 300));
    for (let k = 0; k < losses.length; k += step) include(losses[k]);
    include(losses[losses.length - 1]);
  }
  return least <= most ? [least, most] : [0, 1];
}

/** Logarithmic if all losses are above 0 and they go over more than a factor of 6; else from 0, or from below it. */
function filmScale() {
  const [least, most] = lossRange();
  const longest = roundLength(Math.max(training.losses.length, ...training.ghosts.map((ghost) => ghost.losses.length)) - 1);
  if (least > 0 && most / least > 6) return { longest, log: true, low: Math.floor(2 * Math.log10(least)) / 2, high: Math.ceil(4 * Math.log10(most)) / 4 };
  const steps = roundNumbers(Math.min(0, least), most * 1.02 || 1, 4);
  const step = steps.length > 1 ? steps[1] - steps[0] : most || 1;
  return { longest, log: false, low: Math.min(0, Math.floor(least / step) * step), high: Math.ceil((most * 1.02) / step) * step || 1 };
}

const filmX = (epoch) => filmMargins.left + ((film.width - filmMargins.left - filmMargins.right) * epoch) / film.scale.longest;
function filmY(loss) {
  const { log, low, high } = film.scale;
  const at = log ? Math.log10(loss > 0 ? loss : 1e-300) : loss;
  const share = (high - Math.max(low, Math.min(high, at))) / (high - low);
  return filmMargins.top + (film.height - filmMargins.top - filmMargins.bottom) * share;
}

/** A curve from an epoch on; of a long one the least and the most of each piece, so that no peak is lost; of millions, of some in each. */
function lossPath(losses, from = 0) {
  const step = Math.max(1, Math.ceil((losses.length - from) / filmPieces));
  const stride = Math.ceil(step / mostInPiece);
  let path = "";
  const add = (epoch) => { if (Number.isFinite(losses[epoch])) path += `${path ? "L" : "M"}${tenth(filmX(epoch))},${tenth(filmY(losses[epoch]))}`; };
  for (let k = from; k < losses.length; k += step) {
    let [least, most] = [k, k];
    for (let at = k + stride; at < Math.min(losses.length, k + step); at += stride) {
      if (losses[at] < losses[least]) least = at;
      if (losses[at] > losses[most]) most = at;
    }
    add(Math.min(least, most));
    if (least !== most) add(Math.max(least, most));
  }
  if (step > 1) add(losses.length - 1);
  return path;
}

// ---------------------------------------------------------------------------------------------------------------
// Painting
// ---------------------------------------------------------------------------------------------------------------

/** The film of now; while it plays in each third frame. */
function drawFilm() {
  filmFrames += 1;
  if (sideMoves && filmFrames % 3 && training.epoch === training.losses.length - 1) return;
  film.scale = filmScale();
  const { epoch, losses, testLosses } = training;
  if (film.width) {
    paintFilmGrid();
    paintGhosts();
    paintTurns();
    put(film.train, "d", lossPath(losses));
    put(film.test, "d", training.testCount ? lossPath(testLosses) : "");
    const x = filmX(epoch).toFixed(1);
    put(film.now, "x1", x);
    put(film.now, "x2", x);
    put(film.knob, "cx", x);
    if (Number.isFinite(losses[epoch])) put(film.knob, "cy", filmY(losses[epoch]).toFixed(1));
    put(film.knob, "visibility", Number.isFinite(losses[epoch]) ? "visible" : "hidden");
  }
  paintFilmKey();
  put(film.range, "max", losses.length - 1);
  film.range.value = epoch;
  if (!sideMoves) put(film.range, "aria-valuetext", `epoch ${epoch} of ${losses.length - 1}, loss ${shown(losses[epoch])}`);
}

/** Numbers at the left and below, and hair lines; only when the scale or the size is another one. */
function paintFilmGrid() {
  const { longest, log, low, high } = film.scale;
  const key = [longest, log, low, high, film.width, film.height].join();
  if (key === film.drawnGrid) return;
  film.drawnGrid = key;
  film.drawnGhosts = film.drawnTurns = "";
  const right = film.width - filmMargins.right;
  const bottom = film.height - filmMargins.bottom;
  const parts = [];
  let last = Infinity;
  for (const loss of log ? roundPowers(low, high) : roundNumbers(low, high, Math.max(2, film.height / 50))) {
    const y = filmY(loss);
    if (last - y < 15) continue; // numbers may not touch
    last = y;
    parts.push(makeShape("line", { x1: filmMargins.left, x2: right, y1: y, y2: y }), makeShape("text", { x: filmMargins.left - 6, y: y + 4, "text-anchor": "end" }, shown(loss, 3)));
  }
  const written = (epoch, anchor, more = "") => {
    parts.push(makeShape("text", { x: filmX(epoch).toFixed(1), y: bottom + 14, "text-anchor": anchor }, epoch.toLocaleString("en") + more));
  };
  for (const epoch of roundNumbers(0, longest, Math.max(2, Math.floor((film.width - 60) / 70)))) {
    if (Number.isInteger(epoch) && right - filmX(epoch) > 95) written(epoch, epoch ? "middle" : "start");
  }
  written(longest, "end", " epochs");
  film.grid.replaceChildren(...parts);
  put(film.now, "y1", filmMargins.top - 6);
  put(film.now, "y2", bottom);
}

/** 1, 2, 5 and their tenths, or only powers of ten where there are many. */
function roundPowers(low, high) {
  const found = [];
  const every = Math.max(1, Math.ceil((high - low) / 6));
  for (let power = Math.floor(low); power <= high; power += 1) {
    for (const digit of high - low <= 3 ? [1, 2, 5] : [1]) {
      const at = power + Math.log10(digit);
      if (at >= low - 1e-9 && at <= high + 1e-9 && (digit > 1 || power % every === 0)) found.push(Number(`${digit}e${power}`));
    }
  }
  return found;
}

function makeGhost(path, text) {
  const ghost = makeShape("path", { d: path });
  if (text) ghost.append(makeShape("title", {}, text));
  return ghost;
}

/** The curves that were left behind, in grey; only when there is another one. */
function paintGhosts() {
  const key = `${training.ghosts.length},${training.ghosts.at(-1)?.losses.length},${training.ghosts.at(-1)?.from}`;
  if (key === film.drawnGhosts) return;
  film.drawnGhosts = key;
  film.ghosts.replaceChildren(...training.ghosts.map(({ from, losses, text }) => makeGhost(lossPath(losses, from), text)));
}

/** Marks where a setting was turned, and Python's own losses as long as they are those of this run. */
function paintTurns() {
  const marks = pythonMarks();
  const key = `${training.turns.length},${training.turns.at(-1)?.epoch},${training.turns.at(-1)?.text},${marks.length},${marks.at(-1)?.[0]}`;
  if (key === film.drawnTurns) return;
  film.drawnTurns = key;
  const bottom = film.height - filmMargins.bottom;
  let last = -Infinity;
  const apart = training.turns.filter(({ epoch }) => filmX(epoch) - last >= 5 && (last = filmX(epoch))); // of a long drag while it plays
  film.turns.replaceChildren(...apart.map(({ epoch, text }) => {
    const mark = makeShape("path", { d: `M${filmX(epoch).toFixed(1)},${bottom - 7}l4.5,7h-9z` });
    mark.append(makeShape("title", {}, `epoch ${epoch}: ${text}`));
    return mark;
  }));
  film.diamonds.replaceChildren(...marks.map(([epoch, loss]) => {
    const at = `translate(${filmX(epoch).toFixed(1)},${filmY(loss).toFixed(1)})`;
    return makeShape("path", { d: "M0-5.6L5.6 0L0 5.6L-5.6 0z", transform: at });
  }));
}

/** [epoch, loss] that Python computed, of the epochs that were reached by its way: none after a hand has changed anything. */
function pythonMarks() {
  return Object.entries(lab.python).map(([epoch, loss]) => [Number(epoch), loss]).filter(([epoch]) => epoch < training.losses.length && followsPython(epoch));
}

function paintFilmKey() {
  const { epoch, losses, testLosses, ghosts, turns } = training;
  const marks = pythonMarks();
  const { keys } = film;
  const appear = ({ element, number }, isThere, text = "") => {
    if (element.hidden === isThere) element.hidden = !isThere;
    put(number, "text", text);
  };
  appear(keys.train, true, shown(losses[epoch]));
  appear(keys.test, training.testCount > 0, Number.isFinite(testLosses[epoch]) ? shown(testLosses[epoch]) : "");
  appear(keys.ghosts, ghosts.length > 0);
  appear(keys.turns, turns.length > 0);
  const equal = marks.every(([at, loss]) => losses[at] === loss);
  appear(keys.python, marks.length > 0, equal ? ", equal" : "");
  if (!marks.length) return;
  const epochs = marks.map(([at]) => at).join(", ");
  put(keys.python.element, "title", `losses that Python computed, of epochs ${epochs}: ${equal ? "equal to the last bit" : "not the same bits"}`);
}

function setFilmSize(width, height) {
  if (width === film.width && height === film.height) return;
  film.width = width;
  film.height = height;
  filmMargins.left = curveMargins.left = matchMedia("(min-width: 1500px)").matches ? 55 : 46; // there its numbers are larger
  film.drawnGrid = "";
  if (training.losses.length) { sideMoves = false; drawFilm(); }
}

const sideWatch = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    if (target === film.box) setFilmSize(contentRect.width, contentRect.height);
    else if (target === points.host) setSize(contentRect.width, contentRect.height);
    else if (table) setTableSize(contentRect.height);
  }
});
for (const element of [film.box, points.host, table?.scroller]) if (element) sideWatch.observe(element);
