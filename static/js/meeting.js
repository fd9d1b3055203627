/* One key out of the meeting mode. Without it the link does the same. */
"use strict";
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  document.getElementById("leave")?.click();
});
