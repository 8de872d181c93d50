// ---------------------------------------------------------------------------------------------------------------
// Showing and playing: the last script, which begins
// ---------------------------------------------------------------------------------------------------------------

const labElement = find(".lab");
const epochNumber = find(".epoch b");
const spoken = find(".spoken");
const frameBudget = 9; // milliseconds of training in a frame
const pauseBetweenWords = 3000; // milliseconds between two announcements

let playing = false;
let frames = 0;
let epochsDue = 0;
let isShowDue = false;
let lastSpoken = -Infinity;
let speaking = 0;

function lossNow() {
  return training.losses[training.epoch];
}

/** Draw the present moment. While it plays, what can wait is drawn in turn, a part in each frame. */
function show(fast = false) {
  const turn = fast && playing ? frames % 3 : -1;
  lookAtRow(look.row);
  showSide(fast);
  if (turn < 1) paintLines();
  if (turn < 0 || turn === 1) paintUnits();
  if (turn < 0 || turn === 2) paintWhatIf(fast);
  if (turn < 0 || frames % 12 === 2) paintWords();
  paintDials();
  paintInside();
  put(epochNumber, "text", training.epoch.toLocaleString("en"));
  put(labElement, "data-epoch", training.epoch);
  put(labElement, "data-loss", String(lossNow()));
  if (!playing) announce();
}

/** Draw with the next frame: a hand may move a number several times in one. When it rests, everything is drawn well. */
function showSoon() {
  if (isShowDue) return;
  isShowDue = true;
  requestAnimationFrame(() => {
    isShowDue = false;
    show(true);
    settle();
  });
}

/** Say where we are, at most every few seconds, and not while it plays. */
function announce() {
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    if (playing) return;
    lastSpoken = performance.now();
    const where = inside ? `${inside.kind}: ${formulaLine.textContent}` : training.stopped ? `stopped: ${training.stopped}` : `loss ${shown(lossNow())}`;
    put(spoken, "text", `epoch ${training.epoch}, ${where}`);
  }, Math.max(300, lastSpoken + pauseBetweenWords - performance.now()));
}

/** One frame: as many epochs as are due, and not longer than the budget. */
function playFrame() {
  if (!playing) return;
  const started = performance.now();
  epochsDue += speeds[Number(speedSlider.value)][1];
  let done = 0;
  while (epochsDue >= done + 1 && performance.now() - started < frameBudget) {
    if (!trainEpoch()) { setPlaying(false); return; }
    done += 1;
  }
  epochsDue = Number.isFinite(epochsDue) ? Math.min(epochsDue - done, 1) : 0;
  frames += 1;
  if (done) show(true);
  requestAnimationFrame(playFrame);
}

function setPlaying(on) {
  if (on === playing) return;
  playing = on;
  paintPlayButton();
  if (!on) { show(); return; }
  inside = null;
  epochsDue = 1;
  put(spoken, "text", "training");
  requestAnimationFrame(playFrame);
}

const pause = () => setPlaying(false);

// ---------------------------------------------------------------------------------------------------------------
// Begin
// ---------------------------------------------------------------------------------------------------------------

units.forEach(({ picture }, card) => { if (picture.tagName === "CANVAS") unitCanvases.set(card, picture); });
lookAtRow(Math.max(0, lab.rows.findIndex((row) => row.slice(0, lab.inputs).some((number) => number !== 0)))); // where all inputs are 0, so are the gradients of their weights
hold(Math.max(0, lab.lines.find((line) => line.parameter >= 0)?.parameter ?? 0));
whenThemeChanges(() => show());

const sizeWatch = new ResizeObserver(() => {
  placeNetwork(network.clientWidth, network.clientHeight);
  sizePlot(plot.element.clientWidth, plot.element.clientHeight);
  sizeRightSide();
  show();
});
for (const element of [network, plot.element, find(".side")]) sizeWatch.observe(element);
show();
