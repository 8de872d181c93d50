// ---------------------------------------------------------------------------------------------------------------
// Showing a position
// ---------------------------------------------------------------------------------------------------------------

const formulaElement = find(".formula");
const reasonElement = find(".reason");
const phaseElement = find(".phase");
const slider = find(".track input");
const buttons = { first: find(".first"), previous: find(".previous"), play: find(".play"), next: find(".next"), last: find(".last") };
const phases = { start: "start", forward: "forward →", backward: "← backward", done: "done" };
const widthOfWords = 900; // of the page: below it what-if takes the place of the words, instead of one beside the picture

let chosen = null; // the node that was clicked
let isRoomy = true; // whether there is a place for what-if beside the picture
let heightOfWords = 0; // when they were seen last

function phaseNow() {
  if (position === 0) return "start";
  if (position === steps.length) return "done";
  return position <= forwardCount ? "forward" : "backward";
}

function show(instant = false) {
  rest();
  paintChanged();
  unmark();
  const step = steps[position - 1];
  const inView = step ? markStep(step) : [];
  if (chosen !== null) mark(partsOf(chosen).element, "chosen");
  if (isLive) {
    showHand();
    showWhatIfNumbers();
  }
  showStep();
  map.hidden = isSeenWhole();
  if (chosen === null) scrollTo(inView, instant);
  drawMap();
}

/** Where what-if stands in the place of the words, these come back with a step. */
function backToWords() {
  if (isLive && !isRoomy) showWhatIf(false);
}

/** Everything about the step that is not in the picture. */
function showStep() {
  const words = chosen === null ? describe(steps[position - 1]) : describeNode(chosen);
  fill(formulaElement, words.formula);
  reasonElement.replaceChildren(...words.reasons.map((parts) => {
    const line = makeElement("div");
    fill(line, parts);
    return line;
  }));
  showControls(words);
  if (details.open) fillTable();
}

function showControls(words) {
  const phase = phaseNow();
  player.dataset.step = position;
  phaseElement.dataset.phase = phase;
  put(phaseElement, "text", phases[phase]);
  slider.value = position;
  put(slider, "aria-valuetext", `step ${position} of ${steps.length}, ${phase}: ${spoken(words.formula)}`);
  put(find(".count"), "text", `${position} / ${steps.length}`);
  buttons.first.disabled = buttons.previous.disabled = position === 0;
  buttons.next.disabled = buttons.last.disabled = position === steps.length;
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
  put(buttons.play, "aria-label", on ? "pause" : "play");
  put(buttons.play, "title", on ? "pause (Space)" : "play (Space)");
  put(find("path", buttons.play), "d", on ? pauseIcon : playIcon);
  put(formulaElement, "aria-live", on ? "off" : "polite"); // a reader cannot follow at this pace
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
let rows = []; // the cells of each node, made when the table is opened first

function makeRow(node) {
  const button = makeElement("button", { type: "button", className: "to-node", textContent: fullName(node) });
  button.addEventListener("click", () => byHand(() => choose(node)));
  const computed = makeElement("td", { textContent: isLeaf(node) ? nodes[node].kind : "" });
  inFull = true;
  if (!isLeaf(node)) fill(computed, formulaOf(node, nameOf));
  const data = makeElement(isLive && placeOfLeaf.has(node) ? "span" : "td");
  const cell = data.tagName === "TD" ? data : makeElement("td", {}, data);
  cell.className = "number";
  const gradient = makeElement("td", { className: "number" });
  find("tbody").append(makeElement("tr", {}, makeElement("td", {}, button), computed, cell, gradient));
  const handle = data === cell ? null : makeHandle(data, handleOf(node));
  if (handle) data.className = "scrub";
  return { data, gradient, handle };
}

function fillTable() {
  if (!rows.length) rows = nodes.map((_, node) => makeRow(node));
  rows.forEach(({ data, gradient, handle }, node) => {
    const slope = gradientNow(node);
    put(data, "text", known[node] ? shown(dataOf(node)) : "–");
    put(gradient, "text", slope === null ? "–" : shown(slope));
    handle?.refresh();
  });
}

function choose(node) {
  chosen = chosen === node ? null : node;
  backToWords();
  show();
}

// ---------------------------------------------------------------------------------------------------------------
// What the reader does
// ---------------------------------------------------------------------------------------------------------------

const legend = find(".legend");

/** Leave what was opened or marked. Numbers stay as they are. */
function letGo() {
  legend.hidePopover();
  chosen = null;
  before = null;
  if (isNudging) toggleNudge();
  show();
}

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
  Escape: letGo,
};
if (isLive) Object.assign(keys, { w: toggleWhatIf, n: toggleNudge, r: resetAll });

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
toggleTheme(find(".theme"));
whenThemeChanges(drawMap);
details.addEventListener("toggle", () => { if (details.open) fillTable(); });

stage.addEventListener("click", (event) => {
  const card = event.target.closest(".card");
  const main = card ? cards[Number(card.dataset.card)].main : -1;
  byHand(() => choose(main < 0 ? null : main));
});

// ---------------------------------------------------------------------------------------------------------------
// Begin
// ---------------------------------------------------------------------------------------------------------------

/** Whether the page is wide or narrow decides on the layout, and on the place of what-if. */
function fitPage(width) {
  isTall = width <= 620;
  usePlaces();
  const changes = isRoomy !== width >= widthOfWords;
  isRoomy = width >= widthOfWords;
  if (isLive && changes) showWhatIf(isRoomy);
}

slider.max = steps.length;
find(".scale span").style.width = `${(100 * forwardCount) / steps.length}%`;
pictures.forEach((each) => each.picture.classList.add("playing"));
player.classList.toggle("fixed", !isLive);
sweep();
if (isLive) {
  pictures.forEach(makeLive);
  makeWhatIf();
  showWhatIf(true);
}
paintAll();
player.dataset.output = String(numbers[graph.output]);
fitPage(player.clientWidth);
[stageWidth, stageHeight] = [stage.clientWidth, stage.clientHeight];
chooseScale();
show(true);
new ResizeObserver(([{ target }]) => { heightOfWords = target.offsetHeight || heightOfWords; }).observe(find(".panel"));
new ResizeObserver(([{ contentRect }]) => fitPage(contentRect.width)).observe(player);
new ResizeObserver(() => {
  [stageWidth, stageHeight] = [stage.clientWidth, stage.clientHeight];
  chooseScale();
  show(true);
}).observe(stage);
