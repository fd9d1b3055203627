/* The end of an idle session, by this device's clock: warned of, put off by one key, and then nothing is left to
   read. The server ends the session by itself; what only a script can do is clear the screen, network or none. */
"use strict";
(() => {
  const strip = document.getElementById("idle");
  if (!strip) return;
  const { url, warned, over, means, back, again } = strip.dataset;
  const form = strip.querySelector("form");
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("session") : null;
  let end = 0;
  let isOver = false;
  let before = null;

  const lasts = (seconds) => {
    end = Math.max(end, Date.now() + seconds * 1000);
    if (end - Date.now() > warned * 1000) hide();
  };

  const hide = () => {
    if (strip.hidden) return;
    strip.hidden = true;
    if (before && before.isConnected) before.focus();
  };

  const show = () => {
    if (!strip.hidden) return;
    before = document.activeElement;
    strip.hidden = false;
    form.querySelector("button").focus();
  };

  /* Another tab may have moved the end; asking does not. No answer: this device's clock decides. */
  const ask = async (options) => {
    try {
      const answer = await fetch(url, { cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(4000), ...options });
      const left = answer.ok || answer.status === 401 ? (await answer.json()).left_s : null;
      if (left === 0) end = 0;
      else if (left) lasts(left);
      return left;
    } catch {
      return null;
    }
  };

  const finish = () => {
    isOver = true;
    const cover = document.createElement("main");
    cover.className = "wrap cover";
    cover.dataset.over = "";
    const add = (name, words) => {
      const made = document.createElement(name);
      made.textContent = words;
      cover.append(made);
      return made;
    };
    cover.setAttribute("role", "alert");
    add("h1", over);
    add("p", means);
    add("p", back);
    const link = add("a", again);
    link.className = "button primary";
    /* A page that a form led to cannot be asked for again; the start page can. */
    link.href = location.pathname.startsWith("/p/") ? location.pathname : "/";
    document.body.replaceChildren(cover);
    document.dispatchEvent(new Event("session-over"));
    link.focus();
  };

  let isAsking = false;
  const tick = async () => {
    if (isOver || isAsking) return;
    const left = end - Date.now();
    if (left > warned * 1000) return;
    if (left > 0 && !strip.hidden) return;
    isAsking = true;
    await ask();
    isAsking = false;
    if (Date.now() >= end) finish();
    else if (end - Date.now() <= warned * 1000) show();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    const left = await ask({ method: "POST", body });
    if (left && tabs) tabs.postMessage(left);
    if (left) hide();
    else tick();
  });
  if (tabs) {
    tabs.onmessage = (event) => lasts(event.data);
    tabs.postMessage(Number(strip.dataset.left));
  }
  lasts(Number(strip.dataset.left));
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
  addEventListener("pageshow", tick);
})();
