/* One key: / goes to the field for the next patient's number. Where somebody writes, or a sheet lies over the page,
   the key is theirs. It is switched off at the foot of every page; this script is then not there at all. */
"use strict";
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const at = event.composedPath()[0];
  const isWriting = at instanceof HTMLElement && (at.isContentEditable || at.matches("input, textarea, select"));
  const field = document.querySelector("#header-number, #number");
  if (event.defaultPrevented || isWriting || !field || !field.getClientRects().length) return;
  if (document.querySelector("dialog[open]")) return;
  event.preventDefault();
  field.focus();
  field.select();
});
