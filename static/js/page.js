/* What only a script can do for an open page: notice that access has ended, that the network is gone, and say
   when everything has come. Without it the page is whole; nothing here fetches or shows anything clinical. */
"use strict";
(() => {
  const POLL_MS = 10000;
  const host = document.getElementById("overview") || document.querySelector("[data-validity]");
  if (!host) return;
  const opened = new Date();
  const limitsAwaitedMs = 2000;
  let isBlank = false;

  const say = (words) => {
    const line = document.getElementById("announce");
    if (line && words) line.textContent = words;
  };

  const element = (name, words, className) => {
    const made = document.createElement(name);
    made.textContent = words;
    if (className) made.className = className;
    return made;
  };

  /* Everything goes, also what later answers might still add, and the shadow tree with it. */
  const blank = () => {
    isBlank = true;
    const heading = element("h1", host.dataset.blanked);
    const again = element("a", host.dataset.reload, "button");
    again.href = "";
    const cover = document.createElement("section");
    cover.className = "wrap cover";
    cover.slot = "cover";
    cover.append(heading, again);
    host.replaceChildren(cover);
    for (const id of ["connection", "sheet"]) document.getElementById(id)?.remove();
    say(host.dataset.blanked);
  };

  const showLost = () => {
    if (document.getElementById("connection")) return;
    const time = opened.toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit" }).replace(":", ".");
    const strip = element("p", `${host.dataset.offline} ${time}.`);
    strip.id = "connection";
    strip.setAttribute("role", "status");
    document.body.append(strip);
  };

  /* A lost network is no withdrawal: what was read stays readable, and says how old it is. */
  const poll = async () => {
    if (isBlank) return;
    try {
      const answer = await fetch(host.dataset.validity, { credentials: "same-origin", cache: "no-store", redirect: "manual" });
      if (answer.status === 204) document.getElementById("connection")?.remove();
      else if (answer.status === 200 && (await answer.json()).valid === false) blank();
      else if (answer.type === "opaqueredirect" || answer.status === 404 || answer.status === 403) blank();
      else showLost();
    } catch {
      showLost();
    }
  };
  if (host.dataset.validity) {
    setInterval(poll, POLL_MS);
    addEventListener("online", poll);
    addEventListener("offline", showLost);
    /* Back from the browser's cache: ask before anything is read. */
    addEventListener("pageshow", (event) => { if (event.persisted) poll(); });
  }

  const watch = new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        if (isBlank && node.slot !== "cover") node.remove();
        const isLate = Date.now() - opened.getTime() > limitsAwaitedMs;
        if (node.dataset.safety === "limits" && isLate) say(node.innerText);
        if (node.dataset.final) say(node.dataset.final);
      }
    }
  });
  watch.observe(host, { childList: true });
  const last = host.querySelector("[data-final]");
  if (last) say(last.dataset.final);
})();
