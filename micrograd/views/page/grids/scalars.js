// ---------------------------------------------------------------------------------------------------------------
// One cell, number by number: what it reads times its weights, their sum, the activation, and what reads the cell
// ---------------------------------------------------------------------------------------------------------------

const mostTerms = 9; // of a longer sum, those that say most

/** The terms that are shown: all, or the largest in the order in which they are read. */
function shownTerms(sizes) {
  const all = sizes.map((_, k) => k);
  if (all.length <= mostTerms) return all;
  return all.sort((one, two) => Math.abs(sizes[two]) - Math.abs(sizes[one])).slice(0, mostTerms - 1).sort((one, two) => one - two);
}

function scalarPicture(wide, high) {
  if (!hasNeurons(now.stage)) return mapPicture(wide, high);
  return wide >= wideFrom ? scalarsBeside(wide, high) : scalarsBelow(wide);
}

/** One term: the card of what is read, the card of the weight, and what the line between weight and sum carries. */
function termRow(terms, k, [x1, x2], y, cardWide) {
  const { stage, channel } = now;
  const read = terms.reads[k];
  const source = read && stages[read.stage];
  const name = read ? source.cells?.[read.cell] ?? symbolOf(read) : "0";
  const kind = read && source.kind === "input" ? "input" : "op";
  const gradient = read ? numberOf(read, "gradients") : 0;
  const scale = read ? stageScale(read.stage, "gradients") : 0;
  const weightName = stages[stage].weightNames?.[channel]?.[k]?.split(".").at(-1) ?? `w${low(k + 1)}`;
  return [
    card([x1, y], cardWide, { glyph: kind === "input" ? "x" : "•", kind, name, value: terms.read[k], gradient, scale }),
    text((x1 + cardWide + x2) / 2, y + 29, "×", "sign"),
    card([x2, y], cardWide, { glyph: "θ", kind: "parameter", name: weightName, value: terms.weights[k], gradient: terms.weightGradients[k], scale: weightScale(stage, true) }),
  ].join("");
}

const carried = (terms, k) => (now.gradients ? terms.weightShares[k] : terms.products[k]);

function carriedChip(terms, k, x, y) {
  const words = now.gradients ? `δ·x = ${shown(terms.weightShares[k], 3)}` : shown(terms.products[k], 3);
  const wide = Math.max(64, 7.4 * words.length + 16);
  return box([x, y + 12, wide, 22], `chip ${now.gradients ? "written" : ""}`, { rx: 11 }) + text(x + wide / 2, y + 27.5, words, "number middle", { style: "font-size:12px" });
}

function scalarsBeside(wide, high) {
  const terms = termsOf(now);
  const sizes = terms.products.map((_, k) => carried(terms, k));
  const chosen = shownTerms(sizes);
  const most = largestIn(sizes);
  const rest = sizes.filter((_, k) => !chosen.includes(k));
  const count = chosen.length + (rest.length ? 1 : 0);
  const pitch = pitchOf(Math.max(count, 4), high - 30, [54, 62]);
  const cardWide = wide >= 1150 ? 130 : 124;
  const [x1, x2] = wide >= 1150 ? [40, 236] : [20, 20 + cardWide + 34];
  const sumAt = [wide >= 1150 ? Math.max(x2 + cardWide + 180, wide * 0.5) : x2 + cardWide + 176, 18 + ((count - 1) * pitch) / 2];
  const lines = [], cards = [];
  chosen.forEach((k, row) => {
    const y = 18 + row * pitch;
    lines.push(flow(curve([x2 + cardWide, y + 23], [sumAt[0], sumAt[1] + 23]), sizes[k], most, [0.8, 5.8], 0.8));
    cards.push(termRow(terms, k, [x1, x2], y, cardWide), carriedChip(terms, k, x2 + cardWide + 16, y));
  });
  if (rest.length) cards.push(restText(rest, x1, 18 + chosen.length * pitch));
  const chain = chainOf(terms, sumAt, wide);
  return { content: [...lines, ...cards, chain.drawn].join(""), width: wide, height: Math.max(18 + count * pitch, chain.bottom) };
}

function restText(rest, x, y) {
  const sum = rest.reduce((total, number) => total + number, 0);
  const words = now.gradients ? `and ${rest.length} others, whose shares are smaller` : `and ${rest.length} others, which are smaller; together ${shown(sum)}`;
  return text(x, y + 26, words, "note");
}

/** What follows the products: the sum, the bias, the activation, and what reads the cell where that is one pool. */
function followers(terms) {
  const stage = stages[now.stage];
  const scale = stageScale(now.stage, "gradients");
  const steps = [{ glyph: "Σ", value: terms.sum, gradient: terms.delta, local: "" }];
  if (terms.bias !== null) steps.push({ glyph: "+", name: "z", value: terms.before, gradient: terms.delta, local: "" });
  if (stage.activation) steps.push({ glyph: activationName(stage), value: terms.value, gradient: terms.gradient, local: terms.slope === null ? "" : shown(terms.slope, 3) });
  steps.at(-1).isOwn = true;
  const own = { stage: now.stage, cell: terms.cell };
  const pool = stages.findIndex((_, number) => isPool(number) && placesReading(number, own).length === 1);
  if (pool >= 0) {
    const place = now.channel * areaOf(stages[pool]) + placesReading(pool, own)[0];
    steps.push({ glyph: stages[pool].op, value: numbersAt(pool).values[place], gradient: numbersAt(pool).gradients[place], local: poolSlope(pool, place, own) });
  }
  return steps.map((step) => ({ scale, ...step }));
}

