// ---------------------------------------------------------------------------------------------------------------
// Elements: find, make, and write only what has changed
// ---------------------------------------------------------------------------------------------------------------

const find = (selector, within = document) => within.querySelector(selector);

/** makeElement("b", { className: "data", textContent: "3" }, child, "text", ...) */
function makeElement(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** The same for SVG, where all are attributes. */
function makeShape(name, attributes = {}, text = null) {
  const shape = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
  if (text !== null) shape.textContent = text;
  return shape;
}

const lastWritten = new WeakMap(); // an element -> what was written into it

/** Write an attribute, a style property ("--name") or the "text" only if it is another one: what is not touched is not painted anew. */
function put(element, name, value) {
  let kept = lastWritten.get(element);
  if (!kept) lastWritten.set(element, (kept = {}));
  const text = String(value);
  if (kept[name] === text) return;
  kept[name] = text;
  if (name === "text") element.textContent = text;
  else if (name.startsWith("--")) element.style.setProperty(name, text);
  else element.setAttribute(name, text);
}

/** The text as it stands in markup, in which nothing of it is a sign. */
const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
