/* A cell of a list changed where it stands: double click, or E on the row. Without it there is the form. */
(() => {
  "use strict";
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const base = location.pathname.replace(/\/$/, "");
  let open = null; // { cell, input, old }

  function say(cell, text) {
    let note = $("#quick-note");
    if (!note) { note = document.createElement("div"); note.id = "quick-note"; note.className = "quick-note"; note.setAttribute("role", "alert"); }
    note.textContent = text;
    cell.append(note);
    $("[data-quick]", cell)?.setAttribute("aria-describedby", "quick-note");
    $("[data-quick]", cell)?.classList.add("is-invalid");
  }
  function shut(focus = true) {
    if (!open) { return; }
    const { cell, old } = open;
    open = null;
    cell.replaceChildren(...old);
    cell.classList.remove("is-open");
    if (focus) { cell.tabIndex = -1; cell.focus(); }
  }
  async function start(cell) {
    if (!cell || open?.cell === cell) { return; }
    shut(false);
    const row = cell.closest("tr"), answer = await fetch(`${base}/${row.dataset.row}/quick?name=${encodeURIComponent(cell.dataset.edit)}`);
    if (!answer.ok) { return; }
    const old = [...cell.childNodes], box = document.createElement("div");
    box.innerHTML = await answer.text();
    cell.replaceChildren(...box.childNodes);
    cell.classList.add("is-open");
    const input = $("[data-quick]", cell);
    open = { cell, input, old };
    $$("[data-cursor] tbody tr").forEach((r) => r.classList.toggle("is-cursor", r === row));
    input.focus();
    input.select?.();
  }
  const value = (input) => (input.type === "checkbox" ? (input.checked ? "1" : "") : input.value);
  async function save(after) {
    if (!open) { return; }
    const { cell, input } = open, row = cell.closest("tr");
    if (value(input) === input.dataset.was) { shut(); after?.(); return; }
    const data = new URLSearchParams({ name: cell.dataset.edit, value: value(input), was: input.dataset.was, revision: input.dataset.revision });
    input.setAttribute("aria-busy", "true");
    const answer = await fetch(`${base}/${row.dataset.row}/quick`, { method: "POST", body: data, headers: { Accept: "application/json", "X-CSRFToken": $("[name=csrfmiddlewaretoken]").value } });
    input.removeAttribute("aria-busy");
    const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    if (!answer.ok) { say(cell, [told.message || answer.status, told.remedy].filter(Boolean).join(". ")); input.focus(); return; }
    const id = row.dataset.row, name = cell.dataset.edit;
    open = null;
    await htmx.ajax("GET", location.pathname + location.search, { target: "#rows", swap: "innerHTML" });
    const now = $(`[data-row="${id}"]`), same = now && $(`[data-edit="${name}"]`, now);
    now?.classList.add("is-cursor");
    if (same) { same.tabIndex = -1; same.focus(); }
    after?.(now, name);
  }
  const next = (row, name, way) => {
    const cells = $$("[data-edit]", row).filter((c) => c.offsetParent), at = cells.findIndex((c) => c.dataset.edit === name);
    return cells[at + way];
  };

  document.addEventListener("dblclick", (event) => {
    const cell = event.target.closest("td[data-edit]");
    if (cell && !open) { event.preventDefault(); start(cell); }
  });
  /* a click opens the row: it waits a moment where a second one may follow */
  let waiting = 0;
  document.addEventListener("click", (event) => {
    const cell = event.target.closest("td[data-edit]");
    if (open && cell === open.cell) { event.stopPropagation(); return; }
    if (open && !event.target.closest("td[data-edit].is-open")) { save(); event.stopPropagation(); return; }
    if (!cell || event.target.closest("a, input, button, label, summary")) { return; }
    event.stopPropagation();
    clearTimeout(waiting);
    if (event.detail === 1) { waiting = setTimeout(() => { if (!open && !String(getSelection())) { $("a", cell.closest("tr")).click(); } }, 260); }
  }, true);
  document.addEventListener("keydown", (event) => {
    if (open && event.target === open.input) {
      if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); shut(); }
      if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); save(); }
      if (event.key === "Tab") {
        const { cell } = open, name = cell.dataset.edit, way = event.shiftKey ? -1 : 1, other = next(cell.closest("tr"), name, way);
        if (other) {
          event.preventDefault();
          const id = cell.closest("tr").dataset.row, to = other.dataset.edit;
          save(() => start($(`[data-row="${id}"] [data-edit="${to}"]`)));
        } else { save(); }
      }
      return;
    }
    if (event.key !== "e" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, #overlay")) { return; }
    const focused = event.target.closest("td[data-edit]"), row = focused?.closest("tr") || event.target.closest("tr[data-row]") || $("tr.is-cursor");
    const cell = focused || (row && $$("[data-edit]", row).find((c) => c.offsetParent));
    if (cell) { event.preventDefault(); event.stopPropagation(); start(cell); }
  }, true);
  let timer = 0;
  document.addEventListener("input", (event) => {
    const input = event.target.closest("[data-quick][data-kind]");
    if (!input) { return; }
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const answer = await fetch(`/find/ref?${new URLSearchParams({ kind: input.dataset.kind, q: input.value })}`, { headers: { Accept: "application/json" } });
      const list = $("#quick-list");
      if (!answer.ok || !list) { return; }
      list.replaceChildren(...(await answer.json()).options.map((o) => { const option = document.createElement("option"); option.value = o.value; return option; }));
    }, 140);
  });
})();
