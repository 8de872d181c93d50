// ---------------------------------------------------------------------------------------------------------------
// The row picker: ‹ row 3 of 100, loss 0.0149 ›, and under it the row's numbers, to be changed
// ---------------------------------------------------------------------------------------------------------------

const oneNumber = new Float64Array(1); // filled anew by each call
const rowOut = new Float64Array(lab.surfaceCards.length);
const outputsOfRow = Array.from({ length: outputCount }, () => 0);
const rowPicker = makeRowPicker(find(".side .rows"));
let rowFrames = 0;

function makeRowPicker(host) {
  const button = (className, text, name, action) => {
    const made = makeElement("button", { type: "button", className, textContent: text, ariaLabel: name, title: name });
    made.addEventListener("click", action);
    return made;
  };
  const number = makeElement("b");
  const loss = makeElement("b");
  const all = makeElement("span", { className: "all", textContent: ` of ${training.rowCount.toLocaleString("en")}` });
  const text = makeElement("span", { className: "row-text" }, "row ", number, all, ", loss ", loss);
  const worst = button("row-worst", "worst", "the row with the largest loss", () => chooseRow(worstRow()));
  const before = button("row-before", "‹", "row before", () => changeRow(-1));
  const after = button("row-after", "›", "next row", () => changeRow(1));
  const line = makeElement("div", { className: "picker" }, before, text, worst, after);
  const entries = makeElement("div", { className: "entries" });
  host.append(line, entries);
  return { number, loss, entries, ...makeEntries(entries) };
}

/** The row's inputs as handles, its target, and what the network gives; with three and more inputs the table has them. */
function makeEntries(host) {
  if (view === "table") return { handles: [], target: null, gives: null };
  const handles = lab.inputNames.map((name, column) => makeEntryHandle(host, name, column));
  const gives = makeElement("b", { className: "gives" });
  const target = hasClasses ? makeClassButton(host) : null;
  if (!hasClasses) lab.targetNames.forEach((name, place) => handles.push(makeEntryHandle(host, name, lab.inputs + place)));
  host.append(makeElement("span", { className: "entry" }, "gives ", gives));
  return { handles, target, gives };
}

function entryOf(row, column) {
  return training.rows[row * training.width + column];
}

/** One number of the chosen row, to be dragged and typed. */
function makeEntryHandle(host, name, column) {
  const element = makeElement("span", { className: "scrub" });
  host.append(makeElement("span", { className: "entry" }, `${name} `, element));
  const change = (number) => { writeEntry(look.row, column, number); show(true); made.refresh(); settle(); };
  const handle = makeHandle(element, {
    name: `${name} of the chosen row`,
    value: () => entryOf(look.row, column),
    set: change,
    reset: () => change(lab.rows[look.row][column]),
    output: () => `row ${look.row + 1}, loss ${shown(lossOfRow(look.row))}`,
  });
  const made = { refresh() { put(element, "text", shown(entryOf(look.row, column))); handle.refresh(); } };
  return made;
}

/** The class of the chosen row; a press gives it the next one. */
function makeClassButton(host) {
  const button = makeElement("button", { type: "button", className: "target", title: "press to give this row to another class" });
  host.append(makeElement("span", { className: "entry" }, "target ", button));
  button.addEventListener("click", () => { writeClass(look.row, (classOf(training.rows, look.row) + 1) % classNames.length); show(); });
  let seen = -1;
  return { refresh() {
    const place = classOf(training.rows, look.row);
    if (place === seen) return;
    seen = place;
    button.replaceChildren(makeMark(place), classNames[place]);
    button.setAttribute("aria-label", `target ${classNames[place]}; press to give this row to another class`);
  } };
}

function lossOfRow(row) {
  rowLoss(training.rows.subarray(row * training.width, (row + 1) * training.width), training.p, oneNumber);
  return oneNumber[0];
}

function worstRow() {
  let worst = 0;
  let most = -Infinity;
  for (let row = 0; row < training.rowCount; row += 1) {
    const loss = lossOfRow(row);
    if (loss > most || Number.isNaN(loss)) [most, worst] = [Number.isNaN(loss) ? Infinity : loss, row];
  }
  return worst;
}

/** What the model gives for a row of these: its outputs, in an array that the next call fills anew. */
function outputsOf(rows, row) {
  surface(rows.subarray(row * training.width, (row + 1) * training.width), training.p, rowOut);
  for (let k = 0; k < outputCount; k += 1) outputsOfRow[k] = rowOut[outputPlaces[k]];
  return outputsOfRow;
}

function winnerOf(outputs) {
  let best = 0;
  for (let k = 1; k < outputs.length; k += 1) if (outputs[k] > outputs[best]) best = k;
  return best;
}

/** What the network says of a row, as text: of classes the one that wins. */
function saidOf(outputs, digits = 4) {
  if (lab.kind === "classes") { const best = winnerOf(outputs); return `${classNames[best]} ${shown(outputs[best], 3)}`; }
  return outputs.map((number) => shown(number, digits)).join(", ");
}

/** The words about the chosen row; while it plays only in each third frame. */
function paintRow() {
  rowFrames += 1;
  if (sideMoves && rowFrames % 3) return;
  put(rowPicker.number, "text", look.row + 1);
  put(rowPicker.loss, "text", shown(lossOfRow(look.row)));
  for (const handle of rowPicker.handles) handle.refresh();
  if (rowPicker.target) rowPicker.target.refresh();
  if (rowPicker.gives) put(rowPicker.gives, "text", saidOf(outputsOf(training.rows, look.row), 3));
}
