// ---------------------------------------------------------------------------------------------------------------
// The network: every stage with all its numbers, and lines that say what each part adds to an output
// ---------------------------------------------------------------------------------------------------------------

/** What has been placed so far: the box of every cell of every stage, of filters, the points at which lines leave and arrive. */
function emptyLayout() {
  return { boxes: stages.map(() => []), filters: stages.map(() => []), outlets: stages.map(() => []), parts: [], bottom: 0, right: 0 };
}

/** Columns beside each other, a little smaller where they need more than the width; one under the other where they need much more. */
function networkPicture(wide, high) {
  let layout = emptyLayout();
  let placed = wide >= wideFrom ? placeInColumns(layout, wide, high) : null;
  const needed = layout.right + margin;
  const isBelow = wide < leastScale * needed || placed === null;
  if (isBelow) placed = placeBelow((layout = emptyLayout()), wide);
  const [lines, titles] = placed;
  const { stage, channel } = now;
  const filter = layout.filters[stage][channel];
  const around = windowBoxes(layout.boxes, true);
  const joined = filter && around.length && lines !== null ? beam(boxAround(around), boxAround([filter])) : "";
  const content = [...titles, lines ?? "", joined, ...layout.parts, focusFrames(layout.boxes, filter)].join("");
  const width = isBelow ? Math.max(wide, layout.right + 12) : Math.max(wide, needed);
  return { content, width, height: layout.bottom + 12, scale: isBelow ? 1 : Math.min(1, wide / needed) };
}

/** The boxes of the cells that the chosen one reads; without those of its own recurrent cell, if only what comes from outside is asked for. */
function windowBoxes(boxes, isFromOutside = false) {
  const reads = windowOf(now).filter((read) => read && !(isFromOutside && cellOf[now.stage].includes(read.stage)));
  return reads.map(({ stage, cell }) => boxes[stage][cell]).filter(Boolean);
}

function focusFrames(boxes, filter) {
  const around = windowBoxes(boxes);
  const own = boxes[now.stage][cellNumber(now)];
  return (around.length ? frames(around, readRole()) : "") + (filter ? frames([filter], readRole()) : "") + (own ? frames([own], `own ${writtenRole()}`) : "");
}

// ---------------------------------------------------------------------------------------------------------------
// Columns beside each other
// ---------------------------------------------------------------------------------------------------------------

function placeInColumns(layout, wide, high) {
  const room = high - headRoom - 8;
  const { widths, gaps, isBeside } = columnWidths(wide, room);
  const titles = [];
  let x = margin;
  let end = 0; // of the last column
  columns.forEach((column, k) => {
    const under = network.loss && k === columns.length - 1 && !isBeside ? 76 : 0;
    titles.push(text(x, 24, columnTitle(column, widths[k] + (gaps[k] ?? 0) - 8), "title"));
    end = placeColumn(layout, column, [x, headRoom - 4], [widths[k], room - under]);
    if (k < columns.length - 1) x += widths[k] + gaps[k];
  });
  const lastBox = boxAround(layout.boxes[stages.length - 1]);
  const last = columns.length - 1;
  const at = isBeside ? [x + widths[last] + gaps[last], lastBox[1] + lastBox[3] / 2 - 31] : [x, end + 14];
  if (network.loss && isBeside) titles.push(text(at[0], 24, "loss", "title"));
  if (network.loss) layout.parts.push(lossCard(layout, at, isBeside));
  return [linesOf(layout, network.loss && isBeside ? [at[0], at[1] + 31] : null), titles];
}

/** Gives the height at which the column ends. */
function placeColumn(layout, column, [x, y], [wide, high]) {
  const before = layout.bottom;
  layout.bottom = 0;
  if (column.form === "channels") placeChannels(layout, column, [x, y], high, 0);
  else if (column.form === "units") placeUnits(layout, column.stages[0], [x, y], [wide, high], 1);
  else placeSheets(layout, column, [x, y], [wide, high]);
  const end = layout.bottom;
  layout.bottom = Math.max(before, end);
  return end;
}

