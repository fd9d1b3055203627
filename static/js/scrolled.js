/* On a telephone: when the page is scrolled the banner is one line, and carries what the safety strip says about
   limitations, which is out of sight by then. Without this script the banner stays as it is. */
"use strict";
(() => {
  const host = document.getElementById("overview");
  const banner = host?.querySelector(".banner");
  const chip = banner?.querySelector(".mini");
  if (!chip) return;
  const DOWN_PX = 170;
  const UP_PX = 40;

  /* What came last covers what came before. To ask which can be seen would lay the page out at each answer. */
  const fill = () => {
    const strip = [...host.querySelectorAll("[data-safety]")].pop();
    const state = strip?.dataset.safety;
    const coded = strip ? [...strip.querySelectorAll(".stop")].map((one) => one.textContent.trim()) : [];
    const words = state === "limits" ? (coded.join(" · ") || chip.dataset.limits)
      : state === "unknown" || state === "waiting" || state === "closed" ? chip.dataset.unknown : "";
    chip.querySelector("span").textContent = words;
    chip.classList.toggle("stop", state === "limits");
    chip.hidden = !words;
  };

  const look = () => {
    const isDown = banner.classList.contains("scrolled");
    if (!isDown && scrollY > DOWN_PX) banner.classList.add("scrolled");
    else if (isDown && scrollY < UP_PX) banner.classList.remove("scrolled");
  };
  addEventListener("scroll", look, { passive: true });
  new MutationObserver(fill).observe(host, { childList: true });
  fill();
})();
