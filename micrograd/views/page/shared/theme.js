// ---------------------------------------------------------------------------------------------------------------
// Light and dark. The styles decide, by light-dark(); a script asks them, since in a notebook's frame it hears nothing.
// ---------------------------------------------------------------------------------------------------------------

const themeProbe = document.createElement("span"); // resolves var() and light-dark() to a colour that a canvas understands
themeProbe.style.cssText = "position: absolute; width: 0; height: 0; overflow: hidden; visibility: hidden; forced-color-adjust: none";
const themeWatch = themeProbe.cloneNode();
themeWatch.style.color = "var(--ink)";
themeWatch.style.transition = "color 1ms";
document.body.append(themeProbe, themeWatch);

const knownColours = new Map();

/** The colour of a custom property, such as "--ink", as "rgb(28, 33, 40)". */
function cssColour(name) {
  if (!knownColours.has(name)) {
    themeProbe.style.color = `var(${name})`;
    knownColours.set(name, getComputedStyle(themeProbe).color);
  }
  return knownColours.get(name);
}

/** Whether the ink is bright, as it is on dark paper. */
const brightInk = () => Number(cssColour("--ink").match(/\d+/)[0]) > 128;

/** Let the button exchange light and dark, against what the system prefers. */
function toggleTheme(button) {
  button.addEventListener("click", () => { document.documentElement.style.colorScheme = brightInk() ? "light" : "dark"; });
}

/** Do something whenever light becomes dark or back, whoever did it: the button, the system, the page around a frame. */
function whenThemeChanges(action) {
  themeWatch.addEventListener("transitionrun", () => { knownColours.clear(); action(); });
}
whenThemeChanges(() => {});
