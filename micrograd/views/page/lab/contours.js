// ---------------------------------------------------------------------------------------------------------------
// Lines of equal number over a lattice, by marching squares
// ---------------------------------------------------------------------------------------------------------------

const tenth = (x) => Math.round(10 * x) / 10;

/**
 * The line along which the numbers of a lattice are `level`, as the path of an SVG.
 *
 * numbers  one for each node, `wide` of them in a line
 * cell     pixels from node to node; the first node is half a cell beyond the upper left corner
 */
function contourPath(numbers, wide, cell, level) {
  const parts = [];
  for (let j = 0; j + 1 < wide; j += 1) {
    for (let i = 0, k = j * wide; i + 1 < wide; i += 1, k += 1) {
      const a = numbers[k] - level, b = numbers[k + 1] - level, c = numbers[k + wide + 1] - level, d = numbers[k + wide] - level;
      const corners = (a > 0) + 2 * (b > 0) + 4 * (c > 0) + 8 * (d > 0); // a b over d c
      if (corners === 0 || corners === 15 || Number.isNaN(a + b + c + d)) continue;
      const top = a > 0 !== b > 0, right = b > 0 !== c > 0, bottom = c > 0 !== d > 0, left = d > 0 !== a > 0;
      const x = (i - 0.5) * cell, y = (j - 0.5) * cell;
      const at = {
        top: [x + (cell * a) / (a - b), y],
        right: [x + cell, y + (cell * b) / (b - c)],
        bottom: [x + (cell * d) / (d - c), y + cell],
        left: [x, y + (cell * a) / (a - d)],
      };
      if (top && right && bottom && left) { // a saddle: the middle says which corners belong together
        const together = a > 0 === a + b + c + d > 0;
        addPiece(parts, at.top, together ? at.right : at.left);
        addPiece(parts, at.bottom, together ? at.left : at.right);
      } else if (top) addPiece(parts, at.top, right ? at.right : bottom ? at.bottom : at.left);
      else if (right) addPiece(parts, at.right, bottom ? at.bottom : at.left);
      else addPiece(parts, at.bottom, at.left);
    }
  }
  return parts.join("");
}

const addPiece = (parts, [x1, y1], [x2, y2]) => parts.push(`M${tenth(x1)},${tenth(y1)}L${tenth(x2)},${tenth(y2)}`);

/** Whole numbers, halves, ... : a few round ones between two. */
function roundNumbers(low, high, most = 5) {
  const wanted = (high - low) / most;
  if (!(wanted > 0) || !Number.isFinite(wanted)) return [];
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 2.5, 5, 10].find((digit) => digit * power >= wanted * 0.999) * power;
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k += 1) found.push(Number((k * step).toPrecision(12)));
  return found;
}
