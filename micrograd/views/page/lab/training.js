// The training: the numbers that it moves, the loss of every epoch, and the way back to any of them. It reads nothing of the page
// but its data. Same start, same paces, same rows: same bits, so an epoch that is not kept is computed again. Python takes the same
// steps in the same order; its tanh, exp and the like may differ from the browser's in the last digit.

const lab = JSON.parse(document.querySelector('script[type="application/json"]').textContent);

const mostCheckpoints = 1200; // then every second one goes
const mostGhosts = 5;
const rowsOfStep = Math.min(lab.batchSize ?? lab.rows.length, lab.rows.length);

const training = {
  p: new Float64Array(lab.parameters.length), // the parameters
  memories: lab.memories.map((numbers) => Float64Array.from(numbers)), // what the optimizer remembers of each
  rows: Float64Array.from(lab.rows.flat()), // one after the other, `width` numbers each
  test: Float64Array.from(lab.test.flat()),
  width: lab.rows[0].length,
  rowCount: lab.rows.length,
  testCount: lab.test.length,
  steps: Math.ceil(lab.rows.length / rowsOfStep), // of an epoch
  epoch: 0,
  losses: [], // of all rows at the parameters of each epoch
  testLosses: [],
  pace: lab.settings.map((setting) => setting.value), // the learning rate and the settings; replaced, never changed
  paces: [], // those of each epoch that was made
  ghosts: [], // runs that were left: their losses, the epoch `from` which another took their place, and how they were made
  turns: [], // where a hand turned a setting, a parameter or a point
  start: lab.starts[0],
  touched: false, // whether a hand has moved a parameter or a point
  sums: new Float64Array(lab.parameters.length + 1), // the gradient of the mean loss of all rows, and then that loss
  stopped: null, // why there is no next epoch
};

const paceAsGiven = training.pace;
const everyRow = Int32Array.from({ length: training.rowCount }, (_, row) => row);
const gradientOfAll = training.sums.subarray(0, lab.parameters.length);
const batchSums = new Float64Array(training.sums.length);
const gradientOfBatch = batchSums.subarray(0, lab.parameters.length);
const checkpoints = new Map(); // by epoch; one that is `fixed` was made by hand, and cannot be computed again
let checkpointStride = 1;
let lastPace = training.pace; // that of the epoch after the last
let rowsKept = Float64Array.from(training.rows); // the present rows, shared by checkpoints and never changed

/** Begin anew: with these numbers, the rows as they were given, and the present pace. */
function begin(start = training.start) {
  leaveGhost(0);
  training.start = start;
  training.p.set(start.numbers);
  training.memories.forEach((numbers, place) => numbers.set(lab.memories[place]));
  training.rows.set(lab.rows.flat());
  rowsKept = Float64Array.from(training.rows);
  Object.assign(training, { epoch: 0, losses: [], testLosses: [], paces: [], turns: [], touched: false, stopped: null });
  checkpoints.clear();
  checkpointStride = 1;
  lastPace = training.pace;
  measure();
  keepCheckpoint(true);
}

/** The numbers that Python's MLP(..., seed=seed) begins with. */
function startOfSeed(seed) {
  const random = new PythonRandom(seed);
  return { name: `seed ${seed}`, numbers: lab.limits.map(([low, high]) => (low === high ? low : random.uniform(low, high))) };
}

// ---------------------------------------------------------------------------------------------------------------
// Losses and steps
// ---------------------------------------------------------------------------------------------------------------

/** The mean loss of the first `count` of these rows. */
function lossOver(rows, count, p) {
  const { width } = training;
  const loss = [0];
  let sum = 0;
  for (let row = 0; row < count; row += 1) {
    rowLoss(rows.subarray(row * width, (row + 1) * width), p, loss);
    sum += loss[0];
  }
  return sum / count;
}

/** The gradient and the loss of all rows at the present parameters, and the loss of the test set. */
function measure() {
  const { p, rows, test, rowCount, testCount, sums, epoch } = training;
  gradient(rows, everyRow, 0, rowCount, 1 / rowCount, p, sums);
  training.losses[epoch] = sums[p.length];
  if (testCount) training.testLosses[epoch] = lossOver(test, testCount, p);
}