/** How much of a pool's gradient a cell gets: of a mean its share, of a maximum all or nothing, or a part if others are as large. */
function poolSlope(pool, place, own) {
  const { op, windows } = stages[pool];
  if (op === "mean") return windows[0].length === 4 ? "¼" : `1/${windows[0].length}`;
  if (op === "sum") return "1";
  const largest = numbersAt(pool).values[place];
  if (numberOf(own, "values") !== largest) return "0";
  const first = own.cell - (own.cell % areaOf(stages[own.stage])); // of the channel
  if (windows[place % areaOf(stages[pool])].filter((k) => numberOf({ ...own, cell: first + k }, "values") === largest).length === 1) return "1";
  const share = numberOf(own, "gradients") / numbersAt(pool).gradients[place];
  return Number.isFinite(share) ? shown(share, 3) : "";
}

function chainOf(terms, [x, y], wide) {
  const steps = followers(terms);
  const room = wide - 16 - x;
  const perRow = room / steps.length >= 140 ? steps.length : 2;
  const step = Math.min(160, room / perRow);
  const cardWide = step - 46;
  const parts = steps.map(({ local, isOwn, ...shownStep }, k) => {
    const [left, top] = [x + (k % perRow) * step, y + Math.floor(k / perRow) * 66];
    const joined = k ? path(`M${left - 46},${top + 23}H${left}`, "stroke", { "stroke-width": 1.6 }) : "";
    const slope = local ? box([left - 42, top + 14, 38, 18], "chip local", { rx: 9 }) + text(left - 23, top + 27.5, local, "number middle", { style: "font-size:11px" }) : "";
    const bias = shownStep.glyph === "+" ? path(`M${left + cardWide / 2},${top - 44}V${top}`, "stroke", { "stroke-width": 1.6 }) + biasCard(terms, [left - 8, top - 90]) : "";
    return joined + slope + card([left, top], cardWide, { ...shownStep, role: isOwn ? writtenRole() : "" }) + bias;
  });
  const named = `${channelName(now.stage, now.channel)}${placeName(now) && `, ${placeName(now)}`}`;
  const lines = scalarWords().flatMap((words) => wrapped(words, Math.floor(room / 5.9)));
  const top = y + 82 + 66 * (Math.ceil(steps.length / perRow) - 1);
  const drawn = parts.join("") + text(x, top, named, "title") + lines.map((line, k) => text(x, top + 19 * (k + 1), line, "note")).join("");
  return { drawn, bottom: top + 19 * lines.length + 10 };
}

/** The words in lines of at most so many letters. */
function wrapped(words, most) {
  const lines = [""];
  for (const word of words.split(" ")) {
    if (lines.at(-1) && lines.at(-1).length + word.length >= most) lines.push(word);
    else lines.push(`${lines.pop()} ${word}`.trim());
  }
  return lines;
}

const biasCard = (terms, at) => card(at, 124, { glyph: "θ", kind: "parameter", name: "b", value: terms.bias, gradient: terms.biasGradient, scale: largestIn(biasOf(now.stage, true) ?? []) });

function scalarWords() {
  const { windows } = stages[now.stage];
  const times = windows.length;
  if (!now.gradients) return ["A line is as thick as the product that it carries; dotted is 0.", times > 1 ? `∇ on a weight is the sum over ${times} such windows.` : "∇ on a weight is what came back times what was read."];
  const share = times > 1 ? `The label on a line is this window's share of it: ${times} make the ∇ on the card.` : "";
  return ["A line is as thick as what goes back to its weight; dotted is 0.", "x and w are each other's slope: ∂(w·x)/∂w = x.", ...(share ? [share] : [])];
}

/** On a small screen: the terms, and what follows below them. */
function scalarsBelow(wide) {
  const terms = termsOf(now);
  const sizes = terms.products.map((_, k) => carried(terms, k));
  const chosen = shownTerms(sizes);
  const rest = sizes.filter((_, k) => !chosen.includes(k));
  const cardWide = Math.min(140, (wide - 24 - 20 - 122) / 2);
  const parts = chosen.map((k, row) => termRow(terms, k, [12, 12 + cardWide + 20], 14 + row * 54, cardWide) + carriedChip(terms, k, 12 + 2 * cardWide + 28, 14 + row * 54));
  let y = 14 + chosen.length * 54;
  if (rest.length) { parts.push(restText(rest, 12, y - 10)); y += 28; }
  const steps = followers(terms);
  if (terms.bias !== null) parts.push(biasCard(terms, [12, y + 8]), text(150, y + 38, "the bias", "note"));
  y += terms.bias !== null ? 62 : 8;
  steps.forEach(({ local, isOwn, ...shownStep }, k) => {
    const at = [12 + (k % 2) * (wide / 2 - 6), y + Math.floor(k / 2) * 60];
    parts.push(card(at, wide / 2 - 60, { ...shownStep, role: isOwn ? writtenRole() : "" }));
    if (k < steps.length - 1) parts.push(text(at[0] + wide / 2 - 40, at[1] + 29, "→", "sign"));
  });
  const bottom = y + Math.ceil(steps.length / 2) * 60 + 20;
  return { content: parts.join(""), width: wide, height: bottom };
}
