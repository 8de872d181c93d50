// ---------------------------------------------------------------------------------------------------------------
// Buttons, dials, the start, the legend, the code, the keys
// ---------------------------------------------------------------------------------------------------------------

const speeds = [["1 a second", 1 / 60], ["6 a second", 0.1], ["1 a frame", 1], ["3 a frame", 3], ["10 a frame", 10], ["40 a frame", 40], ["fastest", Infinity]];
const playPaths = { play: "M4 2l10 6-10 6z", pause: "M4 2h3v12H4zM9 2h3v12H9z" };
const dialSteps = 200;

/** The slider of a setting, and its number to be dragged or typed. Settings from 0 on a scale of powers begin with 0. */
function makeDial(place) {
  const { name, low, high, scale, value: given } = lab.settings[place];
  const powers = scale === "log" && low > 0;
  const toNumber = (at) => Number((powers ? low * (high / low) ** (at / dialSteps) : low + ((high - low) * at) / dialSteps).toPrecision(powers ? 2 : 3));
  const share = (number) => (powers ? Math.log(number / low) / Math.log(high / low) : (number - low) / (high - low));
  const toPlace = (number) => dialSteps * Math.max(0, Math.min(1, share(number))); // 0 has no place among powers: the left end
  const slider = makeElement("input", { type: "range", min: "0", max: String(dialSteps), step: "1", ariaLabel: name });
  const number = makeElement("span", { className: "scrub" });
  const change = (wanted) => { if (wanted >= 0 || given < 0) { setPace(place, wanted); showSoon(); } };
  slider.addEventListener("input", () => change(toNumber(Number(slider.value))));
  const element = makeElement("div", { className: "dial" }, makeElement("span", {}, makeElement("label", { textContent: name }), number), slider);
  const now = () => training.pace[place];
  const handle = makeHandle(number, { name, value: now, set: change, reset: () => change(given), output: () => "", fine: 10 ** Math.floor(Math.log10(given || high - low)) });
  return { element, refresh() {
    put(number, "text", shown(now()));
    handle.refresh();
    if (document.activeElement !== slider || Math.abs(Number(slider.value) - toPlace(now())) > 1) slider.value = toPlace(now());
    put(slider, "aria-valuetext", shown(now()));
  } };
}

const dials = lab.settings.map((_, place) => makeDial(place));
find(".rate").append(dials[0].element);
find("#tuning").append(...dials.slice(1).map(({ element }) => element), makeElement("p", { textContent: `${lab.optimizer}: a turn holds for every step from now on; the curve of before stays behind in grey.` }));
find(".tune").hidden = dials.length < 2;

let dialsSeen = null; // paces are replaced and never changed
function paintDials() {
  if (dialsSeen === training.pace) return;
  dialsSeen = training.pace;
  for (const dial of dials) dial.refresh();
}

// ---------------------------------------------------------------------------------------------------------------
// The start: those of the page, or the numbers of any seed
// ---------------------------------------------------------------------------------------------------------------

const startMenu = makeElement("select", { ariaLabel: "start", title: "the numbers to begin with" });
const seedField = makeElement("input", { type: "number", min: "0", step: "1", value: "1", ariaLabel: "seed", title: "any seed: the numbers that Python's MLP(..., seed=...) begins with", hidden: true });
startMenu.append(...lab.starts.map(({ name }, place) => new Option(name, place)));
if (lab.limits) startMenu.append(new Option("any seed …", "seed"));
find(".starts").append(startMenu, seedField);
find(".starts").hidden = startMenu.options.length < 2;
startMenu.addEventListener("change", () => {
  seedField.hidden = startMenu.value !== "seed";
  beginWith(chosenStart());
  if (!seedField.hidden) seedField.select();
});
seedField.addEventListener("input", () => beginWith(chosenStart()));

/** The start that the menu says; a seed that is no whole number is none. */
function chosenStart() {
  if (startMenu.value !== "seed") return lab.starts[Number(startMenu.value)];
  const seed = Number(seedField.value);
  const valid = seedField.value !== "" && Number.isSafeInteger(seed) && seed >= 0;
  put(seedField, "aria-invalid", !valid);
  return valid ? startOfSeed(seed) : training.start;
}

