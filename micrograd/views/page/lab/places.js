// ---------------------------------------------------------------------------------------------------------------
// Where units and lines stand: numbers from numbers, nothing of the page is read
// ---------------------------------------------------------------------------------------------------------------

const mostOpenUnits = 40; // above, a layer with more than `mostInOpenLayer` is a strip of small tiles
const mostInOpenLayer = 8;
const mostChips = 24;

const columnCount = Math.max(...lab.cards.map((card) => card.column)) + 1;
const cardsOfColumn = Array.from({ length: columnCount }, (_, column) => lab.cards.map((_, card) => card).filter((card) => lab.cards[card].column === column));
const isFolded = cardsOfColumn.map((cards) => lab.cards.length > mostOpenUnits && cards.length > mostInOpenLayer);
const hasChips = lab.lines.length <= mostChips;
const inFold = (card) => isFolded[lab.cards[card].column];
const isBundled = (line) => inFold(lab.lines[line].tail) || inFold(lab.lines[line].head);

/** Sizes of a unit, from the largest that is useful to the smallest: beside its picture its two numbers, or below it both, or one, or none. */
function* unitSizes(most, room) {
  const pitch = room / most;
  for (let high = Math.min(86, pitch - 7); high >= 30; high -= 2) {
    const digits = Math.max(11, Math.min(17, Math.round(high * 0.235)));
    yield { form: "cards", high, digits, wide: high - 6 + 5 + Math.ceil(digits * 0.605 * 9.8), picture: high - 6, between: hasChips ? 124 : 58 };
  }
  for (let high = Math.min(92, pitch - 7); high >= 68; high -= 2) yield { form: "double", high, digits: 11, wide: Math.max(60, high - 30), picture: high - 37, between: hasChips ? 72 : 44 };
  for (let high = Math.min(62, pitch - 6); high >= 40; high -= 2) yield { form: "stacked", high, digits: 11, wide: Math.max(57, high - 12), picture: high - 18, between: hasChips ? 72 : 44 };
  for (let high = Math.min(40, pitch - 4); high >= 12; high -= 2) yield { form: "tiles", high, digits: 11, wide: high, picture: high - 4, between: 30 };
  yield { form: "tiles", high: 12, digits: 11, wide: 12, picture: 8, between: 6 };
}

/** The tiles of a folded layer, in as many columns as they need: how many, and the size of the strip. */
function stripOf(count, room, width) {
  const tile = Math.max(12, Math.min(44, Math.sqrt((room * 0.15 * width) / count) - 4));
  const across = Math.max(Math.ceil(count / Math.floor((room - 8) / (tile + 4))), Math.ceil(Math.sqrt(count / 4)));
  const down = Math.ceil(count / across);
  return { tile, across, down, wide: across * (tile + 4) + 8, high: down * (tile + 4) + 8 };
}

/** Everything's place in a network of this many pixels. */
function placesIn(width, height) {
  const top = 34;
  const room = height - top - 12;
  const margin = width < 700 ? 12 : 20;
  const strips = cardsOfColumn.map((cards, column) => (isFolded[column] ? stripOf(cards.length, room, width) : null));
  const most = Math.max(1, ...cardsOfColumn.filter((_, column) => !isFolded[column]).map((cards) => cards.length));
  const linesAfter = cardsOfColumn.slice(1).map((_, column) => lab.lines.filter((line) => lab.cards[line.tail].column === column));
  const between = (size) => linesAfter.map((lines) => (lines.some((line) => line.parameter >= 0) ? size.between : Math.min(size.between, 40)));
  const widthOf = (size) => [...strips.map((strip) => (strip ? strip.wide : size.wide)), ...between(size)].reduce((a, b) => a + b, 2 * margin);
  let size;
  for (size of unitSizes(most, room)) if (widthOf(size) <= width) break;
  const gaps = between(size);
  const shares = linesAfter.map((lines) => Math.log2(1 + lines.length));
  const spare = (width - widthOf(size)) / shares.reduce((a, b) => a + b, 0);
  const gap = Math.min(size.high * 1.65, (room - size.high) / Math.max(1, most - 1));
  const units = [];
  const columns = [];
  let left = margin;
  cardsOfColumn.forEach((cards, column) => {
    const strip = strips[column];
    const wide = strip ? strip.wide : size.wide;
    const frame = strip && { left, top: top + (room - strip.high) / 2, wide, high: strip.high };
    columns.push({ left, wide, middle: left + wide / 2, frame });
    cards.forEach((card, k) => {
      if (strip) {
        const step = strip.tile + 4;
        units[card] = { left: left + 6 + step * Math.floor(k / strip.down), top: frame.top + 6 + step * (k % strip.down), wide: strip.tile, high: strip.tile, small: true, picture: strip.tile - 4 };
      } else units[card] = { left, top: top + room / 2 + (k - (cards.length - 1) / 2) * gap - size.high / 2, wide, high: size.high, small: false, picture: size.picture };
    });
    if (column < gaps.length) left += wide + gaps[column] + shares[column] * spare;
  });
  return { ...size, units, columns, lines: linePlaces(units) };
}