/** The steps of an epoch, each against the gradient of its batch: in Python's order, from the seed and the steps before. */
function makeSteps(epoch, pace, measured = false) {
  const { p, memories, rows, rowCount, steps, sums } = training;
  const before = epoch * steps;
  if (steps === 1) {
    if (!measured) gradient(rows, everyRow, 0, rowCount, 1 / rowCount, p, sums);
    update(p, gradientOfAll, memories, lab.stepsTaken + before + 1, ...pace);
    return;
  }
  const order = epochOrder(rowCount, lab.seed, lab.stepCount + before);
  for (let step = 0; step < steps; step += 1) {
    sumBatch(order, step);
    update(p, gradientOfBatch, memories, lab.stepsTaken + before + step + 1, ...pace);
  }
}

function sumBatch(order, step) {
  const { p, rows, rowCount } = training;
  const first = step * rowsOfStep;
  const last = Math.min(first + rowsOfStep, rowCount);
  gradient(rows, order, first, last, 1 / (last - first), p, batchSums);
}

/** The next epoch; in the past, the one that was made. False where there is none, because a number would not be finite. */
function trainEpoch() {
  if (training.epoch < training.losses.length - 1) {
    goToEpoch(training.epoch + 1);
    return true;
  }
  if (training.stopped !== null) return false;
  if (!training.sums.every(Number.isFinite)) return stopHere("the loss or its gradient is not finite here: go back, or begin anew");
  const before = checkpoints.has(training.epoch) ? null : copyOfNumbers();
  const { epoch } = training;
  makeSteps(epoch, training.pace, true);
  training.epoch += 1;
  measure();
  if (!training.sums.every(Number.isFinite)) {
    const loss = training.losses.pop();
    training.testLosses.length = Math.min(training.testLosses.length, epoch + 1);
    putBack(before ?? checkpoints.get(epoch), epoch);
    measure();
    return stopHere(`the next ${training.steps === 1 ? "step" : "epoch"} would make ${Number.isFinite(loss) ? "the gradient infinite" : `the loss ${shown(loss)}`}: turn the learning rate down`);
  }
  training.paces[epoch] = training.pace;
  keepCheckpoint(false);
  return true;
}

function stopHere(why) {
  training.stopped = why;
  return false;
}

/** The number of a parameter after the next step, the first of the next epoch. */
function nextParameter(place) {
  const number = Float64Array.of(training.p[place]);
  const memories = training.memories.map((numbers) => Float64Array.of(numbers[place]));
  const step = lab.stepsTaken + training.epoch * training.steps + 1;
  update(number, Float64Array.of(nextGradient(place)), memories, step, ...training.pace);
  return number[0];
}

/** The derivative that the next step follows: of the loss of all rows, or of the first batch. */
function nextGradient(place) {
  if (training.steps === 1) return training.sums[place];
  sumBatch(epochOrder(training.rowCount, lab.seed, lab.stepCount + training.epoch * training.steps), 0);
  return batchSums[place];
}

// ---------------------------------------------------------------------------------------------------------------
// Back in time, and on again
// ---------------------------------------------------------------------------------------------------------------

function copyOfNumbers() {
  return { p: Float64Array.from(training.p), memories: training.memories.map((numbers) => Float64Array.from(numbers)), rows: rowsKept };
}

/** Keep the present numbers: each epoch, and where there are many every second, then every fourth, and so on. */
function keepCheckpoint(fixed) {
  if (!fixed && training.epoch % checkpointStride) return;
  checkpoints.set(training.epoch, { ...copyOfNumbers(), fixed });
  if (checkpoints.size <= mostCheckpoints) return;
  checkpointStride *= 2;
  for (const [epoch, kept] of checkpoints) if (epoch % checkpointStride && !kept.fixed) checkpoints.delete(epoch);
}