function beginWith(start) {
  pause();
  inside = null;
  begin(start);
  show();
}

// ---------------------------------------------------------------------------------------------------------------
// Buttons and keys
// ---------------------------------------------------------------------------------------------------------------

const playButton = find(".play");
const speedSlider = find("#speed");
playButton.addEventListener("click", () => setPlaying(!playing));
find(".one").addEventListener("click", oneEpoch);
find(".reset").addEventListener("click", () => beginWith(chosenStart()));
find(".gradients").addEventListener("click", toggleGradients);
speedSlider.addEventListener("input", paintSpeed);
toggleTheme(find(".theme"));

function paintSpeed() {
  const [words] = speeds[Number(speedSlider.value)];
  put(find(".speed b"), "text", words);
  put(speedSlider, "aria-valuetext", words);
}
paintSpeed();

function paintPlayButton() {
  put(playButton, "aria-label", playing ? "pause" : "train");
  put(find("path", playButton), "d", playing ? playPaths.pause : playPaths.play);
}

function oneEpoch() {
  pause();
  inside = null;
  trainEpoch();
  show();
}

function toEpoch(epoch) {
  pause();
  inside = null;
  goToEpoch(Math.max(0, epoch));
  show();
}

function toggleGradients() {
  networkState.showGradients = !networkState.showGradients;
  put(find(".gradients"), "aria-pressed", networkState.showGradients);
  show();
}

function leaveChosen() {
  inside = null;
  networkState.chosenCard = -1;
  showBundled();
  show();
}

const keys = {
  " ": () => setPlaying(!playing),
  ArrowRight: () => (inside ? stepInside() : oneEpoch()),
  ArrowLeft: () => (inside ? goInside(inside.at - 1) : toEpoch(training.epoch - 1)),
  Home: () => toEpoch(0),
  End: () => toEpoch(training.losses.length - 1),
  i: toggleInside,
  g: toggleGradients,
  r: () => beginWith(chosenStart()),
  "[": () => changeRow(-1),
  "]": () => changeRow(1),
  "?": () => find("#legend").togglePopover(),
  Escape: leaveChosen,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !keys[event.key]) return;
  const { tagName, type } = event.target;
  if (["SELECT", "TEXTAREA"].includes(tagName) || (tagName === "INPUT" && (type !== "range" || /^(Arrow|Home|End)/.test(event.key)))) return;
  if (event.key === " " && ["BUTTON", "SUMMARY"].includes(tagName)) return;
  if (event.key === "Escape" && find(":popover-open")) return; // it closes what is open
  if (event.key.startsWith("Arrow") && find("#legend").contains(event.target)) return;
  event.preventDefault();
  keys[event.key]();
});

// ---------------------------------------------------------------------------------------------------------------
// What the page is, and the code that it runs
// ---------------------------------------------------------------------------------------------------------------

function describePage() {
  const batches = training.steps > 1 ? `, batches of ${rowsOfStep}` : "";
  const count = lab.parameters.length;
  const text = `${lab.optimizer}${batches} · ${lab.lossName.replace(/_/g, " ")} · ${count.toLocaleString("en")} parameter${count === 1 ? "" : "s"}`;
  put(find(".subtitle"), "text", text);
  put(find(".heading"), "title", `${lab.title}: ${text}`);
}
describePage();

/** The code is long; it is written when someone opens it. */
find(".code").addEventListener("toggle", () => {
  const codes = find(".codes");
  if (codes.childElementCount) return;
  const block = (title, text) => makeElement("div", {}, makeElement("h2", { textContent: title }), makeElement("pre", { textContent: text, tabIndex: 0 }));
  codes.append(
    makeElement("div", {}, block("Python, which made this page", lab.code), block("the optimizer's rule, for every parameter", update.toString())),
    block("the loss and its gradient, summed over rows", gradient.toString()),
  );
});
