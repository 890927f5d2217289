/* Passkeys: a form with data-passkey asks the browser for one and sends what it answers. "alone": instead of a password;
   "answer": as a proof; "make": a new one. What to ask for stands in #passkey-options, or is fetched ("alone"). */
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  function asked(options) {
    const key = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
    if (key.allowCredentials) { key.allowCredentials = named(key.allowCredentials); }
    if (key.excludeCredentials) { key.excludeCredentials = named(key.excludeCredentials); }
    if (key.user) {
      key.user = { ...key.user, id: bytes(key.user.id) };
      key.authenticatorSelection = { ...key.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" };
    }
    return { publicKey: key };
  }
  function told(credential) {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) { response[name] = text(credential.response[name]); }
    }
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: credential.getClientExtensionResults() });
  }
  async function options(form) {
    const here = document.getElementById("passkey-options");
    if (here) { return JSON.parse(here.textContent); }
    const answer = await fetch(form.getAttribute("action"), { headers: { Accept: "application/json" } });
    return (await answer.json()).request_options;
  }
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const note = form.querySelector("[data-passkey-note]"), button = form.querySelector("button:not([type=button])");
      const say = (words) => { note.textContent = words; note.hidden = false; };
      note.hidden = true;
      if (!window.PublicKeyCredential) { say(note.dataset.none); return; }
      button.disabled = true;
      try {
        const wanted = asked(await options(form));
        const credential = await (form.dataset.passkey === "make" ? navigator.credentials.create(wanted) : navigator.credentials.get(wanted));
        form.querySelector("[name$=credential]").value = told(credential);
        form.submit();
      } catch {
        say(note.dataset.failed);
        button.disabled = false;
      }
    });
  }
})();
