// ---------------------------------------------------------------------------------------------------------------
// The buttons of a page: light and dark, and the printer
// ---------------------------------------------------------------------------------------------------------------

toggleTheme(document.querySelector(".theme"));
document.querySelector(".print")?.addEventListener("click", () => print());
