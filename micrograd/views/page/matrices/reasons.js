// ---------------------------------------------------------------------------------------------------------------
// The panel: how the chosen entry is made, and why one matrix of a product is turned. All text is escaped.
// ---------------------------------------------------------------------------------------------------------------

const tags = { name: "i", low: "sub", high: "sup" };
const runsHtml = (runs) => runs.map(([style, text]) => (style ? `<${tags[style]}>${escaped(text)}</${tags[style]}>` : escaped(text))).join("");
const runsText = (runs) => runs.map(([, text]) => text).join("");
const words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const inWords = (count) => words[count] || String(count);
const nameOf = (token) => runsHtml(token.label);
const storedName = (token) => runsHtml(token.turned ? token.label.filter(([style]) => style !== "high") : token.label);
const numberAt = (token, place) => arrays[token.array].numbers[place];
const indexText = (token, place) => {
  const index = indexOf(token.array, place);
  return index.length ? `[${index.join(", ")}]` : ""; // counted from 0, as in the code
};

/** A matrix of two axes as it is stored: its numbers by row and column. */
function stored(token) {
  if (token.axes.length !== 2) return null;
  const axes = token.turned ? [token.axes[1], token.axes[0]] : token.axes;
  return { token, rows: axes[0][0], columns: axes[1][0], place: (row, column) => row * axes[0][1] + column * axes[1][1] };
}

const turnedOver = (matrix) => ({ token: matrix.token, rows: matrix.columns, columns: matrix.rows, place: (row, column) => matrix.place(column, row) });

/** The `count` numbers around `at`, out of `length`. */
function around(at, length, count) {
  const first = Math.max(0, Math.min(at - Math.floor(count / 2), length - count));
  return Array.from({ length: Math.min(count, length) }, (_, k) => first + k);
}

const textAt = (x, y, content, name = "", anchor = "start") => `<text x="${x}" y="${y}" class="${name}" text-anchor="${anchor}" font-size="12">${content}</text>`;

/** A part of a matrix with its numbers; what is not lit is pale. `lit(row, column)`. */
function part(matrix, rows, columns, x, y, width, lit, role = "") {
  const height = cellHeight;
  const cells = rows.map((row, i) => columns.map((column, j) => {
    const number = numberAt(matrix.token, matrix.place(row, column));
    const on = lit(row, column);
    const fill = mixed(palette.card, fillOf(matrix.token.array, number), on ? 1 : 0.1);
    const ink = on ? `fill:${inkOn(fill)}` : "fill:var(--grey)";
    return `<rect class="cell" x="${x + j * width}" y="${y + i * height}" width="${width}" height="${height}" fill="${css(fill)}"/>` +
      `<text x="${x + (j + 0.5) * width}" y="${y + i * height + 14.5}" text-anchor="middle" font-size="12" style="${ink}">${brief(number)}</text>`;
  }).join("")).join("");
  const places = rows.flatMap((row, i) => columns.map((column, j) => (lit(row, column) ? [x + j * width, y + i * height] : null)).filter(Boolean));
  const left = Math.min(...places.map(([at]) => at)), top = Math.min(...places.map(([, at]) => at));
  const right = Math.max(...places.map(([at]) => at)) + width, bottom = Math.max(...places.map(([, at]) => at)) + height;
  const frame = (name) => `<rect class="frame ${name}" x="${left - 1}" y="${top - 1}" width="${right - left + 2}" height="${bottom - top + 2}" rx="2"/>`;
  return places.length ? cells + frame("halo") + frame(role) : cells;
}

const cellWidth = 46, cellHeight = 20, summedAtMost = 8;

