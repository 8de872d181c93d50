// ---------------------------------------------------------------------------------------------------------------
// A number that can be taken hold of: dragged from side to side, stepped by keys, typed.
// ---------------------------------------------------------------------------------------------------------------

const fineDistance = 90; // pixels above or below its beginning from which a drag is ten times finer
const doubleTap = 350; // milliseconds

/** What a pixel changes: 1, 2 or 5 times a power of ten, about a 150th of the number. */
function grainOf(number) {
  const wanted = Math.max(Math.abs(number), 0.5) / 150;
  const power = Math.floor(Math.log10(wanted));
  const digit = [1, 2, 5, 10].find((candidate) => candidate * 10 ** power >= wanted * 0.999) ?? 10;
  return Number(`${digit}e${power}`);
}

const onGrid = (number, grain) => Number((Math.round(number / grain) * grain).toPrecision(12));

/**
 * Make the element the handle of a number, for mouse, pen, touch and keys.
 *
 * name      what it is called, for readers of the screen
 * value()   gives the number, set(number) takes another, reset() gives it back as it came
 * output()  says in words what follows from it, after its own number
 * grip      the part that is dragged, if not the whole element
 * fine      by how much all steps are smaller (0.01 for a learning rate)
 * begin(byKey)  is called when a hand takes hold, before the first change; by keys, before each
 */
function makeHandle(element, { name, value, set, reset, output = () => "", grip = element, fine = 1, begin = () => {} }) {
  element.setAttribute("role", "spinbutton");
  element.setAttribute("tabindex", "0");
  element.setAttribute("aria-label", name);
  let said = "";
  let wasDragged = false;

  function refresh() {
    const words = output();
    const text = `${shown(value())}${words ? `; ${words}` : ""}`;
    if (text === said) return;
    said = text;
    element.setAttribute("aria-valuenow", String(value()));
    element.setAttribute("aria-valuetext", text);
  }

  function change(number) {
    if (Number.isFinite(number) && number !== value()) set(number);
  }

  const type = () => typeNumber(grip, name, value(), (number) => { begin(false); change(number); }, () => element.focus({ preventScroll: true }));
  let lastTap = -Infinity; // a tap is let go where it began; a second one soon after types
  grip.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    element.focus({ preventScroll: true });
    begin(false);
    wasDragged = false;
    followPointer(event, value(), fine, change, (dragging) => {
      grip.classList.toggle("dragging", dragging);
      wasDragged = true;
    });
  });
  grip.addEventListener("pointerup", (event) => {
    if (wasDragged) return;
    if (event.timeStamp - lastTap < doubleTap) type();
    lastTap = event.timeStamp;
  });
  grip.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false }); // touch-action does nothing inside an SVG
  grip.addEventListener("click", (event) => { if (wasDragged) event.stopPropagation(); }); // it was no click on what is around
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const size = (event.shiftKey ? 0.01 : 0.1) * fine;
    const step = { ArrowUp: size, ArrowDown: -size, PageUp: fine, PageDown: -fine }[event.key];
    if (step) {
      begin(true);
      change(Number((value() + step).toPrecision(12))); // 0.7 and not 0.7000000000000001
    } else if (event.key === "Enter") type();
    else if (event.key === "Backspace" || event.key === "Delete") reset();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  refresh();
  return { refresh };
}

/** Change the number with the pointer until it is let go. The window listens: the element may be drawn anew meanwhile. */
function followPointer(start, from, fine, change, mark) {
  const grain = grainOf(from / fine) * fine;
  let [last, number, moved] = [start.clientX, from, false];
  const move = (event) => {
    if (event.pointerId !== start.pointerId) return;
    if (!moved && Math.abs(event.clientX - start.clientX) <= 2) return;
    if (!moved) mark(true);
    moved = true;
    const step = event.shiftKey || Math.abs(event.clientY - start.clientY) > fineDistance ? grain / 10 : grain;
    number += (event.clientX - last) * step;
    last = event.clientX;
    change(onGrid(number, step));
  };
  const end = (event) => {
    if (event.pointerId !== start.pointerId) return;
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", end);
    window.removeEventListener("pointercancel", end);
    if (moved) mark(false);
  };
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", end);
  window.addEventListener("pointercancel", end);
}

/** A field over the number, to type another; Escape leaves it as it was. */
function typeNumber(anchor, name, number, take, leave) {
  const box = anchor.getBoundingClientRect();
  const field = document.createElement("input");
  field.className = "typed";
  field.inputMode = "decimal";
  field.value = String(number);
  field.setAttribute("aria-label", name);
  field.style.left = `${Math.max(4, Math.min(box.right, window.innerWidth - 4) - 104)}px`;
  field.style.top = `${(box.top + box.bottom) / 2 - 16}px`;
  let ended = false;
  const end = (byKey, wanted) => {
    if (ended) return;
    ended = true;
    field.remove();
    if (Number.isFinite(wanted)) take(wanted);
    if (byKey) leave();
  };
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const typed = typedNumber(field.value);
    if (event.key === "Escape") end(true, NaN);
    if (event.key === "Enter" && Number.isFinite(typed)) end(true, typed);
    if (event.key === "Enter") field.setAttribute("aria-invalid", "true"); // where it is still there, it was no number
  });
  field.addEventListener("input", () => field.removeAttribute("aria-invalid"));
  field.addEventListener("pointerdown", (event) => event.stopPropagation());
  field.addEventListener("blur", () => end(false, typedNumber(field.value)));
  document.body.append(field);
  field.select();
}
