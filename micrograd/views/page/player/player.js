// ---------------------------------------------------------------------------------------------------------------
// Showing a position
// ---------------------------------------------------------------------------------------------------------------

const find = (selector) => document.querySelector(selector);
const formulaElement = find(".formula");
const reasonElement = find(".reason");
const phaseElement = find(".phase");
const slider = find(".track input");
const buttons = { first: find(".first"), previous: find(".previous"), play: find(".play"), next: find(".next"), last: find(".last") };
const phases = { start: "start", forward: "forward →", backward: "← backward", done: "done" };

function phaseNow() {
  if (position === 0) return "start";
  if (position === steps.length) return "done";
  return position <= forwardCount ? "forward" : "backward";
}

function show(instant = false) {
  marked.forEach(([element, name]) => element.classList.remove(name));
  marked = [];
  spotlight.removeAttribute("d");
  const step = steps[position - 1];
  const inView = step ? markStep(step) : [];
  if (chosen !== null) mark(cardOf(chosen), "chosen");
  showWords(chosen === null ? describe(step) : describeNode(chosen));
  showControls();
  if (chosen === null) scrollTo(inView, instant);
  drawMap();
  if (details.open) fillTable();
}

function showWords({ formula, reasons }) {
  fill(formulaElement, formula);
  reasonElement.replaceChildren(...reasons.map((parts) => {
    const line = document.createElement("div");
    fill(line, parts);
    return line;
  }));
}

function showControls() {
  const phase = phaseNow();
  phaseElement.dataset.phase = phase;
  phaseElement.textContent = phases[phase];
  slider.value = position;
  slider.setAttribute("aria-valuetext", `step ${position} of ${steps.length}, ${phase}: ${formulaElement.textContent}`);
  find(".count").textContent = `${position} / ${steps.length}`;
  buttons.first.disabled = buttons.previous.disabled = position === 0;
  buttons.next.disabled = buttons.last.disabled = position === steps.length;
}

// ---------------------------------------------------------------------------------------------------------------
// Zoom, scrolling and the map
// ---------------------------------------------------------------------------------------------------------------

const fullWidth = picture.viewBox.baseVal.width;
const fullHeight = picture.viewBox.baseVal.height;
const readable = 0.82; // below this the digits get too small
let scale = 1;
let automatic = true; // the scale follows the size of the window

function setScale(wanted) {
  scale = Math.max(0.1, Math.min(3, wanted));
  picture.setAttribute("width", fullWidth * scale);
  picture.setAttribute("height", fullHeight * scale);
}

const scaleToFit = () => Math.min(1.25, stage.clientWidth / fullWidth, stage.clientHeight / fullHeight);

function chooseScale() {
  if (!automatic) return;
  const whole = scaleToFit();
  const asWide = Math.min(1.1, stage.clientWidth / fullWidth); // then only up and down is scrolled
  const asHigh = Math.min(1.1, stage.clientHeight / fullHeight);
  if (whole >= readable) setScale(whole);
  else setScale(Math.max(readable, Math.min(1, asWide >= readable ? asWide : asHigh)));
}

function zoomBy(factor) {
  automatic = false;
  const middle = [(stage.scrollLeft + stage.clientWidth / 2) / scale, (stage.scrollTop + stage.clientHeight / 2) / scale];
  setScale(scale * factor);
  stage.scrollTo({ left: middle[0] * scale - stage.clientWidth / 2, top: middle[1] * scale - stage.clientHeight / 2, behavior: "instant" });
  drawMap();
}

function toggleWhole() {
  automatic = !automatic;
  if (automatic) chooseScale();
  else setScale(scaleToFit());
  show(true);
}

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/** Bring the cards into view; where they do not all fit, the first of them. */
function scrollTo(elements, instant) {
  if (!elements.length) return;
  const view = stage.getBoundingClientRect();
  const margin = 16;
  const boxes = elements.map((element) => element.getBoundingClientRect());
  const shift = (low, high, from, size) => {
    let start = Math.min(...boxes.map((box) => box[low]));
    let end = Math.max(...boxes.map((box) => box[high]));
    if (end - start > size - 2 * margin) [start, end] = [boxes[0][low], boxes[0][high]];
    return start < from + margin || end > from + size - margin ? (start + end) / 2 - (from + size / 2) : 0;
  };
  const left = shift("left", "right", view.left, stage.clientWidth);
  const top = shift("top", "bottom", view.top, stage.clientHeight);
  if (left || top) stage.scrollBy({ left, top, behavior: instant || stillness.matches ? "instant" : "smooth" });
}