/** Two columns as they are stored, joined row by row, with their products; and the matrix product, for which one lies down. */
function twoColumns(line, pair, left, right, i, j, room) {
  const count = left.rows;
  const rows = around(0, count, summedAtMost);
  const [m, n] = [left.columns, right.columns];
  const wide = Math.max(1, Math.min(4, Math.floor((room - 216) / cellWidth / 2)));
  const [columnsLeft, columnsRight] = [around(i, m, wide), around(j, n, wide)];
  const x1 = 26, x2 = x1 + columnsLeft.length * cellWidth + 64, x3 = x2 + columnsRight.length * cellWidth + 16, y = 26;
  let drawn = textAt(x1, y - 9, `${svgRuns(left.token, false)}, as it is stored`, "words") + textAt(x2, y - 9, svgRuns(right.token, false), "words");
  drawn += part(left, rows, columnsLeft, x1, y, cellWidth, (_, column) => column === i) + part(right, rows, columnsRight, x2, y, cellWidth, (_, column) => column === j);
  let sum = 0;
  for (let row = 0; row < count; row += 1) sum += numberAt(left.token, left.place(row, i)) * numberAt(right.token, right.place(row, j));
  rows.forEach((row, k) => {
    const middle = y + (k + 0.5) * cellHeight;
    const product = numberAt(left.token, left.place(row, i)) * numberAt(right.token, right.place(row, j));
    drawn += `<path class="joined" d="M${x2 - 58},${middle}h18M${x2 - 24},${middle}h18"/>` + textAt(x2 - 32, middle + 4.5, "×", "words", "middle");
    drawn += textAt(x1 - 8, middle + 4.5, row + 1, "words", "end") + textAt(x3 + 56, middle + 4.5, short(product), "", "end") + textAt(x3 + 64, middle + 4.5, pair.rows ? `row ${row + 1}` : "", "words");
  });
  const end = y + rows.length * cellHeight;
  const more = count > rows.length ? ` of ${count} products` : "";
  drawn += `<path class="total" d="M${x3 - 4},${end + 4}h${more ? 140 : 104}"/>` + textAt(x3 + 56, end + 20, short(sum), "strong", "end") + textAt(x3 + 64, end + 20, more ? `all${more}` : "together", "words");
  const shift = x3 + 170; // where the product has room beside, the panel is half as high
  const beside = room - shift >= 330;
  const lying = lyingDown(line, left, right, i, j, beside ? y : end + 58, beside ? room - shift : room);
  const placed = beside ? `<g transform="translate(${shift},0)">${lying.drawn}</g>` : lying.drawn;
  return [drawn + placed, Math.max(end + 28, lying.bottom)];
}

/** The same as a product of matrices: a row times a column. */
function lyingDown(line, left, right, i, j, y, room) {
  const fitting = Math.floor((room - 96) / cellWidth);
  const summed = around(0, left.rows, Math.max(2, Math.min(summedAtMost, fitting - 2)));
  const spare = fitting - summed.length;
  const rows = around(i, left.columns, 4);
  const columns = around(j, right.columns, Math.max(1, Math.min(4, Math.floor(spare / 2))));
  const row = turnedOver(left), x1 = 2;
  const result = { token: line.result, place: (a, b) => resultPlace(line, a, b) };
  const x2 = x1 + summed.length * cellWidth + 28, x3 = x2 + columns.length * cellWidth + 34;
  const centre = y + (Math.max(rows.length, summed.length) * cellHeight) / 2;
  const top = (lines) => centre - (lines * cellHeight) / 2;
  const drawn = textAt(x1, top(rows.length) - 9, `${svgRuns(left.token)}: the column, lying down`, "words") +
    part(row, rows, summed, x1, top(rows.length), cellWidth, (at) => at === i) + textAt(x2 - 14, centre + 5, "·", "words", "middle") +
    part(right, summed, columns, x2, top(summed.length), cellWidth, (_, at) => at === j) + textAt(x3 - 17, centre + 5, "=", "words", "middle") +
    part(result, rows, columns, x3, top(rows.length), cellWidth, (a, b) => a === i && b === j, "wrote");
  const under = (x, lines, one, other, first) => `<text x="${x}" y="${top(lines) + lines * cellHeight + 17}" class="words" font-size="12">${first ? one : `<tspan class="inner">${one}</tspan>`}×${first ? `<tspan class="inner">${other}</tspan>` : other}</text>`;
  const sizes = under(x1, rows.length, left.columns, left.rows, true) + under(x2, summed.length, right.rows, right.columns, false) +
    textAt(x3, top(rows.length) + rows.length * cellHeight + 17, `${left.columns}×${right.columns}`, "words");
  return { drawn: drawn + sizes, bottom: centre + (Math.max(rows.length, summed.length) * cellHeight) / 2 + 24 };
}

