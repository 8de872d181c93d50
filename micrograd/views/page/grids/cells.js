// ---------------------------------------------------------------------------------------------------------------
// Parts of pictures, as markup: cells with their numbers, frames, cards, lines. All text is escaped.
// ---------------------------------------------------------------------------------------------------------------

function tag(name, attributes, content = "") {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  return `<${name}${written.join("")}>${content}</${name}>`;
}

const box = ([x, y, width, height], name, more = {}) => tag("rect", { x, y, width, height, class: name, ...more });
const text = (x, y, words, name = "", more = {}) => tag("text", { x, y, class: name, ...more }, escaped(String(words)));
const path = (d, name, more = {}) => tag("path", { d, class: name, ...more });
const svg = (width, height, content, more = {}) => tag("svg", { class: "graph", width, height, viewBox: `0 0 ${width} ${height}`, ...more }, content);

const numberFrom = 28; // the width from which a cell has room for its number
const widthOfDigit = 0.605; // beside the size of the font

/** For a cell: few digits, one less below a tenth, and no 0 before the point. */
function brief(number, digits = 2) {
  const rounded = Math.abs(number) < 0.1 ? Number(number.toPrecision(digits - 1)) : number;
  return shown(rounded, digits).replace(/^(−?)0\./, "$1.");
}

function fillOf(number, scale, inInk = false) {
  const share = scale > 0 ? Math.min(1, Math.abs(number) / scale) : 0;
  if (!(share > 0)) return palette.card;
  if (inInk) return mixed(palette.card, palette.ink, 0.9 * share);
  return mixed(palette.card, number < 0 ? palette.negative : palette.positive, 0.04 + 0.96 * share);
}

/** The size of font at which the words have room; 0 where they have none. */
function sizeIn(room, words, most) {
  const size = Math.min(most, room / (widthOfDigit * words.length));
  return size < 8.5 ? 0 : size;
}

const sizeStyle = (room, words, most = 12.5) => `font-size:${(sizeIn(room, words, most) || 8.5).toFixed(1)}px`;
const given = (option, k) => (typeof option === "function" ? option(k) : option);

/**
 * A heat map: a cell in each box. `scale` and `inInk` may differ from cell to cell. `marks`, from 0 to 1, are small squares of ink
 * in the corners; `about` gives the attributes of a cell, `title` its tip.
 */
function heat(boxes, numbers, scale, { inInk = false, marks = null, digits = 2, size = 12.5, about = () => ({}), title = null } = {}) {
  const cells = boxes.map(([x, y, wide, high], k) => {
    const fill = fillOf(numbers[k], given(scale, k), given(inInk, k));
    const border = wide >= 16 ? { stroke: "var(--card)" } : {};
    const drawn = box([x, y, wide, high], "cell", { fill: css(fill), ...border, ...about(k) }).replace("</rect>", title ? `${tag("title", {}, escaped(title(k)))}</rect>` : "</rect>");
    return drawn + (marks && wide >= 12 ? inkMark(x, y, wide, marks[k]) : "") + (wide >= numberFrom ? cellNumberText([x, y, wide, high], numbers[k], fill, digits, size) : "");
  });
  return cells.join("") + blocksOf(boxes).map((block) => box(block, "around", { rx: 2, "pointer-events": "none" })).join("");
}

function inkMark(x, y, wide, share) {
  const side = wide >= numberFrom ? 6 : 4;
  return box([x + wide - side - 3, y + 3, side, side], "mark", { fill: css(fillOf(share, 1, true)), "pointer-events": "none" });
}

function cellNumberText([x, y, wide, high], number, fill, digits, most) {
  const words = brief(number, digits);
  const size = sizeIn(wide - 4, words, Math.min(most, high - 2));
  if (!size) return "";
  return text(x + wide / 2, y + high / 2 + size * 0.35, words, "number middle", { style: `font-size:${size.toFixed(1)}px;fill:${number === 0 ? "var(--grey)" : inkOn(fill)}` });
}

/** Frames around boxes, one around all that touch; each with a halo, so that it stands out from any colour under it. */
function frames(boxes, role) {
  const around = blocksOf(boxes).map(([x, y, wide, high]) => [x - 1, y - 1, wide + 2, high + 2]);
  return ["halo", role].map((name) => around.map((block) => box(block, `frame ${name}`, { rx: 3 })).join("")).join("");
}

