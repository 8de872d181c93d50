// ---------------------------------------------------------------------------------------------------------------
// Lines between columns: what each part adds to a unit; going backwards, what the unit sends to each part
// ---------------------------------------------------------------------------------------------------------------

function linesOf(layout, lossPoint) {
  const drawn = columns.slice(1).map((column, k) => (column.form === "units" ? linesToUnits(layout, column.stages[0]) : arrowBetween(layout, columns[k], column)));
  if (lossPoint) for (const { at } of layout.outlets[stages.length - 1]) drawn.push(path(curve(at, lossPoint), "stroke", { "stroke-opacity": 0.45 }));
  return drawn.join("");
}

function linesToUnits(layout, number) {
  const { reads, channels, weights } = stages[number];
  const outlets = reads.flatMap((stage) => layout.outlets[stage]);
  if (!weights) return plainLines(layout, number, outlets);
  const inlets = layout.boxes[number].map(([x, y, , high]) => [x, y + high / 2]);
  const added = outlets.map(({ isAdded }) => inlets.map((_, channel) => addedBy(number, channel, isAdded)));
  const most = largestIn(added);
  const isFocus = (channel) => channel === (number === outputStage ? now.output : now.stage === number ? now.channel : -1);
  const opacity = (channel, size) => (now.gradients ? (size > 0.02 * most ? 0.8 : 0.13) : isFocus(channel) ? 0.8 : 0.13);
  const lines = [];
  for (const inFront of [false, true]) outlets.forEach(({ at }, from) => {
    for (let channel = 0; channel < channels; channel += 1) {
      if (isFocus(channel) !== inFront) continue;
      const size = added[from][channel];
      lines.push(flow(curve(at, inlets[channel]), size, most, [0.4, 6.4], opacity(channel, Math.abs(size))));
    }
  });
  return lines.join("");
}

/** A pool into units: each reads one channel. */
function plainLines(layout, number, outlets) {
  return layout.boxes[number].map(([x, y, , high], channel) => (outlets[channel] ? path(curve(outlets[channel].at, [x, y + high / 2]), "stroke", { "stroke-opacity": 0.6 }) : "")).join("");
}

/** Where no window is joined to a filter, an arrow says what reads what. */
function arrowBetween(layout, before, column) {
  if (column.stages.includes(now.stage) && layout.filters[now.stage][now.channel]) return "";
  const from = boxAround(before.stages.flatMap((stage) => layout.boxes[stage]));
  const [left] = boxAround(column.stages.flatMap((stage) => [...layout.boxes[stage], ...layout.filters[stage].filter(Boolean)]));
  const middle = (from[0] + from[2] + 12 + left - 10) / 2;
  return path(`M${middle - 13},${from[1] + from[3] / 2}h26m-6,-5l6,5l-6,5`, "arrow");
}