/** Two rows as they are stored, joined column by column. */
function twoRows(line, pair, left, right, i, j, room) {
  const count = left.columns, wide = 54, x = 4, y = 26;
  const columns = around(0, count, Math.min(summedAtMost, Math.floor((room - 16) / wide)));
  const [rowsLeft, rowsRight] = [around(i, left.rows, 4), around(j, right.rows, 4)];
  const end = y + rowsLeft.length * cellHeight, start = end + 66;
  let drawn = textAt(x, y - 9, `${svgRuns(left.token, false)}${left.token.rows ? ": one row for each row of data" : ", as it is stored"}`, "words") + textAt(x, start - 9, `${svgRuns(right.token, false)}, as it is stored`, "words");
  drawn += part(left, rowsLeft, columns, x, y, wide, (row) => row === i) + part(right, rowsRight, columns, x, start, wide, (row) => row === j);
  columns.forEach((_, k) => {
    const middle = x + (k + 0.5) * wide;
    drawn += `<path class="joined" d="M${middle},${end + 4}v10M${middle},${end + 30}v10"/>` + textAt(middle, end + 26, "×", "words", "middle");
  });
  return [drawn, start + rowsRight.length * cellHeight + 6];
}

const svgRuns = (token, turned = true) => token.label.filter(([style]) => turned || style !== "high").map(([style, text]) => {
  if (style === "name") return `<tspan font-style="italic">${escaped(text)}</tspan>`;
  return style === "low" ? `<tspan font-size="9" dy="3">${escaped(text)}</tspan><tspan dy="-3">\u200b</tspan>` : escaped(text);
}).join("");

function resultPlace(line, row, column) {
  const [down, across] = line.result.axes;
  return row * down[1] + column * across[1];
}

/** Row and column of an entry in a result of at most two axes. */
function cellOf(token, place) {
  const [[rows, down], [, across]] = token.axes;
  const row = down ? Math.floor(place / down) % rows : 0;
  return [row, across ? (place - row * down) / across : 0];
}

const terms = (line, pair, place) => {
  const [left, right] = [line.tokens[pair.left], line.tokens[pair.right]];
  const [one, other] = [readBy(line, left, place), readBy(line, right, place)];
  return one.map((at, k) => [numberAt(left, at), numberAt(right, other[k])]);
};
const factor = (number) => (number < 0 ? `(${short(number)})` : short(number));

/** The right side with numbers in the place of matrices. */
function withNumbers(line, place) {
  return line.tokens.map((token) => {
    if (typeof token === "string") return escaped(token);
    const places = readBy(line, token, place);
    if (!places || !arrays[token.array].numbers) return nameOf(token);
    if (places.length === 0) return "0";
    if (places.length === 1) return factor(numberAt(token, places[0]));
    const shown = places.slice(0, summedAtMost).map((at) => short(numberAt(token, at)));
    return `[${shown.join(", ")}${places.length > shown.length ? `, … ${places.length} numbers` : ""}]`;
  }).join(" ");
}

/** What the panel says of the entry: title, sentences, a picture, a line of numbers. */
function reasonFor(line, place, room) {
  const number = numberAt(line.result, place);
  const name = `${runsHtml(line.result.name)}${indexText(line.result, place)}`;
  const made = `<p class="made"><b>${short(number)}</b> = ${withNumbers(line, place)}</p>`;
  const pair = line.pairs.find(({ left, right }) => line.tokens[left].turned || line.tokens[right].turned) || line.pairs[0];
  const plain = line.result.axes.length === 2 && pair && [pair.left, pair.right].map((at) => stored(line.tokens[at]));
  const ready = plain && plain.every((matrix) => matrix && arrays[matrix.token.array].numbers) && [pair.left, pair.right].every((at) => line.tokens[at].reach);
  if (ready) {
    const [left, right] = plain;
    const [i, j] = cellOf(line.result, place);
    if (left.token.turned && left.rows === right.rows) return transposedLeft(line, pair, left, right, i, j, room, name, number, place);
    if (right.token.turned && left.columns === right.columns) return transposedRight(line, pair, left, right, i, j, room, name, made, place);
  }
  if (pair && line.tokens[pair.left].reach && line.tokens[pair.right].reach) return productOnly(line, pair, place, name, number, made);
  const nothing = line.tokens.every((token) => typeof token === "string" || readBy(line, token, place)?.length === 0);
  return { title: `How ${name} is made`, html: nothing ? '<p class="made"><b>0</b>: nothing is put here</p>' : made };
}