function putBack(kept, epoch) {
  training.p.set(kept.p);
  training.memories.forEach((numbers, place) => numbers.set(kept.memories[place]));
  if (kept.rows !== rowsKept) training.rows.set(kept.rows);
  rowsKept = kept.rows;
  training.epoch = epoch;
}

/** Go to an epoch: back to one that was, with its pace and its rows, or on to one that is not yet. */
function goToEpoch(wanted) {
  const end = training.losses.length - 1;
  const there = Math.max(0, Math.min(wanted, end));
  let kept = there;
  while (!checkpoints.has(kept)) kept -= 1;
  if (training.epoch < kept || training.epoch > there) putBack(checkpoints.get(kept), kept);
  for (; training.epoch < there; training.epoch += 1) makeSteps(training.epoch, training.paces[training.epoch]);
  training.pace = there < end ? training.paces[there] : lastPace;
  training.stopped = null;
  const { p, rows, rowCount, sums } = training;
  gradient(rows, everyRow, 0, rowCount, 1 / rowCount, p, sums);
  while (training.epoch < wanted && trainEpoch());
}

// ---------------------------------------------------------------------------------------------------------------
// Changes by hand
// ---------------------------------------------------------------------------------------------------------------

/** What came after the present epoch is no longer true: it stays as a ghost. */
function branch() {
  const { epoch } = training;
  training.stopped = null;
  if (training.losses.length === epoch + 1) return;
  leaveGhost(epoch);
  training.losses.length = epoch + 1;
  training.testLosses.length = Math.min(training.testLosses.length, epoch + 1);
  training.paces.length = epoch;
  training.turns = training.turns.filter((turn) => turn.epoch <= epoch);
  for (const key of checkpoints.keys()) if (key > epoch) checkpoints.delete(key);
}

function leaveGhost(from) {
  if (training.losses.length < 2) return;
  const pace = training.paces[0];
  const changed = lab.settings.map((setting, place) => (place && pace[place] === paceAsGiven[place] ? "" : `, ${setting.name} ${shown(pace[place])}`));
  const text = `${training.start.name}${changed.join("")}${training.turns.some((turn) => turn.epoch) ? ", turned later" : ""}`;
  training.ghosts = [...training.ghosts.slice(1 - mostGhosts), { from, losses: training.losses.slice(), text }];
}

/** Note a change of this kind at the present epoch, in place of an earlier one of the same; without a text there is none. */
function noteTurn(kind, place, text) {
  const { epoch } = training;
  training.turns = training.turns.filter((turn) => turn.epoch !== epoch || turn.kind !== kind || turn.place !== place);
  if (text) training.turns.push({ epoch, kind, place, text });
  training.touched = training.turns.some((turn) => turn.kind !== "setting");
}

/** Turn the learning rate, which is setting 0, or another setting of the optimizer. */
function setPace(place, number) {
  if (training.pace[place] === number) return;
  branch();
  training.pace = training.pace.map((old, other) => (other === place ? number : old));
  lastPace = training.pace;
  const before = training.epoch ? training.paces[training.epoch - 1][place] : number;
  noteTurn("setting", place, before === number ? "" : `${lab.settings[place].name} ${shown(before)} → ${shown(number)}`);
}

function setParameter(place, number) {
  branch();
  training.p[place] = number;
  measureByHand("parameter", place, `${lab.parameters[place]} = ${shown(number)}`);
}

function setEntry(row, column, number) {
  branch();
  training.rows[row * training.width + column] = number;
  rowsKept = Float64Array.from(training.rows);
  measureByHand("point", row, `row ${row + 1} moved`);
}

function measureByHand(kind, place, text) {
  lastPace = training.pace;
  noteTurn(kind, place, text);
  measure();
  keepCheckpoint(true);
}

/** Whether the run was Python's as far as this epoch: its start, its rows, its pace. */
function followsPython(epoch = training.epoch) {
  const first = training.paces[0] ?? training.pace;
  const given = training.start === lab.starts[0] && first.every((number, place) => number === paceAsGiven[place]);
  return given && training.turns.every((turn) => turn.epoch > epoch || (turn.epoch === epoch && turn.kind === "setting"));
}

begin();