function grow(layout, [x, y, wide, high]) {
  layout.right = Math.max(layout.right, x + wide);
  layout.bottom = Math.max(layout.bottom, y + high);
}

/** A card for each channel: its filter, its map, and the pools of it. On a small screen it says itself what it adds. */
function placeChannels(layout, column, [x, y], high, wholeWidth) {
  const [first] = column.stages;
  const pitch = channelPitch(column, high);
  const { filter, parts, width } = channelParts(column, pitch - 5);
  const scale = weightScale(first);
  for (let channel = 0; channel < stages[first].channels; channel += 1) {
    const around = [x, y + channel * pitch, wholeWidth || width, pitch - 5];
    const filterBoxes = movedBoxes(filter.boxes, x + 10, around[1] + (pitch - 5 - filter.height) / 2);
    const drawn = [box(around, "face hit-face", { rx: 9, "data-card": `${first},${channel}` }), box([x + 3, around[1] + 3, filter.width + 14, pitch - 11], "bed", { rx: 7, "data-card": `${first},${channel}` })];
    drawn.push(tag("g", { "data-card": `${first},${channel}` }, heat(filterBoxes, weightsOf(first)[channel], scale)));
    layout.filters[first].push(boxAround(filterBoxes));
    column.stages.forEach((number, k) => drawn.push(channelCells(layout, number, channel, parts[k], around)));
    if (wholeWidth) drawn.push(addedText(column.stages.at(-1), channel, [x + width, around[1]], [wholeWidth - width, pitch - 5]));
    layout.parts.push(drawn.join(""));
    grow(layout, around);
    for (const number of column.stages) layout.outlets[number].push({ at: [around[0] + around[2], around[1] + (pitch - 5) / 2], isAdded: isOfChannel(number, channel) });
  }
}

const isOfChannel = (number, channel) => (read) => read.stage === number && Math.floor(read.cell / areaOf(stages[number])) === channel;

function channelCells(layout, number, channel, { grid, left, arrow }, [x, y, , high]) {
  const area = areaOf(stages[number]);
  const boxes = movedBoxes(grid.boxes, x + left, y + (high - grid.height) / 2);
  layout.boxes[number].push(...boxes);
  const numbers = shownNumbers(number).slice(channel * area, (channel + 1) * area);
  const before = arrow === undefined ? "" : path(`M${x + arrow},${y + high / 2}h16m-5,-4l5,4l-5,4`, "arrow");
  return before + heat(boxes, numbers, stageScale(number), { about: aboutCell(number, channel * area) });
}

const aboutCell = (number, from = 0) => (k) => ({ "data-cell": `${number},${from + k}` });

function addedText(number, channel, [x, y], [wide, high]) {
  if (outputStage < 0 || !stages[outputStage].weights || !stages[outputStage].reads.includes(number)) return "";
  const added = addedBy(outputStage, now.output, isOfChannel(number, channel));
  const words = `${now.gradients ? "from" : "adds to"} ${channelName(outputStage, now.output)}`;
  return text(x + wide - 12, y + high / 2 - 4, wide > 120 ? words : "", "note end") + text(x + wide - 12, y + high / 2 + 13, shown(added, 3), "number end", { style: "font-size:12.5px" });
}

/** All cells of a stage in one card. The stages of a recurrent cell share the room, more than two of them in two columns. */
function placeSheets(layout, column, [x, y], [wide, high]) {
  const apart = 10;
  const across = column.stages.length > 2 ? 2 : 1;
  const down = Math.ceil(column.stages.length / across);
  const share = [(wide - apart * (across - 1)) / across, (high - apart * (down - 1)) / down];
  const tops = Array(across).fill(y + 4);
  column.stages.forEach((number, k) => {
    const place = Math.floor(k / down);
    tops[place] = apart + placeSheet(layout, number, [x + place * (share[0] + apart), tops[place]], share);
  });
}

