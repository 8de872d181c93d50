// ---------------------------------------------------------------------------------------------------------------
// What Python computed: the stages from the input to the outputs, and their numbers for each example. All is read, nothing is
// changed. A cell is {stage, cell}; null stands for a constant 0, as before the first step of a sequence.
// ---------------------------------------------------------------------------------------------------------------

const network = JSON.parse(find("script[type='application/json']").textContent);
const { stages, examples } = network;
const asNumbers = (part) => (Array.isArray(part) ? part.map(asNumbers) : typeof part === "string" ? Number(part) : part); // "NaN", "Infinity"
for (const stage of stages) for (const key of ["weights", "bias"]) if (stage[key]) stage[key] = asNumbers(stage[key]);
for (const example of examples) {
  for (const key of ["loss", "probabilities", "weightGradients", "biasGradients"]) example[key] = asNumbers(example[key]);
  for (const numbers of example.stages) for (const key of Object.keys(numbers)) numbers[key] = asNumbers(numbers[key]);
}
const outputStage = isRow(stages.at(-1)) ? stages.length - 1 : -1; // where the last stage has a row of numbers, these are the outputs

/** What is looked at: one example, values or gradients, one cell at one level; and the output of which lines tell. */
const now = { example: 0, gradients: false, level: 0, stage: 0, channel: 0, place: 0, output: 0 };

const hasNeurons = (number) => stages[number].weights !== undefined;
const isPool = (number) => stages[number].kind === "pool";
const numbersAt = (number) => examples[now.example].stages[number];
const shownKey = () => (now.gradients ? "gradients" : "values");
const shownNumbers = (number) => numbersAt(number)[shownKey()];
const weightsOf = (number, gradients = now.gradients) => (gradients ? examples[now.example].weightGradients[number] : stages[number].weights);
const biasOf = (number, gradients = now.gradients) => (gradients ? examples[now.example].biasGradients[number] : stages[number].bias);
const cellNumber = ({ stage, channel, place }) => channel * areaOf(stages[stage]) + place;
const isInk = (number) => stages[number].ink === true && !now.gradients;

/** The largest size among the finite numbers: what the strongest tint means. */
const largestIn = (...lists) => lists.flat(3).reduce((most, number) => (Number.isFinite(number) ? Math.max(most, Math.abs(number)) : most), 0);

/** For each stage, all stages of its recurrent cell: from the first that reads a state to that state. Other stages are alone. */
const cellOf = stages.map((_, number) => {
  const loops = stages.flatMap(({ reads = [] }, first) => reads.filter((last) => last >= first).map((last) => [first, last]));
  const inside = loops.filter(([first, last]) => first <= number && number <= last);
  const [from, to] = [Math.min(number, ...inside.map(([first]) => first)), Math.max(number, ...inside.map(([, last]) => last))];
  return stages.map((_, other) => other).slice(from, to + 1);
});
const isRecurrent = (number) => cellOf[number].length > 1 || (stages[number].reads ?? []).includes(number);

// One scale for each kind of thing: the parts of a recurrent cell are one kind.
const stageScale = (number, key = shownKey()) => (stages[number].ink && key === "values" ? 1 : largestIn(...cellOf[number].map((other) => numbersAt(other)[key])));
const weightScale = (number, gradients = now.gradients) => largestIn(...cellOf[number].filter(hasNeurons).map((other) => weightsOf(other, gradients)));

/** The cell that the number in `windows` stands for: it counts through the cells of the stages that are read. */
function cellRead(number, count) {
  for (const stage of count < 0 ? [] : stages[number].reads) {
    if (count < cellsOf(stages[stage])) return { stage, cell: count };
    count -= cellsOf(stages[stage]);
  }
  return null;
}

/** The cells that a cell of a stage reads, in the order of the weights or of the formula; none of an input. */
function windowOf(focus) {
  const { stage, channel, place } = focus;
  const { windows, reads, kind } = stages[stage];
  if (!windows) return [];
  if (kind === "formula") return windows[cellNumber(focus)].map((count) => cellRead(stage, count));
  if (isPool(stage)) return windows[place].map((k) => ({ stage: reads[0], cell: channel * areaOf(stages[reads[0]]) + k }));
  return windows[place].map((count) => cellRead(stage, count));
}

const numberOf = (read, key) => (read ? examples[now.example].stages[read.stage][key][read.cell] : 0);

/** The places of a stage at which the cell is read by its neurons, or by the pool of its channel. */
function placesReading(number, { stage, cell }) {
  const { windows, reads, rows, columns } = stages[number];
  if (!windows || !reads.includes(stage)) return [];
  const count = isPool(number) ? cell % areaOf(stages[stage]) : reads.slice(0, reads.indexOf(stage)).reduce((sum, other) => sum + cellsOf(stages[other]), cell);
  return windows.flatMap((window, place) => (window.includes(count) ? [place % (rows * columns)] : []));
}

/** How often a number of the graph is used by the neurons of a stage. */
const usesOf = (number, read) => (read ? placesReading(number, read).length * stages[number].channels : 0);

/** What these cells add to a unit of a dense stage; among gradients, what the unit sends back to them. */
function addedBy(number, channel, isAdded) {
  const weights = stages[number].weights[channel];
  const delta = numbersAt(number).beforeGradients[channel];
  let sum = 0;
  stages[number].windows[0].forEach((count, k) => {
    const read = cellRead(number, count);
    if (read && isAdded(read)) sum += weights[k] * (now.gradients ? delta : numberOf(read, "values"));
  });
  return sum;
}

