/* What only a script can do for an open page: notice that access has ended, that the network is gone, that the
   answer broke off, and say when everything has come. Without it the page is whole; nothing here fetches or shows
   anything clinical, and nothing is kept on the device. */
"use strict";
(() => {
  const POLL_MS = 10000;
  const SLOWEST_POLL_MS = 60000;
  const OVERDUE_MS = 6000; /* as --overdue in the sheet */
  const host = document.getElementById("overview") || document.querySelector("[data-validity]");
  if (!host) return;
  const opened = new Date();
  const limitsAwaitedMs = 2000;
  let isBlank = false;
  let wait = POLL_MS;
  let timer = 0;

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
    document.querySelectorAll(".told-below").forEach((strip) => strip.remove());
    document.getElementById("sheet")?.remove();
    say(host.dataset.blanked);
  };

  const strip = (id, words) => {
    if (document.getElementById(id)) return;
    const made = element("p", words, "told-below");
    made.id = id;
    made.setAttribute("role", "status");
    document.body.append(made);
  };

  const showLost = () => {
    const time = opened.toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit" });
    const told = document.documentElement.lang === "sv" ? time.replace(":", ".") : time;
    strip("connection", `${host.dataset.offline} ${told}.`);
  };

  /* A lost network is no withdrawal: what was read stays readable, and says how old it is. */
  const poll = async () => {
    clearTimeout(timer);
    if (isBlank) return;
    try {
      const answer = await fetch(host.dataset.validity, {
        credentials: "same-origin", cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(8000),
      });
      if (answer.status === 204) {
        document.getElementById("connection")?.remove();
        wait = POLL_MS;
      } else if (answer.status === 200 && (await answer.json()).valid === false) blank();
      else if (answer.type === "opaqueredirect" || answer.status === 404 || answer.status === 403) blank();
      else throw new Error(answer.status);
    } catch {
      showLost();
      wait = Math.min(wait * 2, SLOWEST_POLL_MS);
    }
    if (!isBlank) timer = setTimeout(poll, wait);
  };
  if (host.dataset.validity) {
    timer = setTimeout(poll, wait);
    addEventListener("online", poll);
    addEventListener("offline", showLost);
    document.addEventListener("session-over", () => { isBlank = true; });
    /* Back from the browser's cache: ask before anything is read. */
    addEventListener("pageshow", async (event) => {
      if (!event.persisted) return;
      host.hidden = true;
      await poll();
      host.hidden = false;
    });
  }

  /* The last word has not come, by the end of the document or when it is overdue. A browser whose connection broke
     off goes on "loading" for ever, so only the clock tells. */
  const settle = () => {
    if (isBlank || host.id !== "overview" || host.querySelector("[data-final], [data-cover]")) return;
    if (!host.querySelector("[data-outcome=waiting]")) return;
    host.classList.add("cut");
    strip("cut", host.dataset.cut);
    say(host.dataset.cut);
  };
  if (document.readyState === "complete") settle();
  else addEventListener("load", settle);
  setTimeout(settle, OVERDUE_MS);

  const watch = new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        if (isBlank && node.slot !== "cover") node.remove();
        const isLate = Date.now() - opened.getTime() > limitsAwaitedMs;
        if (node.dataset.safety === "limits" && isLate) say(node.innerText);
        if (node.dataset.final) {
          host.classList.remove("cut");
          document.getElementById("cut")?.remove();
          say(node.dataset.final);
        }
      }
    }
  });
  watch.observe(host, { childList: true });
  const last = host.querySelector("[data-final]");
  if (last) say(last.dataset.final);
})();
