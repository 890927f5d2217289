/* A count is saved as it goes: only the cells that changed, with the revision last seen. Without it the form saves whole. */
(() => {
  "use strict";
  const $ = (selector, from = document) => from.querySelector(selector);
  const form = () => $("form[data-save]");
  const dirty = new Set();
  let timer = 0, busy = false, leaving = false;

  function said(text, bad = false) { const s = $("[data-saved]"); s.textContent = text; s.classList.toggle("bad", bad); }
  async function save() {
    if (busy || leaving || !dirty.size || !form()) { return; }
    busy = true;
    const words = $("[data-saved]").dataset.words.split("|"), sent = [...dirty], data = new URLSearchParams({ do: "save", seen: form().elements.seen.value });
    sent.forEach((name) => data.set(name, form().elements[name]?.value ?? ""));
    dirty.clear();
    said(`${words[0]} …`);
    try {
      const answer = await fetch(form().getAttribute("action"), { method: "POST", body: data, headers: { Accept: "application/json", "X-CSRFToken": form().elements.csrfmiddlewaretoken.value } });
      if (answer.status === 401 || answer.status === 403 || answer.redirected) { throw new Error("session"); }
      if (!answer.ok) { throw new Error("server"); }
      const told = await answer.json();
      await added(Object.keys(told.fresh));
      // What others counted since is shown before it counts as seen; what is typed over meanwhile is told by the next save.
      const fresh = Object.entries(told.fresh), over = fresh.some(([key]) => dirty.has(`q.${key}`));
      fresh.forEach(([key, value]) => { const box = form().elements[`q.${key}`]; if (box && !dirty.has(box.name)) { box.value = value; } });
      if (!over) { form().elements.seen.value = told.revision; }
      Object.entries(told.clash).forEach(([key, [theirs, note]]) => clash(key, theirs, note));
      form().dispatchEvent(new Event("filled", { bubbles: true }));
      said(words[1]);
    } catch (error) {
      sent.forEach((name) => dirty.add(name));
      said(error.message === "session" ? words[3] : words[2], true);
      later(5000);
    }
    busy = false;
    if (dirty.size) { later(400); }
  }
  /* Lines that somebody else put onto the sheet come from its page, as it is now. */
  async function added(keys) {
    const missing = keys.filter((key) => !form().elements[`q.${key}`]);
    if (!missing.length) { return; }
    const answer = await fetch(form().getAttribute("action"));
    if (!answer.ok || answer.redirected) { throw new Error("server"); }
    const sheet = new DOMParser().parseFromString(await answer.text(), "text/html");
    missing.forEach((key) => { const row = $(`[data-row="${key}"]`, sheet); if (row) { $(".counted tbody").append(row); } });
  }
  function later(delay) { clearTimeout(timer); timer = setTimeout(save, delay); }
  /* Somebody else counted it meanwhile: theirs stands, with what was typed here beside it. */
  function clash(key, theirs, note) {
    const box = form().elements[`q.${key}`], id = `e-q-${key}`;
    box.value = theirs;
    let line = document.getElementById(id);
    if (!line) { line = document.createElement("div"); line.id = id; line.className = "field-note bad"; line.setAttribute("role", "alert"); box.closest("td").append(line); }
    line.textContent = note;
    box.classList.add("is-invalid");
    box.setAttribute("aria-describedby", id);
  }
  for (const type of ["input", "counted"]) {
    document.addEventListener(type, (event) => { if (event.target.matches("form[data-save] [data-q]")) { dirty.add(event.target.name); later(600); } });
  }
  document.addEventListener("submit", (event) => { if (event.target === form() && !event.defaultPrevented) { leaving = true; } });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("pagehide", () => {
    if (!dirty.size || leaving || !form()) { return; }
    const data = new URLSearchParams({ do: "save", seen: form().elements.seen.value, csrfmiddlewaretoken: form().elements.csrfmiddlewaretoken.value });
    dirty.forEach((name) => data.set(name, form().elements[name]?.value ?? ""));
    navigator.sendBeacon(form().getAttribute("action"), data);
  });
})();
