// ---------------------------------------------------------------------------------------------------------------
// Numbers and colours
// ---------------------------------------------------------------------------------------------------------------

const { lines, arrays, largest } = JSON.parse(document.querySelector("script[type='application/json']").textContent);
for (const array of Object.values(arrays)) if (array.numbers) array.numbers = array.numbers.map(Number);

const minus = (text) => text.replace(/-/g, "−");

/** Four digits, as everywhere in the package. */
function short(number) {
  if (number === 0) return "0";
  if (!Number.isFinite(number)) return minus(String(number).replace("Infinity", "inf").replace("NaN", "nan"));
  const size = Math.abs(number);
  if (size < 1e-3 || size >= 999999.5) return minus(number.toExponential(2).replace(/\.?0+e/, "e").replace("e+", "e"));
  const text = number.toFixed(Math.max(0, Math.min(5, 3 - Math.floor(Math.log10(size)))));
  return minus(text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text);
}

/** For a cell: three digits behind the point and no 0 before it, so that five characters are enough for most. */
function brief(number) {
  const size = Math.abs(number);
  if (number === 0 || !Number.isFinite(number) || size >= 9999.5) return short(number);
  if (size < 5e-4) return minus(number.toExponential(0).replace("e+", "e"));
  const text = Number.isInteger(number) ? String(number) : number.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3);
  return minus(text.replace(/^(-?)0\./, "$1."));
}

const steps = 24; // of a colour, so that cells of one colour are one path

/** From 0 to `steps`: by the root of the size, beside the largest of its kind. */
function strength(number, most) {
  if (!(Math.abs(number) > 0) || !(most > 0)) return 0;
  return Math.max(1, Math.round(steps * Math.sqrt(Math.min(1, Math.abs(number) / most))));
}

/** Data without a sign is ink: it must not look like a sign. */
const inInk = new Set(["data"].filter(() => Object.values(arrays).every(({ kind, numbers }) => kind !== "data" || !numbers?.some((number) => number < 0))));

function fillOf(name, number) {
  const { kind } = arrays[name];
  const level = strength(number, largest[kind]);
  if (level === 0) return palette.card;
  if (inInk.has(kind)) return mixed(palette.card, palette.ink, (0.9 * level) / steps);
  return mixed(palette.card, number < 0 ? palette.negative : palette.positive, level / steps);
}

// ---------------------------------------------------------------------------------------------------------------
// A matrix as cells. More than two axes are matrices side by side and one under the other, the last two axes innermost.
// ---------------------------------------------------------------------------------------------------------------

const blockGap = 5;

/** Where each entry stands, in cells and in gaps between matrices: {place, row, column, down, across}, row after row. */
function entriesOf(axes) {
  let entries = [{ place: 0, row: 0, column: 0, down: 0, across: 0 }];
  let rows = 1, columns = 1, down = 0, across = 0; // of what is inside of the axis
  [...axes].reverse().forEach(([length, stride], depth) => {
    const level = depth % 2 === 0;
    const outer = depth > 1;
    const next = [];
    for (let k = 0; k < length; k += 1) for (const entry of entries) next.push({
      place: entry.place + k * stride,
      row: entry.row + (level ? 0 : k * rows),
      column: entry.column + (level ? k * columns : 0),
      down: entry.down + (level ? 0 : k * (down + outer)),
      across: entry.across + (level ? k * (across + outer) : 0),
    });
    entries = next;
    if (level) [columns, across] = [columns * length, across * length + (outer ? length - 1 : 0)];
    else [rows, down] = [rows * length, down * length + (outer ? length - 1 : 0)];
  });
  return { entries, rows, columns, down, across };
}

const sizes = [[38, 17], [30, 14], [22, 14], [14, 14], [10, 10], [7, 7], [5, 5], [4, 4], [3, 3], [2, 2], [1, 1]]; // of a cell
const numbered = 38; // the width from which a cell has room for its number
const highest = 230; // pixels of a matrix

const svgOf = (width, height, content, more = "") => `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ${more}>${content}</svg>`;

