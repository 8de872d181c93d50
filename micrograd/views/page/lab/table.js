// ---------------------------------------------------------------------------------------------------------------
// The table: with three and more inputs, the rows, what the network gives for each, and the loss; its numbers can be changed
// ---------------------------------------------------------------------------------------------------------------

const rowHeight = 27; // pixels, as in plane.css
const table = view === "table" ? makeTable() : null;

/** A part of the table is in the page, as many lines as are seen; a line shows the row that was scrolled to. */
function makeTable() {
  const scroller = makeElement("div", { className: "scroller", tabIndex: -1 });
  const gives = lab.kind === "several" ? outputPlaces.map((_, place) => `gives ${lab.targetNames[place] ?? place + 1}`) : ["gives"];
  const columns = ["row", ...(hasClasses ? ["target"] : lab.targetNames), ...gives, "loss", ...lab.inputNames];
  const head = makeElement("thead", {}, makeElement("tr", {}, ...columns.map((name) => makeElement("th", { scope: "col", textContent: name, title: name }))));
  const body = makeElement("tbody");
  const grid = makeElement("table", { ariaLabel: "rows of data, with target, output and loss", ariaRowCount: String(training.rowCount + 1) }, head, body);
  const [above, below] = [makeElement("div"), makeElement("div")];
  scroller.append(above, grid, below);
  planeElement.prepend(scroller);
  const made = { scroller, body, above, below, lines: [], first: 0, shownRow: -1 };
  scroller.addEventListener("scroll", () => { if (firstLine(made) !== made.first) paintTable(); }, { passive: true });
  return made;
}

const firstLine = ({ scroller, lines }) => Math.max(0, Math.min(training.rowCount - lines.length, Math.floor(scroller.scrollTop / rowHeight)));

/** As many lines as the height takes, and one more for the part of one. */
function setTableSize(height) {
  const count = Math.min(training.rowCount, Math.max(3, Math.ceil(height / rowHeight)));
  while (table.lines.length < count) table.lines.push(makeLine(table.lines.length));
  while (table.lines.length > count) table.lines.pop().element.remove();
  table.shownRow = -1;
  if (look.numbers) paintTable();
}

/** One line of the table: what the network says of the row comes first, since of many inputs the last ones are out of sight. */
function makeLine(place) {
  const element = makeElement("tr");
  const rowOf = () => Math.min(training.rowCount - 1, table.first + place);
  const number = makeElement("button", { type: "button" });
  number.addEventListener("click", () => chooseRow(rowOf()));
  element.append(makeElement("th", { scope: "row" }, number));
  const target = hasClasses ? makeTargetCell(element, rowOf) : null;
  const handles = hasClasses ? [] : lab.targetNames.map((name, k) => makeCell(element, rowOf, name, lab.inputs + k));
  const gives = Array.from({ length: lab.kind === "several" ? outputCount : 1 }, () => element.appendChild(makeElement("td", { className: "gives" })));
  const loss = element.appendChild(makeElement("td", { className: "loss" }));
  lab.inputNames.forEach((name, column) => handles.push(makeCell(element, rowOf, name, column)));
  element.addEventListener("click", (event) => { if (event.target.tagName === "TD") chooseRow(rowOf()); });
  table.body.append(element);
  return { element, number, handles, target, gives, loss, rowOf };
}

function makeCell(line, rowOf, name, column) {
  const element = makeElement("span", { className: "scrub" });
  line.append(makeElement("td", {}, element));
  const change = (number) => { writeEntry(rowOf(), column, number); show(true); made.refresh(); settle(); };
  const handle = makeHandle(element, {
    name,
    value: () => entryOf(rowOf(), column),
    set: change,
    reset: () => change(lab.rows[rowOf()][column]),
    output: () => `row ${rowOf() + 1}, loss ${shown(lossOfRow(rowOf()))}`,
    begin: () => { if (look.row !== rowOf()) chooseRow(rowOf()); },
  });
  const made = { refresh() { put(element, "text", shown(entryOf(rowOf(), column), 3)); if (!sideMoves) handle.refresh(); } };
  return made;
}

function makeTargetCell(line, rowOf) {
  const button = makeElement("button", { type: "button", className: "target", title: "press to give this row to another class" });
  line.append(makeElement("td", {}, button));
  button.addEventListener("click", () => { writeClass(rowOf(), (classOf(training.rows, rowOf()) + 1) % classNames.length); chooseRow(rowOf()); });
  let seen = -1;
  return { refresh() {
    const place = classOf(training.rows, rowOf());
    if (place === seen) return;
    seen = place;
    button.replaceChildren(makeMark(place), classNames[place]);
    button.setAttribute("aria-label", `target ${classNames[place]}; press to give this row to another class`);
  } };
}

/** Whether the network's class is not the target's. */
function isWrong(outputs, row) {
  if (lab.kind === "classes") return winnerOf(outputs) !== classOf(training.rows, row);
  return lab.kind === "two" && (outputs[0] > outputScales[0].middle) !== (classOf(training.rows, row) === 1);
}

function paintTable() {
  if (!table.lines.length) return;
  if (table.shownRow !== look.row) bringIntoSight();
  table.first = firstLine(table);
  put(table.above, "style", `height: ${table.first * rowHeight}px`);
  put(table.below, "style", `height: ${(training.rowCount - table.first - table.lines.length) * rowHeight}px`);
  for (const { element, number, handles, target, gives, loss, rowOf } of table.lines) {
    const row = rowOf();
    const outputs = outputsOf(training.rows, row);
    put(number, "text", row + 1);
    put(element, "aria-rowindex", row + 2);
    put(element, "aria-current", row === look.row);
    for (const handle of handles) handle.refresh();
    if (target) target.refresh();
    if (lab.kind === "several") gives.forEach((cell, k) => put(cell, "text", shown(outputs[k], 3)));
    else put(gives[0], "text", saidOf(outputs, 3));
    put(element, "class", isWrong(outputs, row) ? "wrong" : "");
    put(loss, "text", shown(lossOfRow(row), 3));
  }
}

/** Scroll to the chosen row when it is another one, and not within sight. */
function bringIntoSight() {
  table.shownRow = look.row;
  const top = look.row * rowHeight;
  const seen = (table.lines.length - 2) * rowHeight; // the head is above them
  const { scrollTop } = table.scroller;
  if (top < scrollTop) table.scroller.scrollTop = top;
  else if (top > scrollTop + seen - rowHeight) table.scroller.scrollTop = top - seen + rowHeight;
}