function transposedLeft(line, pair, left, right, i, j, room, name, number, place) {
  const rows = pair.rows ? "row" : "place";
  const [back, into] = arrays[left.token.array].kind === "gradient" ? [left, right] : [right, left];
  const share = line.parameter.length && pair.rows
    ? `<b>${runsHtml(line.parameter)}${indexText(line.result, place)}</b> was used in every row, so its gradient is a sum of ${inWords(left.rows)} products: what came back at <b>${storedName(back.token)}</b> times what went in at <b>${storedName(into.token)}</b>. `
    : `<b>${name}</b> is a sum over ${inWords(left.rows)} ${rows}s. `;
  const why = `Two columns, joined row by row; a matrix product wants a row and a column, so one lies down, and the <b>${left.rows}</b> that is summed stands in the middle.`;
  const [drawn, height] = twoColumns(line, pair, left, right, i, j, room);
  return { title: `Why the transpose? ${line.parameter.length && pair.rows ? "One parameter" : "One number"}, ${inWords(left.rows)} ${rows}s`, html: `<p>${share}${why}</p>${svgOf(room, height, drawn, 'role="img" aria-label="two columns, joined row by row"')}${besides(line, pair, place, number)}` };
}

function transposedRight(line, pair, left, right, i, j, room, name, made, place) {
  const single = left.columns === 1;
  const [a, b] = [storedName(left.token), storedName(right.token)];
  const text = single
    ? `<b>${a}</b> has one number for each row of the result, <b>${b}</b> one for each column. <b>${name}</b> is one of each: every pair, no sum. A column times a row makes all pairs, so <b>${b}</b> lies down.`
    : `<b>${b}</b> keeps in each row the weights of one column of the result, <b>${a}</b> its numbers in rows too. Two rows are multiplied column by column; a matrix product wants the second one standing.`;
  const [drawn, height] = twoRows(line, pair, left, right, i, j, room);
  return { title: `Why the transpose? ${single ? "Nothing is summed here" : "Two rows, one number"}`, html: `<p>${text}</p>${svgOf(room, height, drawn, 'role="img" aria-label="two rows, joined column by column"')}${sumOfTerms(line, pair, place, made)}` };
}

/** The products one after the other, and what else the line adds. */
function sumOfTerms(line, pair, place, made) {
  const products = terms(line, pair, place);
  const shown = products.slice(0, summedAtMost).map(([one, other]) => `${factor(one)}·${factor(other)}`);
  const sum = products.reduce((total, [one, other]) => total + one * other, 0);
  const rest = products.length > shown.length ? ` + … ${products.length - shown.length} more` : "";
  if (!line.pairs.every((other) => other === pair)) return made;
  return `<p class="made"><b>${short(sum)}</b> = ${shown.join(" + ")}${rest}</p>${besides(line, pair, place, numberAt(line.result, place))}`;
}

/** A word about the rest of the line, where the product is not all of it. */
function besides(line, pair, place, number) {
  const sum = terms(line, pair, place).reduce((total, [one, other]) => total + one * other, 0);
  const others = line.tokens.filter((token, at) => typeof token !== "string" && at !== pair.left && at !== pair.right);
  if (others.length === 0) return "";
  return `<p class="made">with ${others.map(nameOf).join(", ")}: <b>${short(number)}</b> (the product alone: ${short(sum)})</p>`;
}

function productOnly(line, pair, place, name, number, made) {
  const count = readBy(line, line.tokens[pair.left], place).length;
  const [left, right] = [nameOf(line.tokens[pair.left]), nameOf(line.tokens[pair.right])];
  const over = line.parameter.length ? `One parameter was used ${inWords(count)} times, so its gradient is a sum of ${inWords(count)} products: ` : "A sum of products: ";
  const text = `${over}${inWords(count)} numbers of <b>${left}</b>, each times its own of <b>${right}</b>.`;
  return { title: `How ${name} is made`, html: `<p>${text}</p>${sumOfTerms(line, pair, place, made)}` };
}
