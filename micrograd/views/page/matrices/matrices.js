// ---------------------------------------------------------------------------------------------------------------
// The page: lines of matrices, and one entry that is chosen by pointing, by touch or by the arrow keys
// ---------------------------------------------------------------------------------------------------------------

const sections = new Map([...document.querySelectorAll(".line")].map((element) => [Number(element.dataset.line), element]));
const panel = find(".why");
let chosen = null; // {line, place}
let held = false; // whether pointing at another entry leaves it

const readable = 7; // pixels of a cell, below which a line is rather set in two
const caption = (token) => token.axes.map(([length]) => length).join("×");
const hasNumbers = (token) => arrays[token.array].numbers !== null;

/** The largest cells with which all matrices of the line stand in the room, and none is too high. */
function sizeFor(tokens, signs, room) {
  const shown = tokens.filter(hasNumbers);
  const others = signs * 24 + (tokens.length - shown.length) * 100 + tokens.length * 10;
  const fits = (size, rows) => {
    const grids = shown.map((token) => grid(token, size));
    return grids.every(({ high, whole }) => high <= highest && whole <= room) && grids.reduce((sum, { whole }) => sum + whole, others) <= rows * room;
  };
  const small = shown.every(({ axes }) => axes.reduce((count, [length]) => count * length, 1) <= 160);
  const possible = sizes.filter(([width]) => small || width < numbered);
  return possible.find((size) => size[0] >= readable && fits(size, 1)) || possible.find((size) => fits(size, size[0] >= readable ? 1.8 : 1)) || sizes.find((size) => shown.every((token) => grid(token, size).whole <= room)) || sizes.at(-1);
}

function figure(token, size, isResult, number) {
  const label = `<div class="name">${runsHtml(token.label)}</div>`;
  if (!hasNumbers(token)) return `<figure class="matrix">${label}<div class="unseen">not shown</div><div class="size">${caption(token)}</div></figure>`;
  token.grid = grid(token, size);
  const drawn = svgOf(token.grid.whole, token.grid.high, `<g class="drawn">${cellsSvg(token, token.grid)}</g><g class="frames"></g>`, 'aria-hidden="true"');
  const spoken = escaped(`${runsText(token.label)}, ${caption(token).replaceAll("×", " by ")}`);
  const role = isResult ? `class="matrix result" tabindex="0" role="application" aria-label="${spoken}; arrow keys go from entry to entry"` : `class="matrix" role="img" aria-label="${spoken}"`;
  return `<figure ${role} data-line="${number}">${label}${drawn}<div class="size">${caption(token)}</div></figure>`;
}

function paintLine(number) {
  const line = lines[number], section = sections.get(number);
  const matrices = [line.result, ...line.tokens.filter((token) => typeof token !== "string")];
  const signs = line.tokens.filter((token) => typeof token === "string");
  const room = section.clientWidth;
  const size = sizeFor(matrices, 1 + signs.reduce((sum, sign) => sum + Math.max(1, sign.length / 3), 0), room);
  const parts = line.tokens.map((token) => (typeof token === "string" ? `<span class="sign">${escaped(token)}</span>` : figure(token, size, false, number)));
  section.querySelector(".cells").innerHTML = [figure(line.result, size, true, number), '<span class="sign">=</span>', ...parts].join("");
  line.figures = [...section.querySelectorAll(".matrix")];
  line.matrices = matrices;
}

function paintFrames() {
  for (const frames of document.querySelectorAll(".cells .frames")) frames.replaceChildren();
  for (const section of sections.values()) section.classList.remove("chosen");
  if (!chosen) return;
  const line = lines[chosen.line];
  sections.get(chosen.line).classList.add("chosen");
  line.matrices.forEach((token, at) => {
    const frames = line.figures[at].querySelector(".frames");
    if (!frames) return;
    const places = at === 0 ? [chosen.place] : readBy(line, token, chosen.place);
    if (places) frames.innerHTML = framesSvg(token.grid, places, at === 0 ? "wrote" : "read");
  });
}

const plainText = (html) => {
  const element = document.createElement("div");
  element.innerHTML = html;
  return element.textContent;
};

