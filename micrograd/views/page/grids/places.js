// ---------------------------------------------------------------------------------------------------------------
// The network's columns: stages that belong together, and how wide each is
// ---------------------------------------------------------------------------------------------------------------

const margin = 20; // at the sides
const headRoom = 40; // for the names of columns
const wideFrom = 720; // below, the stages stand one under the other
const leastScale = 0.85; // to which they are made smaller before they do
const leastCard = 150; // so that the title of a card has room
const lossBesideFrom = 1150; // below, the loss stands under the outputs
const mostUnits = 12; // that have cards of their own

/** How a stage is shown: a card for each "channel", a card for each of few "units", or all its cells in one "sheet". */
function formOf(number) {
  const stage = stages[number];
  if (stage.kind === "input") return "sheet";
  if (number === outputStage || (isRow(stage) && stage.kind === "dense")) return stage.channels <= mostUnits ? "units" : "sheet";
  if (stage.rows > 1 && hasNeurons(number)) return "channels";
  return "sheet";
}

/** A pool stands in the cards of what it reads; the stages of a recurrent cell stand together. */
function columnsOfStages() {
  const columns = [];
  stages.forEach(({ kind, reads }, number) => {
    const last = columns.at(-1);
    const form = formOf(number);
    const isPoolOfCards = kind === "pool" && form !== "units" && last.form === "channels" && last.stages.includes(reads[0]);
    if (isPoolOfCards || (last && cellOf[number].includes(last.stages[0]))) last.stages.push(number);
    else columns.push({ form, stages: [number] });
  });
  return columns;
}

const columns = columnsOfStages();

/** What a column is, in as many words as have room. */
function columnTitle(column, room) {
  const { form, stages: [first, ...others] } = column;
  if (form !== "channels") return sheetsTitle(column);
  const { channels } = stages[first];
  const [filters, maps] = [["filter", "filters"], nounsOf(first)].map((nouns) => countOf(channels, nouns));
  const pools = others.map((number) => nounsOf(number)[1]);
  const whole = [filters, maps, ...others.map(poolTitle)].join(" → ");
  return [whole, [filters, "maps", ...pools].join(" → ")].find((words) => 7 * words.length < room) ?? filters;
}

function sheetsTitle({ form, stages: [first, ...others] }) {
  const { kind, channels, windows } = stages[first];
  if (kind === "input") return "input";
  if (form === "units" || isRow(stages[first])) return countOf(channels, nounsOf(first));
  if (others.length) return `a cell of ${channels} units at ${stages[first].columns} times`;
  return kind === "pool" ? poolTitle(first) : `${countOf(channels, nounsOf(first))} at ${windows.length} times`;
}

function poolTitle(number) {
  const { reads, rows, columns: across, windows } = stages[number];
  const read = stages[reads[0]];
  const [high, wide] = [Math.floor(read.rows / rows), Math.floor(read.columns / across)];
  return `${nounsOf(number)[1]} of ${high * wide === windows[0].length ? (high > 1 ? `${high}×${wide}` : wide) : windows[0].length}`;
}

/** The height of a channel's card, and where its parts are: [filter, map, pools...] in a card of that height. */
function channelParts(column, high) {
  const [first, ...pools] = column.stages;
  const { window, rows, columns: across } = stages[first];
  const inner = high - 2;
  const filter = fittedParts(window, [120, high - 12], 16);
  const one = (number) => fittedGrid({ ...stages[number], channels: 1 }, [110, inner], number === first ? Infinity : 24);
  const map = fittedGrid({ channels: 1, rows, columns: across }, [110, inner], 24);
  const parts = [{ grid: map, left: filter.width + 28 }];
  let end = filter.width + 28 + map.width;
  for (const pool of pools) {
    const grid = one(pool);
    parts.push({ grid, left: end + 35, arrow: end + 9 });
    end += 35 + grid.width;
  }
  return { high, filter, parts, width: end + 10 };
}

const pitchOf = (count, high, [least, most]) => Math.max(least, Math.min(most, high / count));
const channelPitch = (column, high) => pitchOf(stages[column.stages[0]].channels, high, [30, 65]);
const unitWidth = (column) => (column.stages[0] === outputStage && examples[now.example].probabilities ? 206 : 132);

/** How wide each column is, and the gaps before all but the first; the loss is the last one where it stands beside. */
function columnWidths(wide, high) {
  const isBeside = network.loss !== null && wide >= lossBesideFrom;
  const fixed = columns.map((column) => (column.form === "channels" ? channelParts(column, channelPitch(column, high) - 5).width : column.form === "units" ? unitWidth(column) : null));
  const gaps = columns.slice(1).map((column, k) => (column.form === "units" ? (columns[k].form === "units" ? 110 : 160) : 100));
  if (isBeside) { fixed.push(138); gaps.push(80); }
  const sum = (list) => list.reduce((total, part) => total + part, 0);
  const parts = columns.map(({ form, stages: own }) => (form !== "sheet" ? 0 : own.length > 2 ? 1.7 : 1)); // of the room that is left
  const flexible = sum(parts);
  const room = wide - 2 * margin - sum(fixed.map((part) => part ?? 0));
  const wanted = flexible * (flexible > 2 ? 260 : 320);
  const stretch = Math.max(0.45, Math.min(1.6, (room - wanted) / sum(gaps) || 1));
  const sheet = Math.max(110, Math.min(400, (room - stretch * sum(gaps)) / Math.max(1, flexible)));
  return { widths: fixed.map((part, k) => part ?? sheet * parts[k]), gaps: gaps.map((gap) => gap * stretch), isBeside };
}