/** The layout of a token at a size of cells: it is kept, since the same matrix is framed again and again. */
function grid(token, [width, height]) {
  const layout = token.layout ||= entriesOf(token.axes);
  const boxes = layout.entries.map((entry) => ({
    place: entry.place,
    x: entry.column * width + entry.across * blockGap,
    y: entry.row * height + entry.down * blockGap,
    block: `${entry.down},${entry.across}`,
  }));
  return { boxes, width, height, whole: layout.columns * width + layout.across * blockGap, high: layout.rows * height + layout.down * blockGap };
}

function cellsSvg(token, box) {
  const { numbers } = arrays[token.array];
  const withNumbers = box.width >= numbered;
  if (box.boxes.length > 160) return pathsSvg(token.array, box);
  return box.boxes.map(({ place, x, y }) => {
    const fill = fillOf(token.array, numbers[place]);
    const text = withNumbers ? `<text x="${x + box.width / 2}" y="${y + box.height / 2 + 4}" text-anchor="middle" font-size="11" style="fill:${numbers[place] === 0 ? "var(--grey)" : inkOn(fill)}">${brief(numbers[place])}</text>` : "";
    return `<rect class="cell" x="${x}" y="${y}" width="${box.width}" height="${box.height}" fill="${css(fill)}"/>${text}`;
  }).join("");
}

/** Many cells: all of one colour in one path, and an edge around each matrix. */
function pathsSvg(name, box) {
  const { numbers } = arrays[name];
  const paths = new Map(), edges = new Map();
  for (const { place, x, y, block } of box.boxes) {
    const fill = css(fillOf(name, numbers[place]));
    paths.set(fill, `${paths.get(fill) || ""}M${x},${y}h${box.width}v${box.height}h${-box.width}z`);
    const edge = edges.get(block) || [x, y, x, y];
    edges.set(block, [Math.min(edge[0], x), Math.min(edge[1], y), Math.max(edge[2], x), Math.max(edge[3], y)]);
  }
  const drawn = [...paths].map(([fill, path]) => `<path d="${path}" fill="${fill}" shape-rendering="crispEdges"/>`);
  return drawn.join("") + [...edges.values()].map(([left, top, right, bottom]) =>
    `<rect class="edge" x="${left}" y="${top}" width="${right - left + box.width}" height="${bottom - top + box.height}"/>`).join("");
}

/** Frames around these places: one around each block of cells that is full, else one around each cell. */
function framesSvg(box, places, role) {
  const wanted = new Set(places);
  const blocks = new Map();
  for (const cell of box.boxes) if (wanted.has(cell.place)) blocks.set(cell.block, [...(blocks.get(cell.block) || []), cell]);
  const rects = [];
  for (const cells of blocks.values()) {
    const left = Math.min(...cells.map((cell) => cell.x)), right = Math.max(...cells.map((cell) => cell.x)) + box.width;
    const top = Math.min(...cells.map((cell) => cell.y)), bottom = Math.max(...cells.map((cell) => cell.y)) + box.height;
    const full = Math.round(((right - left) / box.width) * ((bottom - top) / box.height)) === cells.length;
    if (full) rects.push([left, top, right - left, bottom - top]);
    else for (const cell of cells) rects.push([cell.x, cell.y, box.width, box.height]);
  }
  const drawn = (name) => rects.map(([x, y, width, height]) => `<rect class="frame ${name}" x="${x - 1}" y="${y - 1}" width="${width + 2}" height="${height + 2}" rx="2"/>`).join("");
  return drawn("halo") + drawn(role);
}

// ---------------------------------------------------------------------------------------------------------------
// What an entry is made of
// ---------------------------------------------------------------------------------------------------------------

/** The index of a place along each axis of the array. */
function indexOf(name, place) {
  const index = [];
  for (const length of [...arrays[name].shape].reverse()) {
    index.unshift(place % length);
    place = Math.floor(place / length);
  }
  return index;
}

/** The places of an operand that an entry of the result reads, in the order in which they are summed; null if nobody knows. */
function readBy(line, token, place) {
  const { reach } = token;
  if (!reach) return null;
  if (reach.table) return [reach.table[place]].flat(9).filter((one) => one >= 0);
  const index = indexOf(line.result.array, place);
  let places = [reach.base + index.reduce((sum, at, axis) => sum + at * reach.strides[axis], 0)];
  for (const [length, stride] of reach.summed) places = places.flatMap((one) => Array.from({ length }, (_, k) => one + k * stride));
  return places;
}