function placeSheet(layout, number, [x, y], [wide, high]) {
  const stage = stages[number];
  const hasFilter = hasNeurons(number) && stage.windows.length > 1;
  const filterRoom = hasFilter ? Math.min(110, high * 0.3) : 0;
  const grid = fittedGrid(stage, [wide - 24, Math.max(30, high - 46 - (hasFilter ? filterRoom + 8 : 0))], 44);
  const boxes = movedBoxes(grid.boxes, x + 12, y + 30);
  layout.boxes[number] = boxes;
  const filter = hasFilter ? sheetFilter(layout, number, [x + 12, y + 44 + grid.height], [wide - 24, filterRoom - 20]) : { drawn: "", wide: 0, high: 0 };
  const around = [x, y, Math.max(grid.width + 24, filter.wide + 24, Math.min(wide, leastCard)), grid.height + 42 + filter.high];
  const marks = now.gradients && stage.ink ? numbersAt(number).values : null;
  const drawn = heat(boxes, shownNumbers(number), stageScale(number), { inInk: isInk(number), marks, size: 11.5, about: aboutCell(number) });
  layout.parts.push(box(around, "face", { rx: 10 }) + sheetTitle(number, around) + drawn + ticksOf(stage, boxes) + filter.drawn);
  grow(layout, around);
  layout.outlets[number] = outletsOfSheet(number, boxes, around);
  return around[1] + around[3];
}

function sheetTitle(number, [x, y, wide]) {
  const { channels, rows, columns: across, ink, kind } = stages[number];
  const title = nameIn(wide - 24, `${now.gradients ? "∇" : ""}${kind === "input" ? stages[number].name || "x" : stageName(number)}`);
  const size = isSequence(stages[number]) ? `${channels} × ${across} times` : channels * rows * across > 1 ? `${channels * rows * across} ${now.gradients ? "gradients" : nounsOf(number)[1]}` : "";
  const note = now.gradients && ink ? `${size}; the small square is the ink` : size;
  const room = wide - 24 - 8 * title.length;
  return text(x + 12, y + 20, title, "title") + text(x + wide - 12, y + 20, 6.2 * note.length < room ? note : 6.2 * size.length < room ? size : "", "note end");
}

/** Names of the times under the columns of a sequence, where Python gave them and they have room. */
function ticksOf({ ticks, columns: across }, boxes) {
  if (!ticks || !boxes.length) return "";
  const [, top, wide, high] = boxes.at(-1);
  return ticks.slice(0, across).map((tick, k) => (7 * tick.length <= wide + 4 ? text(boxes[k][0] + wide / 2, top + high + 10, tick, "note middle", { style: "font-size:10.5px" }) : "")).join("");
}

/** The weights of the chosen unit of a sequence, below its cells. */
function sheetFilter(layout, number, [x, y], room) {
  const channel = now.stage === number ? now.channel : 0;
  const grid = fittedParts(stages[number].window, [Math.min(150, room[0] - 14), Math.max(12, room[1] - 10)], 22);
  const boxes = movedBoxes(grid.boxes, x + 7, y + 20);
  layout.filters[number][channel] = boxAround(boxes);
  const drawn = [
    box([x, y - 2, Math.max(grid.width + 14, 86), grid.height + 29], "bed", { rx: 7, "data-card": `${number},${channel}` }),
    text(x + 7, y + 12, `${now.gradients ? "∇" : ""}${filterName(number, channel)}`, "note on-bed"),
    heat(boxes, weightsOf(number)[channel], weightScale(number)),
  ];
  return { drawn: drawn.join(""), wide: Math.max(grid.width + 14, 86), high: grid.height + 38 };
}

function outletsOfSheet(number, boxes, around) {
  const stage = stages[number];
  const right = around[0] + around[2];
  if (!isSequence(stage)) return [{ at: [right, around[1] + around[3] / 2], isAdded: (read) => read.stage === number }];
  return Array.from({ length: stage.channels }, (_, channel) => ({ at: [right, boxes[channel * stage.columns][1] + boxes[0][3] / 2], isAdded: isOfChannel(number, channel) }));
}
