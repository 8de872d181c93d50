// ---------------------------------------------------------------------------------------------------------------
// Templates of formulas, such as "{0} × {1}" or "tanh({out})"
// ---------------------------------------------------------------------------------------------------------------

/**
 * The template with what `ofSlot` gives for each slot, a number or "out", in place of it. It is split before names go in, so a
 * name may look like anything. `enclosed` says that a slot stands alone between brackets or commas, as in f(x, y).
 */
function templateParts(template, ofSlot) {
  const pieces = template.split(/(\{(?:\d+|out)\})/).filter((piece) => piece !== "");
  return pieces.map((piece, place) => {
    const slot = /^\{(\d+|out)\}$/.exec(piece);
    if (!slot) return piece;
    const enclosed = /[([,] ?$/.test(pieces[place - 1] ?? "") && /^[)\],]/.test(pieces[place + 1] ?? "");
    return ofSlot(slot[1] === "out" ? "out" : Number(slot[1]), enclosed);
  });
}
