// ---------------------------------------------------------------------------------------------------------------
// Cards of units, and of the loss
// ---------------------------------------------------------------------------------------------------------------

function placeUnits(layout, number, [x, y], [wide, high], across) {
  const { channels } = stages[number];
  const pitch = pitchOf(Math.ceil(channels / across), high, [28, 52]);
  const cardWide = (wide - 8 * (across - 1)) / across;
  const perColumn = Math.ceil(channels / across);
  for (let channel = 0; channel < channels; channel += 1) {
    const around = [x + Math.floor(channel / perColumn) * (cardWide + 8), y + (channel % perColumn) * pitch, cardWide, pitch - (pitch < 44 ? 4 : 6)];
    layout.boxes[number].push(around);
    layout.outlets[number].push({ at: [around[0] + cardWide, around[1] + around[3] / 2], isAdded: isOfChannel(number, channel) });
    layout.parts.push(unitCard(number, channel, around));
    grow(layout, around);
  }
}

const lowest = 38; // of a card with the value above the gradient; in a lower one they stand beside each other

function unitCard(number, channel, around) {
  const isOutput = number === outputStage;
  const parts = [
    box(around, "face", { rx: 9 }),
    ...(around[3] < lowest ? lowParts : highParts)(number, channel, around),
    box(around, "hit", { rx: 9, "data-cell": `${number},${channel}` }),
  ];
  return tag("g", { class: `card op${isOutput && channel === now.output ? " chosen" : ""}` }, parts.join(""));
}

const unitGlyph = (number, channel) => (number === outputStage ? outputLabel(channel) : "Σ");
const roleOf = (channel) => (examples[now.example].target === channel ? "true" : saidOutput() === channel ? "said" : "");

function unitTile([x, y, , high], wide, glyph) {
  const size = Math.min(19, high * 0.56, (1.5 * wide) / glyph.length);
  return box([x + 3, y + 3, wide, high - 6], "tile", { rx: 7 }) + text(x + 3 + wide / 2, y + high / 2 + size * 0.36, glyph, `glyph ${glyph.length > 2 ? "small" : "large"}`, { style: `font-size:${size.toFixed(1)}px` });
}

function highParts(number, channel, [x, y, wide, high]) {
  const { values, gradients } = numbersAt(number);
  const probabilities = number === outputStage ? examples[now.example].probabilities : null;
  const end = probabilities ? wide - 84 : wide - 4;
  const parts = [
    unitTile([x, y, wide, high], 34, unitGlyph(number, channel)),
    text(x + end - 4, y + high * 0.41, shown(values[channel]), "data", { style: "font-size:12.5px" }),
    pill([x + 42, y + high * 0.48, end - 42, high * 0.44], gradients[channel], stageScale(number, "gradients")),
  ];
  if (probabilities) parts.push(probabilityBar([x + wide - 74, y], high, probabilities[channel], roleOf(channel)));
  return parts;
}

function lowParts(number, channel, [x, y, wide, high]) {
  const { values, gradients } = numbersAt(number);
  const probabilities = number === outputStage ? examples[now.example].probabilities : null;
  const half = 33 + (wide - 33 - (probabilities ? 40 : 4)) / 2;
  const value = shown(values[channel]);
  const base = y + high / 2 + 4.5;
  return [
    unitTile([x, y, wide, high], 26, unitGlyph(number, channel)),
    text(x + half, base, value, "data", { style: sizeStyle(half - 34, value, 12) }),
    pill([x + half + 4, y + 3, half - 37, high - 6], gradients[channel], stageScale(number, "gradients")),
    probabilities ? text(x + wide - 8, base, shortProbability(probabilities[channel]), `number end ${roleOf(channel)}`, { style: "font-size:12px" }) : "",
  ];
}

const shortProbability = (probability) => (probability >= 0.995 ? "1" : probability < 0.005 ? "0" : fixed(probability, 2));

function probabilityBar([x, y], high, probability, word) {
  return [
    box([x, y + high * 0.6, 64, 8], "bar", { rx: 2 }),
    box([x, y + high * 0.6, Math.max(1, 64 * probability) || 0, 8], "filled", { rx: 2 }),
    text(x + 64, y + high * 0.41, shortProbability(probability), "number end", { style: "font-size:12.5px" }),
    word ? text(x, y + high * 0.41, word, `note ${word}`) : "",
  ].join("");
}

const outputLabel = (output) => String(stages[outputStage].labels?.[output] ?? output);

/** In so many digits that it is not 1 unless it is. */
function shownProbability(probability) {
  const words = shown(probability, probability > 0.9 ? 6 : 3);
  return words === "1" && probability < 1 ? `(1 − ${shown(1 - probability, 3)})` : words;
}

/** The loss with its formula: below the card where it is a column of its own, else to the right. */
function lossCard(layout, [x, y], isBeside) {
  const { loss, target, probabilities } = examples[now.example];
  const wide = isBeside ? 138 : 126;
  const told = probabilities && target !== null ? [`−log p(${outputLabel(target)})`, `= −log ${shownProbability(probabilities[target])}`] : [network.loss.text];
  const at = isBeside ? [x, y + 82] : [x + wide + 6, y + 27];
  grow(layout, [x, y, isBeside ? wide : wide + 80, isBeside ? 104 : 62]);
  const parts = [
    box([x, y, wide, 62], "face", { rx: 9 }),
    box([x + 3, y + 3, 34, 56], "tile", { rx: 7 }),
    text(x + 20, y + 38, nameIn(68, lossName), "loss middle", { style: `font-size:${Math.min(20, 50 / Math.min(9, lossName.length)).toFixed(1)}px` }),
    text(x + wide - 8, y + 24, shown(loss), "data", { style: "font-size:12.5px" }),
    pill([x + 42, y + 36, wide - 46, 19.5], 1, 1),
    ...told.filter((line) => isBeside || 6.3 * line.length < 96).map((line, k) => text(at[0], at[1] + 18 * k, line.length > 24 ? `${line.slice(0, 23)}…` : line, "note")),
  ];
  return tag("g", { class: "card op chosen" }, parts.join(""));
}