const map = find(".map");
let mapScale = 1;

/** A small map of the whole, where the stage shows a part: beside the words, so that it hides nothing of the picture. */
function drawMap() {
  map.hidden = fullWidth * scale <= stage.clientWidth + 2 && fullHeight * scale <= stage.clientHeight + 2;
  if (map.hidden) return;
  mapScale = Math.min(Math.min(180, stage.clientWidth * 0.25) / fullWidth, 88 / fullHeight);
  const width = Math.max(24, fullWidth * mapScale);
  const height = Math.max(16, fullHeight * mapScale);
  const dense = window.devicePixelRatio || 1;
  map.width = width * dense;
  map.height = height * dense;
  map.style.width = `${width}px`;
  map.style.height = `${height}px`;
  const brush = map.getContext("2d");
  brush.setTransform(dense, 0, 0, dense, 0, 0);
  const colours = getComputedStyle(player);
  for (const element of cardElements) drawOnMap(brush, element, colours);
  brush.globalAlpha = 1;
  brush.strokeStyle = colourOf(colours, "--ink");
  brush.lineWidth = 1.5;
  const part = mapScale / scale;
  brush.strokeRect(
    stage.scrollLeft * part + 0.75, stage.scrollTop * part + 0.75,
    Math.min(width, stage.clientWidth * part) - 1.5, Math.min(height, stage.clientHeight * part) - 1.5,
  );
}

const probe = document.createElement("span"); // resolves light-dark() to a colour that a canvas understands
probe.hidden = true;
player.append(probe);

