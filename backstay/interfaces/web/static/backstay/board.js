/* Boards and calendars: a cursor, moving by keyboard and by pointer. Without it there are menus, links and the form. */
(() => {
  "use strict";
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const token = () => $("[name=csrfmiddlewaretoken]")?.value || "";
  const busy = (el) => el.closest("input, textarea, select, summary, .menu-box, #overlay, dialog");

  function say(text, bad = false) {
    const toast = document.createElement("div");
    toast.className = `toast-x toast-${bad ? "error" : "success"}`;
    toast.textContent = text;
    $$("#toasts .toast-x").forEach((old) => old.remove());
    $("#toasts").append(toast);
    setTimeout(() => toast.remove(), bad ? 12000 : 4000);
  }
  async function send(url, data) {
    const answer = await fetch(url, { method: "POST", body: new URLSearchParams(data), headers: { Accept: "application/json", "X-CSRFToken": token() } });
    const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    if (!answer.ok) { throw new Error(told.message ? `${told.message}. ${told.remedy || ""}` : String(answer.status)); }
    return told;
  }

  /* ---- board ---- */
  const lanes = () => $$("#lanes .lane"), cards = (lane) => $$(".card-x", lane || $("#lanes"));
  const board = () => $("#lanes .board");
  function point(card, focus = true) {
    cards().forEach((c) => c.classList.toggle("is-cursor", c === card));
    if (card && focus) { $("a", card).focus(); card.scrollIntoView({ block: "nearest", inline: "nearest" }); }
  }
  const here = () => $("#lanes .is-cursor");
  function step(n) {
    const all = cards(), now = all.indexOf(here());
    point(all[Math.min(Math.max(now + n, 0), all.length - 1)]);
  }
  function hop(n) {
    const all = lanes().filter((lane) => cards(lane).length), mine = here()?.closest(".lane"), at = mine ? cards(mine).indexOf(here()) : 0;
    const lane = all[Math.min(Math.max(all.indexOf(mine) + n, 0), all.length - 1)];
    if (lane) { const those = cards(lane); point(those[Math.min(at, those.length - 1)]); }
  }
  async function fresh(id) {
    await htmx.ajax("GET", location.pathname + location.search, { target: "#lanes", swap: "innerHTML" });
    dress();
    point($(`#lanes [data-card="${id}"]`));
  }
  let moving = false, queue = Promise.resolve(); // one after the other, however fast the keys
  const move = (which, where) => { queue = queue.then(() => moved(which(), where)); };
  async function moved(card, where) {
    const lane = card && where(card);
    if (!lane || card.closest(".lane") === lane) { return; }
    const place = card.closest("li"), home = place.parentElement, before = place.nextElementSibling, id = card.dataset.card;
    $(".cards", lane).prepend(place);
    try {
      const once = $("[name=once]", card)?.value || `${Date.now()}-${id}`;
      const told = await send(board().dataset.move, { id, to: lane.dataset.state, once: `${once}-${lane.dataset.state}` });
      await fresh(id);
      if (told.text) { say(told.text); }
    } catch (error) {
      home.insertBefore(place, before);
      point(card);
      say(error.message, true);
    }
  }
  const beside = (way) => (card) => { const all = lanes(); return all[all.indexOf(card.closest(".lane")) + way]; };
  const named = (state) => () => $(`#lanes .lane[data-state="${state}"]`);
  const same = (card) => { const id = card.dataset.card; return () => $(`#lanes [data-card="${id}"]`); };
  function dress() { cards().forEach((card) => { card.draggable = true; }); }

  function keys(event) {
    const card = here() || event.target.closest(".card-x");
    if (event.key === "j" || event.key === "k") { step(event.key === "j" ? 1 : -1); return true; }
    if ((event.key === "ArrowRight" || event.key === "ArrowLeft") && card) {
      const way = event.key === "ArrowRight" ? 1 : -1;
      if (event.shiftKey) { hop(way); } else { move(same(card), beside(way)); }
      return true;
    }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && card) { step(event.key === "ArrowDown" ? 1 : -1); return true; }
    if (event.key === "m" && card) { const menu = $("details", card); if (menu) { menu.open = true; $("button", menu).focus(); return true; } }
    return false;
  }

  /* ---- days ---- */
  const days = () => $("[data-days]"), cells = () => $$("td[data-day]", days());
  function day(cell) {
    cells().forEach((c) => { c.tabIndex = c === cell ? 0 : -1; });
    cell.focus();
  }
  function turn(way, iso) {
    const link = $(`[data-turn=${way}]`);
    if (link) { sessionStorage.setItem("day", iso || ""); link.click(); }
  }
  const shifted = (iso, n) => { const d = new Date(`${iso}T00:00Z`); d.setUTCDate(d.getUTCDate() + n); return d.toISOString().slice(0, 10); };
  async function put(event, iso) {
    const table = days(), was = event.closest("td").dataset.day;
    if (moving || was === iso) { return; }
    moving = true;
    try {
      await send(`${table.dataset.quickPath}/${event.dataset.event}/quick`, { name: table.dataset.name, value: iso, was, revision: event.dataset.revision });
      sessionStorage.setItem("event", event.dataset.event);
      location.reload();
    } catch (error) { say(error.message, true); }
    moving = false;
  }
  const ARROWS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  function dayKeys(event) {
    const cell = event.target.closest("td[data-day]"), entry = event.target.closest("[data-event], .event");
    if (event.altKey && entry?.dataset.event && ARROWS[event.key]) { put(entry, shifted(cell.dataset.day, ARROWS[event.key])); return true; }
    if (event.altKey || event.ctrlKey || event.metaKey) { return false; }
    if (!cell) {
      if (ARROWS[event.key] && event.target === document.body) { day(cells().find((c) => c.tabIndex === 0)); return true; }
      return false;
    }
    if (event.key === "PageUp" || event.key === "PageDown") { turn(event.key === "PageUp" ? "before" : "after"); return true; }
    if (entry && event.key === "Escape") { day(cell); return true; }
    if (entry && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const those = $$("a.event", cell), next = those[those.indexOf(entry) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { next.focus(); } else { day(cell); }
      return true;
    }
    if (event.target !== cell) { return false; }
    if (ARROWS[event.key]) {
      const iso = shifted(cell.dataset.day, ARROWS[event.key]), next = $(`td[data-day="${iso}"]`, days());
      if (next) { day(next); } else { turn(ARROWS[event.key] < 0 ? "before" : "after", iso); }
      return true;
    }
    if (event.key === "Enter") { ($("a.event", cell) || $(".day-add", cell))?.focus(); return true; }
    if (event.key === "c") { const add = $(".day-add", cell); if (add) { add.click(); return true; } }
    return false;
  }

  document.addEventListener("keydown", (event) => {
    if (busy(event.target) || $("#overlay").firstElementChild) { return; }
    const done = days() ? dayKeys(event) : board() && !event.ctrlKey && !event.metaKey && !event.altKey && keys(event);
    if (done) { event.preventDefault(); event.stopPropagation(); }
  }, true);

  /* ---- by pointer ---- */
  let held = null;
  document.addEventListener("dragstart", (event) => {
    held = event.target.closest?.(".card-x, [data-event]") || null;
    if (held) { event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", held.textContent.trim()); held.classList.add("is-held"); }
  });
  const target = (event) => held && event.target.closest?.(held.matches(".card-x") ? ".lane" : "td[data-day]");
  document.addEventListener("dragover", (event) => {
    const place = target(event);
    if (!place) { return; }
    event.preventDefault();
    $$(".is-over").forEach((p) => p.classList.toggle("is-over", p === place));
    place.classList.add("is-over");
  });
  document.addEventListener("drop", (event) => {
    const place = target(event);
    if (!place) { return; }
    event.preventDefault();
    if (held.matches(".card-x")) { move(same(held), named(place.dataset.state)); } else { put(held, place.dataset.day); }
  });
  document.addEventListener("dragend", () => { held?.classList.remove("is-held"); held = null; $$(".is-over").forEach((p) => p.classList.remove("is-over")); });
  document.addEventListener("focusin", (event) => { const card = event.target.closest?.(".card-x"); if (card) { point(card, false); } });
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".card-move [name=to]");
    if (!button) { return; }
    if (named(button.value)()) { event.preventDefault(); const card = button.closest(".card-x"); $("details", card).open = false; move(same(card), named(button.value)); }
  });

  if (board()) { dress(); document.addEventListener("htmx:afterSettle", dress); }
  if (days()) {
    const wanted = sessionStorage.getItem("day"), moved = sessionStorage.getItem("event");
    sessionStorage.removeItem("day"); sessionStorage.removeItem("event");
    const start = $(`td[data-day="${wanted}"]`, days()) || $("td.today", days()) || $("td:not(.other)", days());
    cells().forEach((c) => { c.tabIndex = c === start ? 0 : -1; });
    $$("[data-event]", days()).forEach((e) => { e.draggable = true; });
    if (moved) { $(`[data-event="${moved}"]`, days())?.focus(); } else if (wanted !== null) { start.focus(); }
  }
})();
