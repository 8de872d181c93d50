// ---------------------------------------------------------------------------------------------------------------
// Tints. Colours in JavaScript too, because the ink of a number is chosen against the cell under it: pure black or white.
// ---------------------------------------------------------------------------------------------------------------

let palette = {};

const colourOf = (name) => cssColour(name).match(/\d+(\.\d+)?/g).map(Number).slice(0, 3);

function readPalette() {
  palette = Object.fromEntries(["card", "positive", "negative", "ink"].map((name) => [name, colourOf(`--${name}`)]));
}

const mixed = (one, other, share) => one.map((part, k) => Math.round(part + (other[k] - part) * share));
const css = (colour) => `rgb(${colour.join(",")})`;
const linear = (part) => (part <= 10.31 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
const luminance = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
const inkOn = (colour) => (luminance(colour) > 0.1791 ? "#000" : "#fff"); // where both have the same contrast