function colourOf(_, name) {
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

function drawOnMap(brush, element, colours) {
  const { e: left, f: top } = element.transform.baseVal.consolidate().matrix;
  const face = element.querySelector(".face");
  const active = element.classList.contains("written") || element.classList.contains("read");
  const gradient = element.querySelector(".gradient").textContent;
  let name = element.classList.contains("unknown") ? "--border" : "--edge";
  if (gradient && gradient !== "0") name = element.classList.contains("negative") ? "--negative" : "--positive";
  if (element.classList.contains("read")) name = "--read";
  if (element.classList.contains("written")) name = "--written";
  brush.fillStyle = colourOf(colours, name);
  brush.globalAlpha = active ? 1 : 0.5;
  const more = active ? 1.5 : 0;
  brush.fillRect(
    left * mapScale - more, top * mapScale - more,
    Math.max(1.5, face.width.baseVal.value * mapScale) + 2 * more, Math.max(1.5, face.height.baseVal.value * mapScale) + 2 * more,
  );
}

function scrollByMap(event) {
  const box = map.getBoundingClientRect();
  const left = ((event.clientX - box.left) / mapScale) * scale - stage.clientWidth / 2;
  const top = ((event.clientY - box.top) / mapScale) * scale - stage.clientHeight / 2;
  stage.scrollTo({ left, top, behavior: "instant" });
}

// ---------------------------------------------------------------------------------------------------------------
// Playing
// ---------------------------------------------------------------------------------------------------------------

let timer = 0;
const playIcon = "M2 2l7 6-7 6zM10 2h2v12h-2zM13 2h2v12h-2z";
const pauseIcon = "M4 2h3v12H4zM9 2h3v12H9z";

function setPlaying(on) {
  clearTimeout(timer);
  timer = on ? setTimeout(playOn, 1100 / Number(find(".speed").value)) : 0;
  buttons.play.setAttribute("aria-label", on ? "pause" : "play");
  buttons.play.title = on ? "pause (Space)" : "play (Space)";
  buttons.play.querySelector("path").setAttribute("d", on ? pauseIcon : playIcon);
  formulaElement.setAttribute("aria-live", on ? "off" : "polite"); // a reader cannot follow at this pace
}

function playOn() {
  if (!player.isConnected) return;
  goTo(position + 1);
  setPlaying(position < steps.length);
}

function togglePlaying() {
  if (timer) return setPlaying(false);
  if (position === steps.length) goTo(0);
  return playOn();
}

/** Whatever the reader does by hand ends the playing. */
function byHand(action) {
  setPlaying(false);
  action();
}

// ---------------------------------------------------------------------------------------------------------------
// The table of all values
// ---------------------------------------------------------------------------------------------------------------

const details = find("details");

function fillTable() {
  find("tbody").replaceChildren(...nodes.map((node, number) => {
    const row = document.createElement("tr");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = node.name;
    button.addEventListener("click", () => byHand(() => choose(number)));
    const isLeaf = node.shape === undefined;
    const cells = [button, isLeaf ? node.kind : "", known[number] ? node.data : "–", gradients[number] === null ? "–" : gradients[number]];
    cells.forEach((content, place) => {
      const cell = document.createElement("td");
      cell.append(content);
      if (place > 1) cell.className = "number";
      row.append(cell);
    });
    if (!isLeaf) fill(row.children[1], formulaOf(number, nameOf));
    return row;
  }));
}

function choose(node) {
  chosen = chosen === node ? null : node;
  show();
}

// ---------------------------------------------------------------------------------------------------------------
// What the reader does
// ---------------------------------------------------------------------------------------------------------------

const legend = find(".legend");

const keys = {
  ArrowRight: (event) => byHand(() => (event.shiftKey ? goToNextNode(1) : goTo(position + 1))),
  ArrowLeft: (event) => byHand(() => (event.shiftKey ? goToNextNode(-1) : goTo(position - 1))),
  Home: () => byHand(() => goTo(0)),
  End: () => byHand(() => goTo(steps.length)),
  " ": togglePlaying,
  "+": () => zoomBy(1.25),
  "=": () => zoomBy(1.25),
  "-": () => zoomBy(0.8),
  0: toggleWhole,
  "?": () => legend.togglePopover(),
  Escape: () => { legend.hidePopover(); chosen = null; show(); },
};

document.addEventListener("keydown", (event) => {
  const target = event.target;
  const pressesItself = event.key === " " && ["BUTTON", "SUMMARY"].includes(target.tagName);
  if (event.ctrlKey || event.metaKey || event.altKey || target.tagName === "SELECT" || pressesItself || !(event.key in keys)) return;
  event.preventDefault();
  keys[event.key](event);
});

buttons.first.addEventListener("click", () => byHand(() => goTo(0)));
buttons.previous.addEventListener("click", () => byHand(() => goTo(position - 1)));
buttons.next.addEventListener("click", () => byHand(() => goTo(position + 1)));
buttons.last.addEventListener("click", () => byHand(() => goTo(steps.length)));
buttons.play.addEventListener("click", togglePlaying);
slider.addEventListener("input", () => byHand(() => goTo(Number(slider.value), true)));
find(".zoom-in").addEventListener("click", () => zoomBy(1.25));
find(".zoom-out").addEventListener("click", () => zoomBy(0.8));
find(".zoom-fit").addEventListener("click", toggleWhole);
find(".theme").addEventListener("click", () => {
  const root = document.documentElement;
  const ink = colourOf(null, "--ink").match(/\d+/g).map(Number);
  root.style.colorScheme = ink[0] > 128 ? "light" : "dark"; // a bright ink is on dark paper
  drawMap();
});
details.addEventListener("toggle", () => { if (details.open) fillTable(); });

picture.addEventListener("click", (event) => {
  const card = event.target.closest(".card");
  const main = card ? cards[Number(card.dataset.card)].main : -1;
  byHand(() => choose(main < 0 ? null : main));
});

let dragFrom = null; // where a mouse that moves the picture was
stage.addEventListener("pointerdown", (event) => {
  if (event.pointerType === "mouse" && event.button === 0) dragFrom = [event.clientX, event.clientY];
});
window.addEventListener("pointermove", (event) => {
  if (!dragFrom || !event.buttons) return;
  stage.classList.add("dragged");
  stage.scrollBy({ left: dragFrom[0] - event.clientX, top: dragFrom[1] - event.clientY, behavior: "instant" });
  dragFrom = [event.clientX, event.clientY];
});
window.addEventListener("pointerup", () => { dragFrom = null; stage.classList.remove("dragged"); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawMap);
stage.addEventListener("scroll", () => requestAnimationFrame(drawMap), { passive: true });
map.addEventListener("pointerdown", (event) => { map.setPointerCapture(event.pointerId); scrollByMap(event); });
map.addEventListener("pointermove", (event) => { if (event.buttons) scrollByMap(event); });

// ---------------------------------------------------------------------------------------------------------------
// Begin
// ---------------------------------------------------------------------------------------------------------------

slider.max = steps.length;
find(".scale span").style.width = `${(100 * forwardCount) / steps.length}%`;
picture.classList.add("playing");
nodes.forEach((_, node) => paintNode(node));
edges.forEach((_, edge) => paintLineOf(edge));
new ResizeObserver(() => { chooseScale(); show(true); }).observe(stage);
chooseScale();
show(true);
