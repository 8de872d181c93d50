// ---------------------------------------------------------------------------------------------------------------
// The page: what is looked at, by clicks and by keys, and everything painted anew
// ---------------------------------------------------------------------------------------------------------------

const scene = find(".stage");
const pictures = [networkPicture, mapPicture, scalarPicture];
const levels = () => ["network", channelName(now.stage, now.channel), `${placeName(now).replace(/row (\d+), column (\d+)/, "cell $1,$2")}: scalars`.replace(/^: /, "")];
const deepest = () => (hasNeurons(now.stage) ? 2 : 1); // other cells have no scalars of their own

function paint() {
  readPalette();
  now.level = Math.min(now.level, deepest());
  paintHeader();
  paintScales();
  paintPanel();
  paintStage();
  say();
}

function paintStage() {
  const [wide, high] = [scene.clientWidth, scene.clientHeight];
  const { content, width, height, scale = 1 } = pictures[now.level](wide, high);
  const drawn = svg(Math.floor(width), Math.floor(height), content, { "aria-hidden": "true", width: Math.floor(scale * width), height: Math.floor(scale * height) });
  scene.replaceChildren(asElement(drawn));
}

// ---------------------------------------------------------------------------------------------------------------
// The bar, the scales, and what is said to readers of the screen
// ---------------------------------------------------------------------------------------------------------------

const levelButtons = [0, 1, 2].map((level) => {
  const button = makeElement("button", { type: "button" });
  button.addEventListener("click", () => goToLevel(level));
  find("nav").append(...(level ? ["›"] : []), button);
  return button;
});

const exampleButtons = examples.map(({ title }, number) => {
  const button = makeElement("button", { type: "button", title });
  button.addEventListener("click", () => chooseExample(number));
  find(".examples").append(button);
  return button;
});

function paintHeader() {
  const names = levels();
  levelButtons.forEach((button, level) => {
    put(button, "text", names[level]);
    put(button, "class", level > now.level ? "deeper" : "");
    button.disabled = level > deepest();
    if (level === now.level) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  });
  exampleButtons.forEach((button, number) => {
    put(button, "aria-pressed", number === now.example);
    paintExample(button, number);
  });
  put(find(".values"), "aria-pressed", !now.gradients);
  put(find(".gradients"), "aria-pressed", now.gradients);
}

/** A picture of ink is its own button. */
function paintExample(button, number) {
  const [input] = stages;
  const isPicture = input.ink && input.rows > 1 && input.channels === 1 && examples.length > 1;
  if (!isPicture) { put(button, "text", examples[number].title); return; }
  const side = 28 / Math.max(input.rows, input.columns);
  const { boxes, width, height } = gridOf(input, 1, side, side);
  const cells = boxes.map((cell, k) => box(cell, "", { fill: css(fillOf(examples[number].stages[0].values[k], 1, true)) })).join("");
  button.classList.add("pictured");
  put(button, "aria-label", examples[number].title);
  button.innerHTML = svg(width, height, cells, { "shape-rendering": "crispEdges", "aria-hidden": "true" });
}

function paintScales() {
  const scales = stages.flatMap((_, number) => {
    if (cellOf[number][0] !== number) return []; // said with the first part of its recurrent cell
    const name = cellOf[number].length > 1 ? "the cell" : stageName(number);
    const own = [{ name, inInk: isInk(number), most: stageScale(number) }];
    if (hasNeurons(number) && stages[number].windows.length > 1) own.unshift({ name: `${hasFilters(number) ? "filters" : "weights"} of ${name}`, inInk: false, most: weightScale(number) });
    return own;
  });
  const shownScales = scales.map(({ name, inInk, most }) => makeElement("span", {}, makeElement("i", { className: inInk ? "ink" : "" }), `${now.gradients ? "∇" : ""}${name} ${inInk ? "0 to 1" : `±${shown(most, 3)}`}`));
  const lines = now.level === 0 && outputStage >= 0 && hasNeurons(outputStage) ? (now.gradients ? "lines: what each output sends back" : `lines: what each part adds to ${channelName(outputStage, now.output)}`) : "";
  find(".scales").replaceChildren(...shownScales, makeElement("span", { textContent: [`${network.parameters.toLocaleString("en")} parameters`, scene.clientWidth >= wideFrom ? lines : ""].filter(Boolean).join("; ") }));
}

function say() {
  const cell = cellNumber(now);
  const { values, gradients } = numbersAt(now.stage);
  const place = [channelName(now.stage, now.channel), placeName(now)].filter(Boolean).join(", ");
  put(find(".spoken"), "text", `${place}: ${shown(values[cell])}, gradient ${shown(gradients[cell])}`);
  put(find(".below"), "text", `${place}: ${now.gradients ? `∇ ${shown(gradients[cell])}` : shown(values[cell])} ↓`);
}

