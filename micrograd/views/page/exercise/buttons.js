// ---------------------------------------------------------------------------------------------------------------
// The buttons of a page: light and dark, and the printer
// ---------------------------------------------------------------------------------------------------------------

toggleTheme(document.querySelector(".theme"));
const printer = document.querySelector(".print");
if (printer) {
  printer.hidden = window !== window.top; // a notebook's frame may not print
  printer.addEventListener("click", () => print());
}
