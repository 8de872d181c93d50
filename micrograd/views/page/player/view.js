// ---------------------------------------------------------------------------------------------------------------
// The part of the picture that is seen: wide or tall layout, scale, scrolling, and the map
// ---------------------------------------------------------------------------------------------------------------

const readableScale = 0.82; // below this the digits get too small
const largestScale = 4; // above this a card is a poster
const legibleScale = 0.45; // below this there are no digits to read: a card shows the colour of its gradient

/** Where everything is in a picture as Python drew it. */
function placesDrawn({ picture, cardParts, lineParts, frameParts, chipParts }) {
  const boxOf = (element) => ["x", "y", "width", "height"].map((name) => Number(element.getAttribute(name)));
  return {
    width: picture.viewBox.baseVal.width,
    height: picture.viewBox.baseVal.height,
    cards: cardParts.map(({ element }) => element.getAttribute("transform").match(/-?[\d.]+/g).map(Number)),
    lines: [...lineParts.values()].map((parts) => ["stroke", "forward", "backward"].map((name) => parts[name].getAttribute("d"))),
    frames: frameParts.map(({ box }) => boxOf(box)),
    chips: new Map([...chipParts].map(([line, { box }]) => [line, boxOf(box)])),
  };
}

/** The same of its tall layout, which came as numbers. */
function placesTall({ tall }) {
  if (!tall) return null;
  const [length, half] = graph.head;
  const head = (u, v, way) => `M${u},${v}L${u - half},${v - length * way}H${u + half}Z`;
  const lines = tall.lines.map((curve) => [
    `M${curve[0]},${curve[1]}C${curve.slice(2).join(" ")}`,
    head(curve[curve.length - 2], curve[curve.length - 1], 1),
    head(curve[0], curve[1], -1),
  ]);
  const chips = new Map(Object.entries(tall.chips).map(([line, box]) => [Number(line), box]));
  return { ...tall, lines, chips };
}

for (const each of pictures) {
  each.wide = placesDrawn(each);
  each.tall = placesTall(each);
  each.places = each.wide;
  each.titles = each.frameParts.map(({ text }, frame) => { // from the corner of its frame
    return ["x", "y"].map((name, axis) => Number(text.getAttribute(name)) - each.wide.frames[frame][axis]);
  });
}
const chipBase = [...pictures[0].chipParts].map(([line, { text }]) => Number(text.getAttribute("y")) - pictures[0].wide.chips.get(line)[1])[0];
const [cardWidth, cardHeight] = ["width", "height"].map((name) => Number(cardParts[0].face.getAttribute(name)));

let places = pictures[0].wide;
let isTall = false;
let isWhole = false; // all of it, however small; else as large as can be read, and the view follows the steps
let automatic = true; // the scale follows the size of the window
let scale = 1;
let stageWidth = 0;
let stageHeight = 0;
let scrolled = { left: 0, top: 0 };

/** Move everything of the picture to where it is in the layout that fits the page. */
function usePlaces() {
  const { wide, tall, frameParts, titles, places: before } = pictures[shownPicture];
  places = isTall && tall ? tall : wide;
  pictures[shownPicture].places = places;
  if (places === before) return;
  picture.setAttribute("viewBox", `0 0 ${places.width} ${places.height}`);
  cardParts.forEach(({ element }, card) => element.setAttribute("transform", `translate(${places.cards[card].join(",")})`));
  [...lineParts.values()].forEach((parts, line) => {
    ["stroke", "forward", "backward"].forEach((name, part) => parts[name].setAttribute("d", places.lines[line][part]));
  });
  frameParts.forEach(({ box, text }, frame) => {
    const [x, y, width, height] = places.frames[frame];
    for (const [name, value] of Object.entries({ x, y, width, height })) box.setAttribute(name, value);
    text.setAttribute("x", x + titles[frame][0]);
    text.setAttribute("y", y + titles[frame][1]);
  });
  for (const [line, { element, box, text }] of chipParts) {
    const place = places.chips.get(line);
    element.classList.toggle("nowhere", !place);
    if (!place) continue;
    const [x, y, width] = place;
    const shownWidth = Number(box.getAttribute("width"));
    box.setAttribute("x", (x + (width - shownWidth) / 2).toFixed(1));
    box.setAttribute("y", y);
    text.setAttribute("x", (x + width / 2).toFixed(1));
    text.setAttribute("y", y + chipBase);
    lastWritten.delete(box);
  }
}

function setScale(wanted) {
  scale = Math.max(0.02, Math.min(6, wanted));
  picture.setAttribute("width", places.width * scale);
  picture.setAttribute("height", places.height * scale);
  picture.classList.toggle("far", scale < legibleScale);
}

const scaleToFit = () => Math.min(largestScale, stageWidth / places.width, stageHeight / places.height);