/** The terms of a cell's sum. */
function termsOf(focus) {
  const { stage, channel, place } = focus;
  const cell = cellNumber(focus);
  const reads = windowOf(focus);
  const weights = stages[stage].weights[channel];
  const read = reads.map((one) => numberOf(one, "values"));
  const products = read.map((number, k) => number * weights[k]);
  const numbers = numbersAt(stage);
  const delta = numbers.beforeGradients[cell];
  return {
    reads, read, weights, products, delta, cell, place,
    sum: products.reduce((sum, number) => sum + number, 0),
    bias: stages[stage].bias ? stages[stage].bias[channel] : null,
    before: numbers.before[cell],
    value: numbers.values[cell],
    gradient: numbers.gradients[cell],
    slope: numbers.slopes ? numbers.slopes[cell] : null,
    weightGradients: examples[now.example].weightGradients[stage][channel],
    biasGradient: examples[now.example].biasGradients[stage]?.[channel] ?? null,
    weightShares: read.map((number) => number * delta),
    readShares: weights.map((weight) => weight * delta),
  };
}

/** The cell about which the loss cares most, of the first stage whose neurons are used at many places. */
function lookWhereItMatters() {
  const wanted = stages.findIndex(({ windows }, number) => hasNeurons(number) && windows.length > 1);
  now.stage = wanted < 0 ? Math.max(0, stages.findIndex((_, number) => hasNeurons(number))) : wanted;
  const sizes = (numbersAt(now.stage).beforeGradients ?? numbersAt(now.stage).gradients).map((number) => Math.abs(number) || 0);
  const cell = sizes.indexOf(Math.max(...sizes));
  now.channel = Math.floor(cell / areaOf(stages[now.stage]));
  now.place = cell % areaOf(stages[now.stage]);
  now.output = Math.max(0, examples[now.example].target ?? saidOutput());
}

/** The output that is largest. */
function saidOutput() {
  if (outputStage < 0) return 0;
  const { values } = numbersAt(outputStage);
  return values.indexOf(Math.max(...values));
}

// ---------------------------------------------------------------------------------------------------------------
// Names
// ---------------------------------------------------------------------------------------------------------------

const low = (number) => String(number).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);

/** Whether its channels are the outputs: once, or at every time of a sequence. */
const isLastRow = (number) => number === stages.length - 1 && stages[number].rows === 1;

/** What one channel of a stage is called, and what many of its numbers are. */
function nounsOf(number) {
  const stage = stages[number];
  if (isLastRow(number)) return ["output", "outputs"];
  if (stage.kind === "input") return stage.ink && stage.rows > 1 ? ["picture", "pixels"] : ["input", "inputs"];
  if (stage.kind === "pool") return stage.op === "max" ? ["maximum", "maxima"] : ["mean", "means"];
  if (stage.kind === "formula") return [stage.name || "cell", stage.name || "cells"];
  return stage.rows > 1 ? ["map", "maps"] : isRow(stage) || isRecurrent(number) ? ["unit", "units"] : ["feature", "features"];
}

/** The name that tells a stage from others of its kind, or "" where its noun does: its own, or its number among them. */
function ownName(number) {
  const alike = stages.map((_, other) => other).filter((other) => nounsOf(other)[1] === nounsOf(number)[1]);
  if (alike.length === 1 && !isRecurrent(number)) return "";
  return stages[number].name || (alike.length > 1 ? `${nounsOf(number)[1]}${low(alike.indexOf(number) + 1)}` : "");
}

const stageName = (number) => ownName(number) || nounsOf(number)[1];

/** "map 6", "output 1", "h: unit 3". Outputs are counted from 0, as classes are. */
function channelName(number, channel) {
  const [noun] = nounsOf(number);
  const { labels, channels } = stages[number];
  const own = isLastRow(number) ? labels?.[channel] ?? channel : channels > 1 ? channel + 1 : "";
  const before = ownName(number) && ownName(number) !== noun ? `${ownName(number)}: ` : "";
  return `${before}${noun} ${own}`.trim();
}

function placeName({ stage, place }) {
  const { rows, columns } = stages[stage];
  if (rows * columns === 1) return "";
  const column = (place % columns) + 1;
  return rows === 1 ? `time ${column}` : `row ${Math.floor(place / columns) + 1}, column ${column}`;
}

/** A short name of a cell, such as m₁₅ or x₃. */
function symbolOf({ stage, cell }) {
  const { name, rows, columns, channels, kind } = stages[stage];
  const letter = (isRecurrent(stage) && name) || (kind === "input" ? "x" : nounsOf(stage)[0][0]);
  const place = cell % (rows * columns);
  const index = rows > 1 ? [Math.floor(place / columns) + 1, (place % columns) + 1] : [Math.floor(cell / columns) + 1, ...(columns > 1 ? [place + 1] : [])];
  if (rows === 1 && channels === 1) index.shift();
  return `${letter}${low(index.join(index.some((part) => part > 9) ? "," : ""))}`;
}

/** What the gradients are of: the loss, or the one number that the network gives. */
const lossName = network.loss ? network.loss.name || "L" : symbolOf({ stage: stages.length - 1, cell: 0 });
/** Whether it moves over what it reads: a unit of a cell, or of a layer that reads one time after the other, does not. */
const hasFilters = (number) => !isRecurrent(number) && (stages[number].rows > 1 || stages[number].window.some(({ columns }) => columns > 1));

function filterName(number, channel) {
  if (stages[number].windows.length === 1) return `weights of ${channelName(number, channel)}`;
  return `${hasFilters(number) ? "filter f" : "weights w"}${low(channel + 1)}`;
}

const activationName = ({ activation }) => ({ relu: "ReLU", sigmoid: "σ" })[activation] ?? activation;
