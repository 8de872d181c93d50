// ---------------------------------------------------------------------------------------------------------------
// Checking: answers against the numbers that came from Python. What goes wrong, and its words, came from there too.
// A task has `numbers`, all values and then all gradients; `blanks`, each with its place `at` there, its `true` number and its
// `slips`; and `led(x, p, out)`, which says what each blank is by the numbers in x.
// ---------------------------------------------------------------------------------------------------------------

/** Whether an answer is the number: to half a percent of it, which three digits keep; as `agrees` in exercises/slips.py. */
const agrees = (answer, number, within = 0.005) =>
  Number.isFinite(number) && Math.abs(answer - number) <= (number === 0 ? 1e-6 : within * Math.abs(number));

/**
 * What is to be said of the answers, numbers or null: a state for each, "right", "wrong", "follows", "empty" or "open"; the
 * places of the first that is wrong and of the first that is empty, or -1; and whether all is right: the gradient of every leaf,
 * and what else was answered. Only the first wrong one is called so: what comes after it "follows" if the answers before lead to
 * it, and is left "open" if it is wrong on its own.
 */
function judged({ numbers, blanks, led }, answers) {
  const own = Float64Array.from(numbers);
  const out = new Float64Array(blanks.length);
  let wrong = -1;
  const states = blanks.map((blank, place) => {
    if (led) led(own, [], out);
    else out[place] = blank.true;
    const answer = answers[place];
    own[blank.at] = answer ?? out[place];
    if (answer === null) return "empty";
    if (agrees(answer, blank.true)) return "right";
    if (wrong < 0) {
      wrong = place;
      return "wrong";
    }
    return led && agrees(answer, out[place]) ? "follows" : "open";
  });
  const done = wrong < 0 && blanks.every(({ leaf }, place) => !leaf || states[place] === "right");
  return { states, wrong, empty: states.indexOf("empty"), done };
}

/** The slip that leads to this answer, if it is a known one. */
const slipOf = (blank, answer) => blank.slips.find((slip) => agrees(answer, slip.number, slip.within));