/** Each line as a curve: from the middle of one side to the other, where those that meet are spread. */
function linePlaces(units) {
  const into = lab.cards.map(() => 0);
  const seen = lab.cards.map(() => 0);
  for (const line of lab.lines) into[line.head] += 1;
  return lab.lines.map(({ tail, head }) => {
    const [from, to] = [units[tail], units[head]];
    const spread = Math.min(to.high - 12, 5 * (into[head] - 1));
    const share = into[head] > 1 ? seen[head] / (into[head] - 1) - 0.5 : 0;
    seen[head] += 1;
    const x1 = from.left + from.wide, x2 = to.left;
    return { x1, y1: from.top + from.high / 2, x2, y2: to.top + to.high / 2 + share * Math.max(0, spread), bend: (x2 - x1) / 2 };
  });
}

const curveOf = ({ x1, y1, x2, y2, bend }) => `M${x1.toFixed(1)},${y1.toFixed(1)}C${(x1 + bend).toFixed(1)},${y1.toFixed(1)} ${(x2 - bend).toFixed(1)},${y2.toFixed(1)} ${x2.toFixed(1)},${y2.toFixed(1)}`;

const chipWays = Array.from({ length: 29 }, (_, k) => (k % 2 ? 0.5 - 0.0125 * (k + 1) : 0.5 + 0.0125 * k)); // from the middle outwards

/** Where on the curve numbers may stand: not over a unit, also not over one of a layer that the curve passes by. */
function chipChoices({ x1, y1, x2, y2, bend }, wide, high, units) {
  const found = [];
  let middle = null;
  for (const t of chipWays) {
    const s = 1 - t;
    const x = s * s * s * x1 + 3 * s * s * t * (x1 + bend) + 3 * s * t * t * (x2 - bend) + t * t * t * x2;
    const y = (s * s * s + 3 * s * s * t) * y1 + (3 * s * t * t + t * t * t) * y2;
    middle ??= [x, y];
    const isOver = (unit) => x > unit.left - wide / 2 && x < unit.left + unit.wide + wide / 2 && y > unit.top - high / 2 && y < unit.top + unit.high + high / 2;
    if (x > x1 + wide / 2 && x < x2 - wide / 2 && !units.some(isOver)) found.push([x, y]);
  }
  return found.length ? found : [middle];
}

/** A place on each of these curves for its number, so that as few as possible overlap: each gives way to the others, a few times. */
function chipPlaces(curves, wide, high, units) {
  const choices = curves.map((curve) => chipChoices(curve, wide, high, units));
  const places = choices.map(([middle]) => middle);
  for (let round = 0; round < 6; round += 1) choices.forEach((mine, k) => {
    let most = -1;
    for (const [x, y] of mine) {
      let room = 1;
      places.forEach(([a, b], other) => { if (other !== k) room = Math.min(room, Math.max(Math.abs(a - x) / wide, Math.abs(b - y) / high)); });
      if (room > most + 1e-9) { most = room; places[k] = [x, y]; }
      if (most === 1) break;
    }
  });
  return places;
}

/** All lines between two layers of which one is folded: a band from the one's whole height to the other's. */
function bandOf(from, to) {
  const [a, b] = [from, to].map(({ units }) => [Math.min(...units.map((unit) => unit.top)), Math.max(...units.map((unit) => unit.top + unit.high))]);
  const [x1, x2] = [from.right, to.left];
  const middle = (x1 + x2) / 2;
  return `M${x1},${a[0]}C${middle},${a[0]} ${middle},${b[0]} ${x2},${b[0]}V${b[1]}C${middle},${b[1]} ${middle},${a[1]} ${x1},${a[1]}Z`;
}
