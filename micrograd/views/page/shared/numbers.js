// ---------------------------------------------------------------------------------------------------------------
// Numbers as text, digit for digit as Python writes them.
// ---------------------------------------------------------------------------------------------------------------

const powersOfTen = [1e-3, 1e-2, 0.1, 1, 10, 100, 1e3, 1e4, 1e5, 1e6];

/** The number in a few digits, as long as they fit; as `shown` in text/naming.py. */
function shown(x, digits = 4) {
  if (x === 0) return "0";
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x < 0 ? "−inf" : "inf";
  const size = Math.abs(x);
  const sign = x < 0 ? "−" : "";
  if (size >= 1e-3 && size < 999999.5) {
    let power = -3;
    while (size >= powersOfTen[power + 4]) power += 1;
    const text = fixed(size, Math.max(0, Math.min(digits - 1 - power, 5)));
    return sign + (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  }
  const [mantissa, exponent] = exponential(size).split("e");
  return `${sign}${mantissa.replace(/\.?0+$/, "")}e${Number(exponent)}`.replace("-", "−");
}

/** With so many decimals. Halfway between two, JavaScript takes the larger one and Python the even one. */
function fixed(size, decimals) {
  const text = size.toFixed(decimals);
  if (!size.toFixed(decimals + 1).endsWith("5") || /[1-9]/.test(size.toFixed(80).slice(-79 + decimals))) return text;
  const unit = 10 ** -decimals;
  return /[13579]$/.test(text) ? (Number(text) - unit).toFixed(decimals) : text;
}

/** With three digits and an exponent; of numbers below 0.001 none is halfway between two. */
function exponential(size) {
  const text = size.toExponential(2);
  const [mantissa, exponent] = size.toExponential(3).split("e");
  if (!mantissa.endsWith("5") || !Number.isInteger(size)) return text;
  if (BigInt(size) !== BigInt(mantissa.replace(".", "")) * 10n ** BigInt(exponent - 3)) return text; // not halfway, but near it
  return /[13579]e/.test(text) ? `${mantissa.slice(0, -1)}e${exponent}` : text;
}

/** Every digit, as Python's repr gives them. */
function exact(x) {
  if (!Number.isFinite(x)) return shown(x);
  const size = Math.abs(x);
  const sign = x < 0 || Object.is(x, -0) ? "−" : "";
  if (size === 0 || (size >= 1e-4 && size < 1e16)) return sign + (Number.isInteger(size) ? `${size}.0` : String(size));
  const [mantissa, exponent] = size.toExponential().split("e");
  return `${sign}${mantissa}e${exponent[0] === "-" ? "−" : "+"}${exponent.slice(1).padStart(2, "0")}`;
}

/** A change: with its sign, in three digits. */
const signedShown = (x) => (x > 0 ? "+" : "") + shown(x, 3);

/** A number's text as it stands in a product. */
const asFactor = (text) => (text.startsWith("−") ? `(${text})` : text);

const decimalNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i; // and not what else Number reads, such as "0x10"

/** The number that a reader typed, with either minus, a point or a comma, or as a fraction; NaN if it is none. */
function typedNumber(text) {
  const plain = text.normalize("NFKC").replace(/\s/g, "").replace(/−/g, "-").replace(/,/g, "."); // NFKC: "３" is 3
  const parts = plain.split("/");
  if (parts.length > 2 || !parts.every((part) => decimalNumber.test(part))) return NaN;
  return parts.map(Number).reduce((a, b) => a / b);
}
