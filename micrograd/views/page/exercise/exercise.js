// ---------------------------------------------------------------------------------------------------------------
// The page of exercises: fields, verdicts, and words about the first step that does not fit
// ---------------------------------------------------------------------------------------------------------------

const packedTasks = find("script[type='text/plain']").textContent; // base64: no secret, but nothing to read by chance either
const tasks = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(packedTasks), (sign) => sign.codePointAt(0))));
const STATES = ["right", "wrong", "follows", "open", "empty", "next", "unread"];
const SIGNS = { right: "✓", wrong: "?" };
const SPOKEN = { right: "right", wrong: "does not fit", follows: "follows from what does not fit", next: "next", unread: "not a number" };

document.querySelectorAll(".task").forEach((section, number) => {
  const task = tasks[number];
  Object.assign(task, {
    section,
    led: followers[number],
    fields: [...section.querySelectorAll(".field")],
    inputs: [...section.querySelectorAll(".field input")],
    words: find(".words", section),
    step: "", // what the last words were about, and how often they have been asked for: they say more each time
    times: 0,
  });
  find(".check", section).addEventListener("click", () => check(task));
  task.inputs.forEach((input, place) => {
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") check(task); });
    input.addEventListener("input", () => {
      fitText(input);
      mark(task.fields[place], ""); // it is another answer now
      section.classList.remove("done");
    });
    fitText(input);
  });
});

/** A longer number is written smaller. */
function fitText(input) {
  input.dataset.length = Math.min(9, Math.max(4, input.value.length));
}

function mark(field, state) {
  field.classList.remove(...STATES);
  if (state) field.classList.add(state);
  find(".mark", field).textContent = SIGNS[state] ?? "";
  const input = find("input", field);
  input.setAttribute("aria-invalid", String(state === "wrong" || state === "unread"));
  input.setAttribute("aria-description", SPOKEN[state] ?? ""); // as the frame and the sign beside it say
}

/** Check everything that stands in the fields, and keep it. */
function check(task) {
  const texts = task.inputs.map((input) => input.value.trim());
  const answers = texts.map((text) => (text === "" ? null : typedNumber(text)));
  const unread = answers.findIndex((answer) => answer !== null && !Number.isFinite(answer));
  if (unread >= 0) {
    task.fields.forEach((field, place) => mark(field, place === unread ? "unread" : ""));
    show(task, null);
    say(task, [[["written", texts[unread]], " is not a number. Write one like −3, 0.5, 0,5 or 1/2."]]);
    return;
  }
  const verdict = judged(task, answers);
  const { states, wrong, empty, done } = verdict;
  const place = done ? -1 : wrong >= 0 ? wrong : empty;
  task.fields.forEach((field, at) => mark(field, at === place && wrong < 0 ? "next" : states[at]));
  const step = `${place}: ${texts[place]}`;
  task.times = step === task.step ? task.times + 1 : 1;
  task.step = step;
  task.section.classList.toggle("done", done);
  show(task, task.blanks[place] ?? null);
  say(task, done ? wordsForAll(task, verdict) : wrong >= 0 ? wordsForWrong(task, verdict, answers) : wordsForNext(task, verdict));
}

/** Frame the cards that a step reads, and let its lines stand out. */
function show(task, blank) {
  const marked = (kind, places) => places.flatMap((place) => [...task.section.querySelectorAll(`[data-${kind}="${place}"]`)]);
  task.section.querySelectorAll(".read, .active").forEach((shape) => shape.classList.remove("read", "active"));
  if (!blank) return;
  marked("card", blank.cards).forEach((card) => card.classList.add("read"));
  marked("line", blank.lines).forEach((line) => line.classList.add("active"));
}

// A sentence is a list of parts, each a text or [role, text]. They become text and never markup.

function wordsForWrong(task, { states, wrong }, answers) {
  const blank = task.blanks[wrong];
  const slip = slipOf(blank, answers[wrong]);
  const following = states.filter((state) => state === "follows").length;
  const lines = [[["written", `${blank.name} = ${shown(answers[wrong])}`], " is the first step that does not fit. ", slip?.words ?? blank.advice]];
  lines.push([task.times > 1 ? `With numbers: ${blank.name} = ${blank.rule} = ${blank.numbers}.` : "Press check again for the numbers."]);
  if (following) {
    const [numbers, they] = following === 1 ? ["1 later number follows", "it"] : [`${following} later numbers follow`, "they"];
    lines.push([`${numbers} correctly from it (dashed): ${they} will come right when this one does.`]);
  }
  return lines;
}

function wordsForNext(task, { states, empty }) {
  const blank = task.blanks[empty];
  const right = states.filter((state) => state === "right").length;
  const next = right ? `${right} of ${states.length} right. Next: ` : "First: ";
  const line = [next, ["read", blank.name]];
  if (task.times > 1) line.push(` = ${blank.rule}`);
  if (task.times > 2) line.push(` = ${blank.numbers}`);
  return [[...line, "."], [["Press check again for its rule.", "Press check again for the numbers in it.", ""][Math.min(task.times, 3) - 1]]];
}

function wordsForAll(task, { states }) {
  const right = states.filter((state) => state === "right").length;
  return [[["right", ["Right.", "Both right."][right - 1] ?? `All ${right} right.`], ` ${task.closing}`]];
}

function say(task, [first, ...others]) {
  const parts = (line) => line.map((part) => (typeof part === "string" ? part : makeElement("b", { className: part[0], textContent: part[1] })));
  const small = others.filter(([text]) => text !== "").map((line) => makeElement("small", {}, ...parts(line)));
  task.words.replaceChildren(...parts(first), ...small);
}
