/* Passkeys (WebAuthn): the one thing a page cannot do without script. Asks the browser for the key and sends
   its answer with the form; the browser's own words stay with the browser. */
"use strict";
(() => {
  const form = document.querySelector("form[data-passkey]");
  const source = document.getElementById("passkey-options");
  if (!form || !source) return;
  const said = form.querySelector("[data-said]");
  const button = form.querySelector("button");
  const makes = form.dataset.passkey === "create";
  const read = makes ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
  if (typeof window.PublicKeyCredential?.[read] !== "function") {
    said.textContent = form.dataset.unable;
    button.disabled = true;
    return;
  }
  button.addEventListener("click", async () => {
    said.textContent = "";
    try {
      const publicKey = PublicKeyCredential[read](JSON.parse(source.textContent).publicKey);
      const key = makes
        ? await navigator.credentials.create({ publicKey })
        : await navigator.credentials.get({ publicKey });
      form.elements.credential.value = JSON.stringify(key.toJSON());
      form.submit();
    } catch {
      said.textContent = form.dataset.failed;
    }
  });
})();
