/* The one button of a printed page. Without it the page says how to print by hand. */
"use strict";
(() => {
  const button = document.getElementById("print");
  if (!button) return;
  document.getElementById("by-hand")?.remove();
  button.hidden = false;
  button.addEventListener("click", () => print());
  button.focus();
})();
