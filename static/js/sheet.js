/* The list behind a button as a sheet beside the overview, where there is room for one. Without this script, or
   on a small screen, the link is the page. What is shown is that page's own answer, asked for by its own address
   and logged as its own view; the browser parses it as a document, so no text of ours ever becomes markup. */
"use strict";
const prepareSheet = () => {
  const host = document.getElementById("overview");
  const wide = matchMedia("(min-width: 1100px)");
  if (!host || !host.dataset.handle || typeof HTMLDialogElement === "undefined") return;
  const home = { url: location.href, title: document.title };
  let opener = null;
  let asked = null;
  let place = 0;

  const element = (name, words, className) => {
    const made = document.createElement(name);
    if (words) made.textContent = words;
    if (className) made.className = className;
    return made;
  };

  const dialog = element("dialog", "", "sheet");
  dialog.id = "sheet";
  dialog.setAttribute("aria-labelledby", "sheet-name");
  const heading = element("h2", "", "vh");
  heading.id = "sheet-name";
  heading.tabIndex = -1;
  const close = element("button", host.dataset.close, "button");
  close.type = "button";
  const body = element("div", "", "sheet-body");
  const frame = element("div", "", "sheet-frame");
  frame.append(heading, close, body);
  dialog.append(frame);
  document.body.append(dialog);

  const drop = () => {
    const late = asked;
    asked = null;
    if (late) late.abort();
    body.replaceChildren();
  };

  /* Access has ended and the page has gone blank: nothing may come back by a late answer. */
  const isGone = () => !dialog.isConnected || !document.getElementById("buttons");

  const wait = () => {
    drop();
    heading.textContent = host.dataset.waiting;
    body.append(element("p", host.dataset.waiting, "hint"));
    body.setAttribute("aria-busy", "true");
  };

  /* Only what belongs to this page's patient, for the address that was asked for last. */
  const show = (answer, href) => {
    const detail = answer.status === 200 && answer.response && answer.response.getElementById("detail");
    if (!detail || answer.responseURL !== href) {
      location.assign(href);
      return;
    }
    if (detail.dataset.handle !== host.dataset.handle) {
      body.replaceChildren(element("p", host.dataset.mismatch, "missing"));
      return;
    }
    document.title = answer.response.title.trim() || home.title;
    const copy = document.importNode(detail, true);
    const title = copy.querySelector("h2");
    heading.textContent = title.textContent;
    title.tabIndex = -1;
    body.replaceChildren(copy);
    body.removeAttribute("aria-busy");
    dialog.scrollTop = 0;
    title.focus();
  };

  const ask = (href) => {
    wait();
    const request = new XMLHttpRequest();
    asked = request;
    request.responseType = "document";
    request.open("GET", href);
    request.addEventListener("loadend", () => {
      if (asked !== request || isGone()) return;
      asked = null;
      if (request.status === 0) body.replaceChildren(element("p", host.dataset.lost, "missing"));
      else show(request, href);
    });
    request.send();
  };

  const open = (href) => {
    if (isGone()) return;
    if (!dialog.open) dialog.showModal();
    heading.focus();
    ask(href);
  };

  const shut = () => {
    if (!dialog.open) return;
    drop();
    document.title = home.title;
    dialog.close();
    if (opener && opener.isConnected) opener.focus();
  };

  const isPlain = (event) => event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  const linkOf = (event) => event.composedPath().find((node) => node instanceof HTMLAnchorElement);

  host.addEventListener("click", (event) => {
    const link = linkOf(event);
    if (!link || !wide.matches || !isPlain(event) || event.defaultPrevented || isGone()) return;
    if (!link.pathname.startsWith(host.dataset.lists) || link.origin !== location.origin) return;
    event.preventDefault();
    opener = link;
    place += 1;
    history.pushState({ sheet: link.href, place }, "", link.href);
    open(link.href);
  });

  /* The next page of a long list stays in the sheet, and is a view of its own like the first. */
  dialog.addEventListener("click", (event) => {
    const link = linkOf(event);
    if (event.target === dialog) history.back();
    if (!link || !("turns" in link.dataset) || !isPlain(event)) return;
    event.preventDefault();
    history.replaceState({ sheet: link.href, place }, "", link.href);
    ask(link.href);
  });

  close.addEventListener("click", () => history.back());
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    history.back();
  });
  addEventListener("popstate", (event) => {
    if (event.state && event.state.sheet && wide.matches) open(event.state.sheet);
    else shut();
  });
};

/* The page streams: the script may be here before what it works on. */
if (document.getElementById("overview")) prepareSheet();
else addEventListener("DOMContentLoaded", prepareSheet);