function chooseScale() {
  if (!automatic) return;
  const whole = scaleToFit();
  const asWide = Math.min(1.1, stageWidth / places.width); // then only up and down is scrolled
  const asHigh = Math.min(1.1, stageHeight / places.height);
  if (isWhole || whole >= readableScale) setScale(whole);
  else setScale(Math.max(readableScale, Math.min(1, asWide >= readableScale ? asWide : asHigh)));
}

function zoomBy(factor) {
  automatic = false;
  const middle = [(stage.scrollLeft + stageWidth / 2) / scale, (stage.scrollTop + stageHeight / 2) / scale];
  setScale(scale * factor);
  stage.scrollTo({ left: middle[0] * scale - stageWidth / 2, top: middle[1] * scale - stageHeight / 2, behavior: "instant" });
  drawMap();
}

/** From the close view to the whole and back; of a large network the whole is a picture with its neurons folded. */
function toggleWhole() {
  if (automatic) isWhole = !isWhole;
  automatic = true;
  usePicture(isWhole ? pictures.length - 1 : 0);
  usePlaces();
  chooseScale();
  show(true);
}

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/** Bring the cards of the nodes into view; where they do not all fit, the first of them. */
function scrollTo(wanted, instant) {
  if (!wanted.length || map.hidden) return;
  const view = stage.getBoundingClientRect();
  const margin = 16;
  const boxes = wanted.map((node) => partsOf(node).element.getBoundingClientRect());
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

/** Which cards the stage shows, or nearly. */
function seenCards() {
  if (isSeenWhole()) return everything;
  const [left, top] = [scrolled.left / scale - 2 * cardWidth, scrolled.top / scale - 2 * cardWidth];
  const [right, bottom] = [left + stageWidth / scale + 4 * cardWidth, top + stageHeight / scale + 4 * cardWidth];
  return (card) => {
    const [x, y] = places.cards[card];
    return x + cardWidth > left && x < right && y + cardHeight > top && y < bottom;
  };
}

const isSeenWhole = () => places.width * scale <= stageWidth + 2 && places.height * scale <= stageHeight + 2;

/** A small map of the whole, where the stage shows a part: beside the words, so that it hides nothing of the picture. */
function drawMap() {
  map.hidden = isSeenWhole();
  if (map.hidden) return;
  mapScale = Math.min(Math.min(180, stageWidth * 0.25) / places.width, 88 / places.height);
  const width = Math.max(24, places.width * mapScale);
  const height = Math.max(16, places.height * mapScale);
  const dense = window.devicePixelRatio || 1;
  map.width = width * dense;
  map.height = height * dense;
  map.style.width = `${width}px`;
  map.style.height = `${height}px`;
  const brush = map.getContext("2d");
  brush.setTransform(dense, 0, 0, dense, 0, 0);
  cardParts.forEach((parts, card) => drawOnMap(brush, parts.element.classList, places.cards[card], cards[card].main));
  brush.globalAlpha = 1;
  brush.strokeStyle = cssColour("--ink");
  brush.lineWidth = 1.5;
  const part = mapScale / scale;
  brush.strokeRect(
    stage.scrollLeft * part + 0.75, stage.scrollTop * part + 0.75,
    Math.min(width, stageWidth * part) - 1.5, Math.min(height, stageHeight * part) - 1.5,
  );
}

function drawOnMap(brush, classes, [left, top], main) {
  const active = classes.contains("written") || classes.contains("read");
  const slope = main < 0 ? null : gradientNow(main);
  let name = classes.contains("unknown") ? "--border" : "--edge";
  if (slope) name = slope < 0 ? "--negative" : "--positive";
  if (classes.contains("read")) name = "--read";
  if (classes.contains("written")) name = "--written";
  brush.fillStyle = cssColour(name);
  brush.globalAlpha = active ? 1 : 0.5;
  const more = active ? 1.5 : 0;
  brush.fillRect(
    left * mapScale - more, top * mapScale - more,
    Math.max(1.5, cardWidth * mapScale) + 2 * more, Math.max(1.5, cardHeight * mapScale) + 2 * more,
  );
}

function scrollByMap(event) {
  const box = map.getBoundingClientRect();
  const left = ((event.clientX - box.left) / mapScale) * scale - stageWidth / 2;
  const top = ((event.clientY - box.top) / mapScale) * scale - stageHeight / 2;
  stage.scrollTo({ left, top, behavior: "instant" });
}

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
stage.addEventListener("scroll", () => {
  scrolled = { left: stage.scrollLeft, top: stage.scrollTop };
  requestAnimationFrame(() => { rest(); drawMap(); });
}, { passive: true });
map.addEventListener("pointerdown", (event) => { map.setPointerCapture(event.pointerId); scrollByMap(event); });
map.addEventListener("pointermove", (event) => { if (event.buttons) scrollByMap(event); });
