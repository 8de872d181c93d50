// ---------------------------------------------------------------------------------------------------------------
// Where cells stand. A shape is {channels, rows, columns}; its cells are counted in this order: channel, row, column.
// ---------------------------------------------------------------------------------------------------------------

const cellsOf = ({ channels, rows, columns }) => channels * rows * columns;
const areaOf = ({ rows, columns }) => rows * columns;
const isSequence = ({ rows, columns }) => rows === 1 && columns > 1; // its channels stand one under the other, time goes to the right
const isRow = ({ rows, columns }) => rows === 1 && columns === 1; // of units, which are wrapped as words are

/**
 * A box [left, top, width, height] for each cell: `across` channels beside each other, pictures with a gap between them. Gives
 * the boxes with the width and the height of all.
 */
function gridOf(shape, across, wide, high) {
  const { channels, rows, columns } = shape;
  const gap = rows > 1 && channels > 1 ? gapBeside(wide) : 0;
  const boxes = [];
  for (let channel = 0; channel < channels; channel += 1) {
    const left = (channel % across) * (columns * wide + gap);
    const top = Math.floor(channel / across) * (rows * high + gap);
    for (let k = 0; k < rows * columns; k += 1) boxes.push([left + (k % columns) * wide, top + Math.floor(k / columns) * high, wide, high]);
  }
  const down = Math.ceil(channels / across);
  return { boxes, width: across * (columns * wide + gap) - gap, height: down * (rows * high + gap) - gap };
}

const gapBeside = (wide) => Math.max(2, Math.min(6, wide / 4));

/**
 * The grid with the largest cells that the room holds; a cell is `ratio` times as wide as high, and at most `most` wide. Channels
 * that fill their rectangle are preferred. The cells of sequences may be longer or higher.
 */
function fittedGrid(shape, room, most, ratio = 1) {
  const { channels, rows, columns } = shape;
  if (isSequence(shape)) return fittedSequence(shape, room, most, ratio);
  const gap = rows > 1 && channels > 1 ? 6 : 0;
  let best = { across: 1, wide: 0, worth: 0 };
  for (let across = 1; across <= channels; across += 1) {
    const down = Math.ceil(channels / across);
    const wide = Math.min(most, (room[0] - gap * (across - 1)) / (across * columns), ((room[1] - gap * (down - 1)) / (down * rows)) * ratio);
    const worth = channels % across === 0 ? 1.25 * wide : wide;
    if (worth > best.worth + 0.01) best = { across, wide, worth };
  }
  const wide = Math.max(1.5, best.wide);
  return gridOf(shape, best.across, wide, wide / ratio);
}

function fittedSequence(shape, room, most, ratio) {
  const wide = Math.max(1.5, Math.min(most, room[0] / shape.columns));
  const high = Math.max(1.5, Math.min(most / ratio, room[1] / shape.channels));
  return gridOf(shape, 1, Math.min(wide, 8 * high), Math.min(high, 1.6 * wide));
}

/** The grid of what a neuron reads: the parts of several stages stand beside each other. */
function fittedParts(shapes, room, most, ratio = 1) {
  const apart = 8;
  const total = shapes.reduce((sum, shape) => sum + cellsOf(shape), 0);
  const boxes = [];
  let [width, height] = [-apart, 0];
  for (const shape of shapes) {
    const share = shapes.length === 1 ? room[0] : (room[0] - apart * (shapes.length - 1)) * Math.max(0.25, Math.min(0.75, cellsOf(shape) / total));
    const part = fittedGrid(shape, [share, room[1]], most, ratio);
    boxes.push(...movedBoxes(part.boxes, width + apart, 0));
    width += apart + part.width;
    height = Math.max(height, part.height);
  }
  return { boxes, width, height };
}

const movedBoxes = (boxes, x, y) => boxes.map(([left, top, wide, high]) => [left + x, top + y, wide, high]);

/** The box around these boxes. */
function boxAround(boxes) {
  const [left, top] = [0, 1].map((side) => Math.min(...boxes.map((box) => box[side])));
  const [right, bottom] = [0, 1].map((side) => Math.max(...boxes.map((box) => box[side] + box[side + 2])));
  return [left, top, right - left, bottom - top];
}

/** Boxes around the boxes of cells that touch each other: columns first, and then columns of one height that are neighbours. */
function blocksOf(boxes) {
  const joined = (list, side, other) => {
    const blocks = [];
    for (const box of [...list].sort((one, two) => one[other] - two[other] || one[side] - two[side])) {
      const last = blocks.at(-1);
      const touches = last && [other, other + 2].every((k) => Math.abs(last[k] - box[k]) < 0.1) && Math.abs(last[side] + last[side + 2] - box[side]) < 0.1;
      if (touches) last[side + 2] += box[side + 2];
      else blocks.push([...box]);
    }
    return blocks;
  };
  return joined(joined(boxes, 1, 0), 0, 1);
}