const readRole = () => (now.gradients ? "written" : "read"); // going backwards, what was read is written
const writtenRole = () => (now.gradients ? "read" : "written");

const cardHeight = 46;

const widthOfLetter = (letter) => (/[₀-₉,]/.test(letter) ? 4.6 : 7.3);

/** The name, or what of it the room holds. */
function nameIn(room, name) {
  const widthOf = (words) => Array.from(words).reduce((sum, letter) => sum + widthOfLetter(letter), 0);
  let letters = Array.from(name);
  if (widthOf(letters) <= room) return name;
  while (letters.length && widthOf(letters) > room - 9) letters = letters.slice(0, -1);
  return letters.length ? `${letters.join("")}…` : "";
}

/** A card of one number; without a gradient, of its value alone. */
function card([x, y], wide, { glyph, kind = "op", name = "", value, gradient = null, scale = 0, role = "" }) {
  const value4 = shown(value);
  const fitting = nameIn(wide - 54 - 7.6 * value4.length, name);
  const parts = [
    box([x, y, wide, cardHeight], "face", { rx: 8 }),
    box([x + 3, y + 3, 34, 40], "tile", { rx: 6 }),
    text(x + 20, y + 29, glyph, `glyph ${glyph.length > 1 ? "small" : "large"}`, { style: `font-size:${glyph.length > 1 ? Math.min(10.5, 54 / glyph.length) : 17}px` }),
    text(x + 42, y + 18, fitting, "name", { style: "font-size:11.5px" }),
    text(x + wide - 7, y + (gradient === null && !name ? 28 : 18), value4, "data", { style: sizeStyle(wide - 48, value4) }),
    gradient === null ? "" : pill([x + 41, y + 23, wide - 45, 19.5], gradient, scale),
  ];
  return tag("g", { class: `card ${kind}` }, parts.join("")) + (role ? frames([[x, y, wide, cardHeight]], role) : "");
}

/** A gradient on a tint as strong as it is large. */
function pill([x, y, wide, high], gradient, scale) {
  const share = scale > 0 && Number.isFinite(gradient) ? Math.min(1, Math.abs(gradient) / scale) : 0;
  const words = shown(Math.abs(gradient) < 0.01 ? Number(gradient.toPrecision(2)) : gradient, 3);
  const parts = [
    box([x, y, wide, high], "tint", { rx: 6 }),
    wide < 52 ? "" : text(x + 6, y + high / 2 + 3.8, "∇", "nabla", { style: "font-size:10.5px" }),
    text(x + wide - 6, y + high / 2 + 4.3, words, "gradient", { style: sizeStyle(wide - (wide < 52 ? 8 : 23), words) }),
  ];
  return tag("g", { class: gradient < 0 ? "card negative" : "card", style: `--tint:${share.toFixed(3)}` }, parts.join(""));
}

/** A line whose width says how large a number is, and whose colour which sign it has. */
function flow(d, number, most, [thin, thick], opacity) {
  const sign = number > 0 ? "plus" : number < 0 ? "minus" : "zero";
  const share = most > 0 && Number.isFinite(number) ? Math.abs(number) / most : 0;
  return path(d, `stroke ${sign}`, { "stroke-width": (thin + (thick - thin) * share).toFixed(2), "stroke-opacity": opacity });
}

const curve = ([x1, y1], [x2, y2]) => `M${x1},${y1}C${x1 + (x2 - x1) * 0.5},${y1} ${x2 - (x2 - x1) * 0.5},${y2} ${x2},${y2}`;

/** What joins a window and the filter on it: a pale quadrilateral between the sides of two boxes that face each other. */
function beam([x1, y1, wide1, high1], [x2, y2, wide2, high2]) {
  const name = `beam ${readRole()}`;
  if (x1 + wide1 <= x2) return path(`M${x1 + wide1},${y1}L${x2},${y2}V${y2 + high2}L${x1 + wide1},${y1 + high1}Z`, name);
  return path(`M${x1},${y1 + high1}L${x2},${y2}H${x2 + wide2}L${x1 + wide1},${y1 + high1}Z`, name); // one below the other
}
