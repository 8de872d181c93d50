// ---------------------------------------------------------------------------------------------------------------
// One map: what is read, the filter, and the map of its channel; of sequences and of units all of the stage
// ---------------------------------------------------------------------------------------------------------------

function mapPicture(wide, high) {
  const layout = emptyLayout();
  const isWide = wide >= wideFrom;
  if (isWide) mapBeside(layout, wide, high);
  else mapBelow(layout, wide);
  const filter = layout.filters[now.stage][now.channel];
  const around = windowBoxes(layout.boxes, true);
  const own = layout.boxes[now.stage][cellNumber(now)];
  const beams = filter && isWide ? beam(filter, own) + (around.length ? beam(boxAround(around), filter) : "") : "";
  const hint = text(isWide ? margin : 12, 24, isWide ? "click a cell, or move the window with the arrow keys; Enter shows its scalars" : "tap a cell; tap it again for its scalars", "note");
  const content = [hint, beams, ...layout.parts, focusFrames(layout.boxes, filter)].join("");
  return { content, width: Math.max(wide, layout.right + 12), height: layout.bottom + 12 };
}

const sourcesOf = (number) => [...new Set(stages[number].reads ?? [])].filter((source) => source !== number);
const shownChannel = () => (stages[now.stage].rows > 1 && stages[now.stage].kind !== "input" ? now.channel : null);

/** What is read on the left, the map on the right, the filter between them. */
function mapBeside(layout, wide, high) {
  const room = [wide - 2 * margin, high - headRoom - 10];
  const sources = sourcesOf(now.stage);
  let y = headRoom;
  for (const source of sources) {
    mapSheet(layout, source, null, [margin, y], [room[0] * 0.39, (room[1] - 10 * (sources.length - 1)) / sources.length]);
    y = layout.bottom + 10;
  }
  const left = sources.length ? layout.right : margin - 40;
  const ownRoom = [room[0] * 0.37, room[1]];
  const ownWide = Math.max(leastCard, mapGrid(now.stage, shownChannel(), ownRoom).width + 24);
  const between = hasNeurons(now.stage) ? room[0] * 0.17 + 2 * 140 : 160;
  const own = Math.max(left + 40, Math.min(wide - margin - ownWide, left + between));
  if (hasNeurons(now.stage)) {
    const filterWide = Math.min(room[0] * 0.17, own - left - 24);
    filterCard(layout, [(left + own - Math.max(leastCard, filterWide)) / 2, headRoom + room[1] * 0.2], [filterWide, room[1] * 0.5]);
  }
  mapSheet(layout, now.stage, shownChannel(), [own, headRoom], ownRoom);
}

function mapBelow(layout, wide) {
  const room = [wide - 24, 380];
  let y = headRoom;
  for (const source of sourcesOf(now.stage)) {
    mapSheet(layout, source, null, [12, y], room);
    y = layout.bottom + 16;
  }
  if (hasNeurons(now.stage)) {
    filterCard(layout, [12, y], [room[0], 200]);
    y = layout.bottom + 16;
  }
  mapSheet(layout, now.stage, shownChannel(), [12, y], room);
}

function mapGrid(number, channel, [wide, high]) {
  return fittedGrid(channel === null ? stages[number] : { ...stages[number], channels: 1 }, [wide - 24, high - 46], 66);
}

/** The cells of a stage, or of one of its channels, as large as the room allows. */
function mapSheet(layout, number, channel, [x, y], [wide, high]) {
  const stage = stages[number];
  const from = channel === null ? 0 : channel * areaOf(stage);
  const grid = mapGrid(number, channel, [wide, high]);
  const boxes = movedBoxes(grid.boxes, x + 12, y + 30);
  boxes.forEach((cell, k) => { layout.boxes[number][from + k] = cell; });
  const numbers = shownNumbers(number).slice(from, from + boxes.length);
  const values = numbersAt(number).values.slice(from, from + boxes.length);
  const digits = boxes[0][2] >= 50 && !stage.ink ? 3 : 2;
  const around = [x, y, Math.max(grid.width + 24, leastCard), grid.height + 42];
  const drawn = heat(boxes, numbers, stageScale(number), { inInk: isInk(number), marks: now.gradients && stage.ink ? values : null, digits, size: boxes[0][2] >= 40 ? 12.5 : 11.5, about: aboutCell(number, from) });
  layout.parts.push(box(around, "face", { rx: 10 }), mapTitle(number, channel, around), drawn, ticksOf(stage, boxes), shutMarks(number, from, boxes));
  grow(layout, around);
}

function mapTitle(number, channel, around) {
  if (channel === null) return sheetTitle(number, around);
  const [x, y, wide] = around;
  const title = nameIn(wide - 24, `${now.gradients ? "∇" : ""}${channelName(number, channel)}`);
  const { windows, activation } = stages[number];
  const note = now.gradients ? (activation === "relu" ? "dot: ReLU is shut" : "") : `${windows.length} windows${activation ? `, ${activationName(stages[number])}` : ""}`;
  return text(x + 12, y + 20, title, "title") + text(x + wide - 12, y + 20, 6.2 * note.length + 8 * title.length < wide - 24 ? note : "", "note end");
}

/** Among gradients a dot where the activation passes nothing back. */
function shutMarks(number, from, boxes) {
  const { slopes } = numbersAt(number);
  if (!now.gradients || !slopes) return "";
  return boxes.map(([x, y, wide, high], k) => (slopes[from + k] === 0 && wide >= 12 ? tag("circle", { class: "shut", cx: x + wide - Math.min(9, wide / 3), cy: y + Math.min(9, high / 3), r: Math.min(3.4, wide / 8), "pointer-events": "none" }) : "")).join("");
}

/** The filter with its bias. */
function filterCard(layout, [x, y], [wide, high]) {
  const { stage, channel } = now;
  const { window, windows } = stages[stage];
  const bias = biasOf(stage)?.[channel];
  const grid = fittedParts(window, [wide - 28, high], 54.6);
  const boxes = movedBoxes(grid.boxes, x + 14, y + 30);
  const around = [x, y, Math.max(grid.width + 28, leastCard), grid.height + (bias === undefined ? 62 : 80)];
  const mark = now.gradients ? "∇" : "";
  const foot = around[1] + 30 + grid.height;
  layout.parts.push([
    box(around, "face", { rx: 10 }),
    box([x + 4, y + 4, around[2] - 8, around[3] - 8], "bed", { rx: 8 }),
    text(x + 14, y + 22, `${mark}${filterName(stage, channel)}`, "title"),
    heat(boxes, weightsOf(stage)[channel], weightScale(stage), { digits: boxes[0][2] >= 50 ? 3 : 2, title: weightTitle(stage, channel) }),
    bias === undefined ? "" : text(x + 14, foot + 22, `${mark}b`, "title") + text(x + around[2] - 14, foot + 22, shown(bias), "number end", { style: "font-size:12.5px" }),
    text(x + 14, foot + (bias === undefined ? 22 : 41), windows.length > 1 ? `each used ${windows.length} times` : "each used once", "note on-bed"),
  ].join(""));
  layout.filters[stage][channel] = boxAround(boxes);
  grow(layout, around);
}

const weightTitle = (stage, channel) => (k) => `${stages[stage].weightNames?.[channel]?.[k] ?? `w${low(k + 1)}`}: ${shown(weightsOf(stage)[channel][k])}`;