function paintPanel() {
  find(".close").hidden = !chosen;
  const room = panel.clientWidth - 2 * parseFloat(getComputedStyle(panel).paddingLeft);
  if (!chosen) {
    panel.querySelector(".reason").innerHTML = "<h3>Why the transpose?</h3><p>Point at an entry on the left of an equation, or go there with <b>Tab</b> and the arrow keys: what made it is framed, and this place tells how. A click holds it, <b>Esc</b> lets go.</p>";
    find(".spoken").textContent = "";
    return;
  }
  const line = lines[chosen.line];
  const { title, html } = reasonFor(line, chosen.place, room);
  panel.querySelector(".reason").innerHTML = `<h3>${title}${held ? ' <small class="held">held</small>' : ""}</h3>${html}`;
  find(".spoken").textContent = `${runsText(line.result.name)}${indexText(line.result, chosen.place)} is ${short(numberAt(line.result, chosen.place))}: ${plainText(withNumbers(line, chosen.place))}`;
}

function choose(line, place) {
  if (chosen && chosen.line === line && chosen.place === place) return;
  chosen = { line, place };
  paintFrames();
  paintPanel();
}

function letGo() {
  chosen = null;
  held = false;
  paintFrames();
  paintPanel();
}

function paintScales() {
  const range = ([kind, most]) => `<span><i class="${inInk.has(kind) ? "grey" : ""}"></i>${kind} <b>${inInk.has(kind) ? "to " : "±"}${short(most)}</b></span>`;
  const used = Object.entries(largest).filter(([kind, most]) => most > 0 && Object.values(arrays).some((array) => array.kind === kind));
  find(".scales").innerHTML = `${used.map(range).join("")}<span>tint: root of the size</span>`;
}

function paint() {
  readPalette();
  for (const number of sections.keys()) paintLine(number);
  paintFrames();
  paintPanel();
}

/** The entry under the pointer, if it is over a result. */
function entryAt(event) {
  const element = event.target.closest?.(".matrix.result");
  if (!element) return null;
  const number = Number(element.dataset.line);
  const { grid: { boxes, width, height } } = lines[number].result;
  const corner = element.querySelector("svg").getBoundingClientRect();
  const [x, y] = [event.clientX - corner.left, event.clientY - corner.top];
  const cell = boxes.find((box) => x >= box.x && x < box.x + width && y >= box.y && y < box.y + height);
  return cell ? { line: number, place: cell.place } : null;
}

document.addEventListener("pointermove", (event) => {
  const entry = held ? null : entryAt(event);
  if (entry) choose(entry.line, entry.place);
});

document.addEventListener("click", (event) => {
  const entry = entryAt(event);
  if (!entry) return;
  const same = chosen && chosen.line === entry.line && chosen.place === entry.place;
  held = !(held && same);
  choose(entry.line, entry.place);
  paintPanel();
});

const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") letGo();
  const element = document.activeElement?.closest(".matrix.result");
  if (!element || !(event.key in ways)) return;
  event.preventDefault();
  const line = Number(element.dataset.line);
  const { grid: { boxes } } = lines[line].result;
  const now = boxes.find(({ place }) => chosen && chosen.line === line && place === chosen.place) || boxes[0];
  const [across, down] = ways[event.key];
  const ahead = boxes.filter((box) => (across ? box.y === now.y && (box.x - now.x) * across > 0 : box.x === now.x && (box.y - now.y) * down > 0));
  const next = ahead.sort((a, b) => Math.abs(a.x - now.x) + Math.abs(a.y - now.y) - Math.abs(b.x - now.x) - Math.abs(b.y - now.y))[0];
  if (next) choose(line, next.place);
});

document.addEventListener("focusin", (event) => {
  const element = event.target.closest?.(".matrix.result");
  if (!element || !element.matches(":focus-visible")) return;
  const line = Number(element.dataset.line);
  if (!chosen || chosen.line !== line) choose(line, lines[line].result.grid.boxes[0].place);
});

find(".close").addEventListener("click", letGo);
toggleTheme(find(".theme"));
whenThemeChanges(paint);

let width = 0;

function paintAtNewWidth() { // the panel changes the height, which is no reason to paint the lines
  if (width === find("main").clientWidth) return;
  width = find("main").clientWidth;
  paint();
}

new ResizeObserver(paintAtNewWidth).observe(find("main"));
paintScales();
paintAtNewWidth();