// ---------------------------------------------------------------------------------------------------------------
// Ways
// ---------------------------------------------------------------------------------------------------------------

function goToLevel(level) {
  now.level = Math.max(0, Math.min(deepest(), level));
  paint();
  for (const scrolled of [scene, window]) scrolled.scrollTo({ left: 0, top: 0, behavior: "instant" });
}

function chooseExample(number) {
  now.example = number;
  now.output = Math.max(0, examples[number].target ?? saidOutput());
  paint();
}

function showGradients(wanted) {
  now.gradients = wanted;
  paint();
}

/** Look at a cell; at the one that is looked at, closer. */
function chooseCell(number, cell) {
  const area = areaOf(stages[number]);
  if (stages[number].kind === "input" && now.stage !== number && moveWindowTo({ stage: number, cell })) return;
  const [channel, place] = [Math.floor(cell / area), cell % area];
  const isSame = now.stage === number && now.channel === channel && now.place === place;
  Object.assign(now, { stage: number, channel, place });
  if (number === outputStage) now.output = channel;
  if (isSame && now.level < deepest()) goToLevel(now.level + 1);
  else paint();
}

/** Move the window so that this cell is in its middle, or as near as there is a window. */
function moveWindowTo(read) {
  const places = placesReading(now.stage, read);
  if (!places.length || stages[now.stage].windows.length < 2) return false;
  now.place = places[Math.floor(places.length / 2)];
  paint();
  return true;
}

function chooseChannel(number, channel) {
  const isOther = now.stage !== number;
  Object.assign(now, { stage: number, channel, place: isOther ? 0 : now.place });
  if (now.level === 0) goToLevel(1);
  else paint();
}

/** A step up, down, left or right: in a picture of places, or along the channels and the times. */
function move(down, across) {
  const { rows, columns: wide, channels } = stages[now.stage];
  const column = Math.max(0, Math.min(wide - 1, (now.place % wide) + across));
  const line = Math.max(0, Math.min(rows - 1, Math.floor(now.place / wide) + down));
  now.place = line * wide + column;
  if (rows === 1) moveChannel(down || (wide === 1 ? across : 0));
  else paint();
}

function moveChannel(by) {
  now.channel = Math.max(0, Math.min(stages[now.stage].channels - 1, now.channel + by));
  if (now.stage === outputStage) now.output = now.channel;
  paint();
}

function moveStage(by) {
  now.stage = Math.max(0, Math.min(stages.length - 1, now.stage + by));
  now.channel = Math.min(now.channel, stages[now.stage].channels - 1);
  now.place = Math.min(now.place, areaOf(stages[now.stage]) - 1);
  paint();
}

const keys = {
  ArrowUp: () => move(-1, 0),
  ArrowDown: () => move(1, 0),
  ArrowLeft: () => move(0, -1),
  ArrowRight: () => move(0, 1),
  Enter: () => goToLevel(now.level + 1),
  Escape: () => goToLevel(now.level - 1),
  "[": () => moveChannel(-1),
  "]": () => moveChannel(1),
  ",": () => moveStage(-1),
  ".": () => moveStage(1),
  g: () => showGradients(true),
  v: () => showGradients(false),
  "?": () => find("#legend").togglePopover(),
};

document.addEventListener("keydown", (event) => {
  const action = keys[event.key];
  if (!action || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Enter" && event.target.closest("button")) return; // a button does its own
  if (event.key === "Escape" && find("#legend").matches(":popover-open")) return;
  event.preventDefault();
  action();
  find(".own", scene)?.scrollIntoView({ block: "nearest", inline: "nearest" });
});

scene.addEventListener("click", (event) => {
  const cell = event.target.closest("[data-cell]");
  const card = event.target.closest("[data-card]");
  if (cell) chooseCell(...cell.dataset.cell.split(",").map(Number));
  else if (card) chooseChannel(...card.dataset.card.split(",").map(Number));
});

find(".values").addEventListener("click", () => showGradients(false));
find(".gradients").addEventListener("click", () => showGradients(true));
find(".below").addEventListener("click", () => panel.scrollIntoView({ block: "start" }));
toggleTheme(find(".theme"));
whenThemeChanges(paint);

let size = "";
new ResizeObserver(() => {
  const found = `${scene.clientWidth}, ${scene.clientWidth >= wideFrom ? scene.clientHeight : ""}`; // on a small screen it is as high as its picture
  if (found === size) return;
  size = found;
  paintPanel();
  paintStage();
}).observe(scene);

lookWhereItMatters();
paint();
