/* The desk: keys, menus, lists, palette. Every page works without it; it adds speed. Forms are in form.js. */
(() => {
  "use strict";
  const root = document.documentElement;
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const typing = (el) => el.matches("input, textarea, select, [contenteditable]");
  const overlay = () => $("#overlay");

  /* ---- overlay: palette and keyboard map ---- */
  let before = null;
  function open(url) {
    before = document.activeElement;
    htmx.ajax("GET", url, { target: "#overlay", swap: "innerHTML" }).then(() => {
      ($("#pal") || $("[role=dialog]", overlay()))?.focus();
      choose(0);
    });
  }
  function close() {
    if (!overlay()?.firstElementChild) { return false; }
    overlay().replaceChildren();
    before?.focus();
    return true;
  }
  function choose(step) {
    const options = $$(".pal-opt", overlay());
    if (!options.length || !$("#pal")) { return; }
    const now = options.findIndex((o) => o.getAttribute("aria-selected") === "true");
    const next = options[step === 0 ? 0 : Math.min(Math.max(now + step, 0), options.length - 1)];
    options.forEach((o) => o.setAttribute("aria-selected", String(o === next)));
    $("#pal").setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "pal-list") { choose(0); } });

  /* ---- clicks ---- */
  const acts = {
    theme() {
      root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
      document.cookie = `backstay_theme=${root.dataset.bsTheme}; path=/; max-age=31536000; samesite=lax`;
    },
    side(button) { button.setAttribute("aria-expanded", String($("#side").classList.toggle("show"))); },
    palette() { open("/find"); },
    keys() { open("/keys"); },
    print() { window.print(); },
    all(box) { $$("tbody [name=ids]").forEach((b) => { b.checked = box.checked; mark(b); }); bulk(); },
    pick(button) { // on a phone rows show their boxes when asked for
      const on = $("#selection").classList.toggle("picking");
      button.setAttribute("aria-pressed", on);
      if (!on) { acts.unselect(); }
    },
    unselect() { $$("[name=ids], [name=every]").forEach((b) => { b.checked = false; if (b.name === "ids") { mark(b); } }); bulk(); },
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-desk]");
    if (button && acts[button.dataset.desk]) {
      if (button.tagName === "A") { event.preventDefault(); }
      acts[button.dataset.desk](button);
    }
    $$("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) { menu.open = false; } });
    if (!event.target.closest("#side, [data-desk=side]")) { $("#side")?.classList.remove("show"); }
    if (event.target.matches("[data-scrim]")) { close(); }
    const row = event.target.closest("[data-cursor] tbody tr");
    if (row && !event.target.closest(".picking") && !event.target.closest("a, input, button, label, summary") && !String(getSelection())) { $("a", row)?.click(); }
  });

  /* ---- asking before what is grave; no act twice ---- */
  let sure = false;
  document.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    if (button?.dataset.ask && !sure) {
      event.preventDefault();
      ask(button.dataset.ask, button.textContent.trim()).then((yes) => { if (yes) { sure = true; form.requestSubmit(button); } });
      return;
    }
    sure = false;
    if (form.method === "post") {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      setTimeout(() => { delete form.dataset.sent; }, 4000);
    }
  });
  addEventListener("pageshow", () => $$("form[data-sent]").forEach((form) => delete form.dataset.sent));
  function ask(question, word) {
    return new Promise((resolve) => {
      const dialog = document.createElement("dialog");
      dialog.className = "ask";
      const text = document.createElement("p"), row = document.createElement("div");
      text.id = "ask-text"; text.textContent = question; dialog.setAttribute("aria-labelledby", "ask-text");
      row.className = "row-x";
      for (const [label, cls, value] of [["Esc", "btn btn-line", false], [word, "btn btn-danger", true]]) {
        const b = document.createElement("button");
        b.type = "button"; b.className = cls; b.textContent = label;
        b.addEventListener("click", () => { dialog.close(); resolve(value); });
        row.append(b);
      }
      dialog.append(text, row);
      dialog.addEventListener("close", () => { dialog.remove(); resolve(false); });
      document.body.append(dialog);
      dialog.showModal();
      row.lastChild.focus();
    });
  }

  /* ---- lists ---- */
  function mark(box) { box.closest("tr").classList.toggle("is-selected", box.checked); }
  function bulk() {
    const bar = $("#bulk"), count = $$("[name=ids]:checked").length;
    const all = $("[data-desk=all]"), rows = $$("tbody [name=ids]").length;
    if (all) { all.indeterminate = count > 0 && count < rows; all.checked = count > 0 && !all.indeterminate; }
    if (bar) {
      const every = $("[name=every]", bar), whole = count > 0 && count === rows;
      if (every && !whole) { every.checked = false; }
      $(".every", bar)?.toggleAttribute("hidden", !whole);
      bar.hidden = count === 0; $("[data-count]", bar).textContent = every?.checked ? every.dataset.n : count;
    }
  }
  let last = null;
  document.addEventListener("change", (event) => { if (event.target.name === "every") { bulk(); } });
  document.addEventListener("click", (event) => {
    const row = event.detail > 0 && event.target.closest(".picking tbody tr"); // a tap anywhere; keys still open the link
    if (row && !event.target.closest("input")) { event.preventDefault(); $("[name=ids]", row)?.click(); return; }
    const box = event.target.closest("tbody [name=ids]");
    if (!box) { return; }
    if (event.shiftKey && last) {
      const boxes = $$("tbody [name=ids]"), [a, b] = [boxes.indexOf(last), boxes.indexOf(box)].sort((x, y) => x - y);
      boxes.slice(a, b + 1).forEach((x) => { x.checked = box.checked; mark(x); });
    }
    last = box; mark(box); bulk();
  });
  function cursor(step) {
    const rows = $$("[data-cursor] tbody tr");
    if (!rows.length) { return false; }
    const now = rows.findIndex((r) => r.classList.contains("is-cursor"));
    const next = rows[Math.min(Math.max(now + step, 0), rows.length - 1)];
    rows.forEach((r) => r.classList.toggle("is-cursor", r === next));
    next.scrollIntoView({ block: "nearest" });
    return true;
  }
  let timer = 0;
  document.addEventListener("input", (event) => {
    const box = event.target.closest("[data-live]");
    if (!box) { return; }
    clearTimeout(timer);
    timer = setTimeout(() => {
      const url = "?" + new URLSearchParams(new FormData(box.form));
      history.replaceState(null, "", url);
      htmx.ajax("GET", location.pathname + url, { target: box.dataset.live, swap: "innerHTML" });
    }, 180);
  });

  /* ---- keys ---- */
  const goes = { h: "/", o: "/sales/orders", i: "/invoicing/invoices", b: "/banking/reconcile", p: "/purchasing/orders", c: "/parties/parties", s: "/catalog/items", r: "/reports/trial-balance" };
  let going = 0;
  document.addEventListener("keydown", (event) => {
    const key = event.key, ctrl = event.ctrlKey || event.metaKey, at = event.target;
    if (ctrl && key.toLowerCase() === "k") { event.preventDefault(); open("/find"); return; }
    if (key === "Escape" && (close() || $$("details.menu[open]").some((m) => { m.open = false; $("summary", m).focus(); return true; }))) { return; }
    if (overlay()?.firstElementChild && $("#pal")) {
      if (key === "ArrowDown" || key === "ArrowUp") { event.preventDefault(); choose(key === "ArrowDown" ? 1 : -1); }
      if (key === "Enter") {
        const chosen = $(".pal-opt[aria-selected=true]");
        event.preventDefault();
        if (chosen && ctrl) { window.open(chosen.href); } else { chosen?.click(); }
      }
      return;
    }
    if (overlay()?.firstElementChild) {
      if (key === "Tab") { event.preventDefault(); }
      return;
    }
    if (ctrl && key === "Enter") { $("[data-key='ctrl+Enter']")?.click(); return; }
    if (typing(at) || ctrl || event.altKey) { return; }
    if (Date.now() - going < 1200 && goes[key]) { location.href = goes[key]; return; }
    going = 0;
    if (key === "g") { going = Date.now(); return; }
    if (key === "?") { open("/keys"); }
    else if (key === "/") { event.preventDefault(); $("[data-live]")?.focus(); }
    else if (key === "j" || key === "k") { cursor(key === "j" ? 1 : -1); }
    else if (key === "x") { $(".is-cursor [name=ids]")?.click(); }
    else if (key === "Enter") { if (!at.closest("a, button, summary")) { const link = $(".is-cursor a"); if (link) { link.click(); } else { $("[data-key=Enter]")?.focus(); event.preventDefault(); } } }
    else if (/^[1-9]$/.test(key)) { $$(".views a")[key - 1]?.click(); }
    else if (key === "f") { const menu = $("[data-menu=f]"); if (menu) { event.preventDefault(); menu.open = true; $("button, input, select", menu)?.focus(); } }
    else if (key === "m") { const box = $("[data-key-focus=m]"); if (box) { event.preventDefault(); box.focus(); } }
    else { const link = $(`[data-key="${CSS.escape(key)}"]`); if (link && !link.closest("[hidden]")) { event.preventDefault(); link.click(); } }
  });

  /* ---- files dropped, menus kept on the screen, toasts that go ---- */
  for (const type of ["dragover", "drop"]) {
    document.addEventListener(type, (event) => {
      const form = $("[data-drop]");
      if (!form || !event.dataTransfer?.types.includes("Files")) { return; }
      event.preventDefault();
      form.classList.toggle("is-over", type === "dragover");
      if (type === "drop") { $("[type=file]", form).files = event.dataTransfer.files; form.requestSubmit(); }
    });
  }
  document.addEventListener("change", (event) => { if (event.target.matches(".drop [type=file]") && event.target.files.length) { event.target.form.requestSubmit(); } });
  function toasts() {
    $$(".toast-x:not(.toast-error, [data-going])").forEach((t) => { t.dataset.going = "1"; setTimeout(() => t.remove(), 6000); });
  }
  document.addEventListener("DOMContentLoaded", () => {
    bulk(); toasts();
    $("[data-focus]")?.focus();
    htmx.config.getCacheBusterParam = false;
  });
  document.addEventListener("htmx:afterSettle", () => { bulk(); toasts(); });
  document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status === 401) { location.reload(); } });
})();
