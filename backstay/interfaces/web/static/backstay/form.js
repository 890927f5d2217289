/* Forms: saved as one types, figures from the server, a grid for the keyboard. Without it the form is sent whole. */
(() => {
  "use strict";
  const form = document.querySelector("[data-form]");
  if (!form) { return; }
  const $ = (selector, from = form) => from.querySelector(selector);
  const $$ = (selector, from = form) => [...from.querySelectorAll(selector)];
  const words = $("[data-saved]").dataset.words.split("|");
  const body = $("[data-grid] tbody");
  const touched = new Set();
  const kept = () => `typed:${location.pathname}`;
  let timer = 0, busy = false, again = false, leaving = false;

  /* ---- names ---- */
  const place = (input) => {
    const [part, first] = input.name.split(".");
    return part === "h" || part === "l" ? first : "";
  };
  const rows = () => $$("tr[data-line]");
  const message = (row) => row.nextElementSibling;
  const cells = (row) => $$("input:not([type=hidden]), select", row);
  const hidden = (input) => { const next = input.nextElementSibling; return next?.type === "hidden" ? next : null; };
  function order() {
    const keys = $("[name=keys]");
    if (keys) { keys.value = rows().map((r) => r.dataset.line).join(","); }
    rows().forEach((row, n) => { $(".ln .cell", row).textContent = n + 1; row.classList.toggle("is-empty", cells(row).every((c) => !c.value)); });
  }
  function touch(input) {
    const name = place(input);
    if (name) { touched.add(name); }
    clearTimeout(timer);
    timer = setTimeout(save, 700);
  }

  /* ---- saving ---- */
  function said(text, tone = "") { const s = $("[data-saved]"); s.textContent = text; s.classList.toggle("bad", tone === "bad"); }
  const token = () => (document.cookie.match(/backstay_csrf=([^;]+)/) || [])[1] || $("[name=csrfmiddlewaretoken]").value;
  async function save() {
    if (leaving) { return; }
    if (busy) { again = true; return; }
    busy = true;
    order();
    const whole = new URLSearchParams(new FormData(form)), sent = [...touched], known = form.dataset.draft !== "";
    // What the draft holds already need not travel again: lines nobody touched are named by their keys alone.
    const data = new URLSearchParams([...whole].filter(([name]) => !known || !name.startsWith("l.") || touched.has(name.split(".")[1])));
    data.set("do", "save");
    data.set("touched", sent.join(","));
    touched.clear();
    said(words[0] + " …");
    try {
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body: data, headers: { Accept: "application/json", "X-CSRFToken": token() } });
      if (answer.status === 401 || answer.status === 403) { throw new Error("session"); }
      if (answer.status === 404 || answer.status === 409) {
        const told = await answer.json();
        throw new Error(`${told.message}. ${told.remedy}`);
      }
      if (!answer.ok) { throw new TypeError("server"); }
      show(await answer.json());
      localStorage.removeItem(kept());
    } catch (error) {
      sent.forEach((name) => touched.add(name));
      try { localStorage.setItem(kept(), whole.toString()); } catch { /* no storage */ }
      said(error.message === "session" ? words[3] : error instanceof TypeError ? words[2] : error.message, "bad");
      clearTimeout(timer);
      timer = setTimeout(save, 5000);
    }
    busy = false;
    if (again) { again = false; save(); }
  }
  function show(told) {
    const now = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    said(`${words[1]} ${now}`);
    if (String(told.id) !== form.dataset.draft) {
      const old = kept();
      form.dataset.draft = told.id;
      form.setAttribute("action", told.href);
      history.replaceState(null, "", told.href);
      localStorage.removeItem(old);
      $$("[data-when-draft]").forEach((b) => { b.hidden = false; });
    }
    $("[name=revision]").value = told.revision;
    for (const [name, text] of Object.entries(told.fresh)) {
      const input = form.elements[`h.${name}`];
      if (input && input !== document.activeElement && !touched.has(name)) { input.value = text; }
    }
    $$("[data-note]").forEach((note) => {
      const name = note.dataset.note, clash = told.conflicts[name], input = form.elements[`h.${name}`];
      const error = input === document.activeElement || touched.has(name) ? "" : told.errors[name];
      note.textContent = clash ? `${clash[1]} ≠ ${clash[0]}` : error || note.dataset.help;
      note.classList.toggle("bad", Boolean(clash || error));
      if (input?.classList) { input.classList.toggle("is-invalid", Boolean(error)); input.setAttribute("aria-invalid", String(Boolean(error))); }
    });
    rows().forEach((row) => {
      const here = touched.has(row.dataset.line) || row.contains(document.activeElement);
      const errors = (!here && told.lines[row.dataset.line]) || {}, line = message(row);
      cells(row).forEach((c) => c.classList.toggle("is-invalid", Boolean(errors[c.name.split(".")[2]])));
      line.hidden = Object.keys(errors).length === 0;
      line.lastElementChild.textContent = Object.values(errors).join(" ");
      const figures = told.cells[row.dataset.line] || [];
      $$("[data-told]", row).forEach((cell, n) => { cell.textContent = figures[n] ?? ""; });
      usual(row, told.prices[row.dataset.line]);
    });
    $("#totals").innerHTML = told.totals;
    if ($("[data-total]")) { const sum = $("#totals dd:last-of-type"); $("[data-total]").textContent = sum ? [...sum.childNodes].map((n) => n.textContent.trim()).join(" ") : ""; }
    document.getElementById("notices").innerHTML = told.notices;
    document.getElementById("aside").innerHTML = told.aside;
  }
  form.addEventListener("input", (event) => {
    if (event.target.dataset.ahead !== undefined) { const id = hidden(event.target); if (id) { id.value = ""; } look(event.target); }
    touch(event.target);
    grow(event.target);
    event.target.closest("tr[data-line]")?.classList.remove("is-empty");
  });
  form.addEventListener("change", (event) => touch(event.target));
  form.addEventListener("submit", () => { leaving = true; order(); clearTimeout(timer); localStorage.removeItem(kept()); });
  addEventListener("pageshow", (event) => { if (event.persisted) { location.reload(); } });
  addEventListener("beforeunload", (event) => { if (touched.size && !leaving) { save(); event.preventDefault(); } });

  /* ---- grid ---- */
  /* What stands where nothing is typed: a pale price is the price list's, and follows it. */
  function usual(row, prices) {
    for (const [name, text] of Object.entries(prices || {})) {
      const input = $$("input", row).find((i) => i.name.endsWith(`.${name}`));
      if (input) { input.placeholder = text; }
    }
  }
  function fresh(like) {
    const row = like.cloneNode(true), note = message(like).cloneNode(true), key = `n${Math.random().toString(36).slice(2, 10)}`, old = like.dataset.line;
    row.dataset.line = key;
    row.classList.remove("is-cursor");
    $$("[name]", row).forEach((input) => { input.name = input.name.replace(`l.${old}.`, `l.${key}.`); input.value = ""; input.removeAttribute("placeholder"); input.classList.remove("is-invalid"); input.removeAttribute("aria-describedby"); });
    $$(".ahead", row).forEach((list) => list.remove());
    $$("[data-told]", row).forEach((cell) => { cell.textContent = ""; });
    note.hidden = true;
    note.lastElementChild.id = `e-${key}`;
    note.lastElementChild.textContent = "";
    return [row, note];
  }
  function add() {
    const like = rows().at(-1), [row, note] = fresh(like);
    body.append(row, note);
    rename(row, rows().length);
    return row;
  }
  function rename(row, n) { $$("[aria-label]", row).forEach((input) => input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+$/, n))); }
  function grow(input) { const row = input.closest("tr[data-line]"); if (row && row === rows().at(-1) && input.value) { add(); order(); } }
  function drop(row) {
    const all = rows(), at = all.indexOf(row);
    touched.add(row.dataset.line);
    if (all.length === 1) { cells(row).forEach((c) => { c.value = ""; }); } else { message(row).remove(); row.remove(); }
    order();
    cells(rows()[Math.min(at, rows().length - 1)])[0]?.focus();
    touch({ name: "" });
    timer = setTimeout(save, 300);
  }
  function move(row, step) {
    const all = rows(), other = all[all.indexOf(row) + step];
    if (!other) { return; }
    const note = message(row);
    if (step > 0) { message(other).after(row, note); } else { other.before(row, note); }
    order();
    touched.add(row.dataset.line);
    timer = setTimeout(save, 300);
  }
  function step(input, forward) {
    const row = input.closest("tr[data-line]"), mine = cells(row), next = mine[mine.indexOf(input) + (forward ? 1 : -1)];
    if (next) { next.focus(); next.select?.(); return; }
    const all = rows(), following = all[all.indexOf(row) + (forward ? 1 : -1)] || (forward ? add() : null);
    order();
    const target = following && cells(following).at(forward ? 0 : -1);
    target?.focus();
    target?.select?.();
  }
  form.addEventListener("keydown", (event) => {
    const input = event.target, row = input.closest("tr[data-line]"), list = input.parentElement.querySelector(".ahead");
    if (list && ahead(event, input, list)) { return; }
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && input.matches("input:not([type=checkbox])")) {
      event.preventDefault();
      if (row) { step(input, !event.shiftKey); } else { const all = $$("input:not([type=hidden]), select, textarea"); all[all.indexOf(input) + 1]?.focus(); }
      return;
    }
    if (!row) { return; }
    const mine = cells(row), n = mine.indexOf(input), all = rows();
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "d") {
      event.preventDefault();
      const above = all[all.indexOf(row) - 1];
      if (above) {
        input.value = cells(above)[n].value;
        if (hidden(input)) { hidden(input).value = hidden(cells(above)[n]).value; }
        touch(input); grow(input);
      }
    } else if ((event.ctrlKey || event.metaKey) && event.key === "Backspace") { event.preventDefault(); drop(row); }
    else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) { event.preventDefault(); move(row, event.key === "ArrowDown" ? 1 : -1); input.focus(); }
    else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && input.tagName !== "SELECT") {
      const other = all[all.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)];
      if (other) { event.preventDefault(); cells(other)[n].focus(); cells(other)[n].select?.(); }
    } else if (event.key === "Escape") { $("textarea, [name=do]")?.focus(); }
  });
  form.addEventListener("click", (event) => { const button = event.target.closest("[data-drop-line]"); if (button) { drop(button.closest("tr")); } });
  form.addEventListener("paste", (event) => {
    const input = event.target, row = input.closest?.("tr[data-line]"), text = event.clipboardData.getData("text");
    if (!row || !/[\t\n]/.test(text.trim())) { return; }
    event.preventDefault();
    const table = text.replace(/\r/g, "").replace(/\n+$/, "").split("\n").slice(0, 5000).map((l) => l.split("\t"));
    const first = cells(row).indexOf(input), all = rows(), at = all.indexOf(row), like = all.at(-1), made = [];
    for (let need = at + table.length - all.length; need > 0; need -= 1) { made.push(...fresh(like)); }
    body.append(...made);
    const now = rows();
    table.forEach((texts, n) => {
      const mine = cells(now[at + n]);
      texts.forEach((t, k) => {
        const cell = mine[first + k];
        if (cell) { cell.value = t.trim(); const id = hidden(cell); if (id) { id.value = ""; } }
      });
      touched.add(now[at + n].dataset.line);
    });
    order();
    rows().forEach((r, n) => rename(r, n + 1));
    add(); order();
    save();
  });

  /* ---- type-ahead ---- */
  let looking = 0, asked = null;
  function look(input) {
    clearTimeout(looking);
    looking = setTimeout(async () => {
      asked?.abort();
      asked = new AbortController();
      const party = form.elements["h.party.id"]?.value || "", row = input.closest("tr[data-line]");
      const quantity = (row && $$("input", row).find((i) => i.name.endsWith(".quantity"))?.value) || "";
      const query = new URLSearchParams({ kind: input.dataset.ahead, q: input.value, for: form.dataset.form, party, quantity });
      try {
        const answer = await fetch(`/find/ref?${query}`, { signal: asked.signal, headers: { Accept: "application/json" } });
        if (answer.ok && document.activeElement === input) { list(input, await answer.json()); }
      } catch { /* a newer question is on its way */ }
    }, 140);
  }
  function shut(input) {
    input.parentElement.querySelector(".ahead")?.remove();
    input.removeAttribute("aria-activedescendant");
    if (input.hasAttribute("role")) { input.setAttribute("aria-expanded", "false"); }
  }
  const made = (tag, cls, text) => { const el = document.createElement(tag); el.className = cls; if (text !== undefined) { el.textContent = text; } return el; };
  function list(input, told) {
    shut(input);
    if (!told.options.length) { return; }
    const box = made("div", "ahead"), options = made("div", "");
    box.id = "ahead";
    options.setAttribute("role", "listbox");
    options.setAttribute("aria-label", input.getAttribute("aria-label") || "");
    told.options.forEach((each, n) => {
      const option = made("div", ""), text = made("span", "");
      option.id = `ahead-${n}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", String(n === 0));
      text.append(made("span", "med", each.text), made("span", "sub", each.sub));
      option.append(text, made("span", `sm text-end num ${each.tone}`, each.stock), made("span", "amt med", each.price));
      option.addEventListener("mousedown", (event) => { event.preventDefault(); take(input, each); });
      option.told = each;
      options.append(option);
    });
    box.append(options);
    input.parentElement.append(box);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", "ahead");
    input.setAttribute("aria-activedescendant", "ahead-0");
  }
  function take(input, each) {
    input.value = each.value;
    const id = hidden(input), row = input.closest("tr[data-line]");
    if (id) { id.value = each.id; }
    for (const [name, text] of Object.entries(each.fill || {})) {
      const other = row && $$("input", row).find((i) => i.name.endsWith(`.${name}`));
      if (other && (!other.value || other.dataset.filled)) { other.value = text; other.dataset.filled = "1"; }
    }
    if (row) { usual(row, each.usual); }
    shut(input);
    input.classList.remove("is-invalid");
    touch(input);
    grow(input);
  }
  function ahead(event, input, box) {
    const options = [...box.querySelectorAll("[role=option]")], now = options.findIndex((o) => o.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = options[(now + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length];
      options.forEach((o) => o.setAttribute("aria-selected", String(o === next)));
      input.setAttribute("aria-activedescendant", next.id);
      return true;
    }
    if ((event.key === "Enter" && !event.ctrlKey) || (event.key === "Tab" && !event.shiftKey)) {
      if (input.value.trim()) { take(input, options[now].told); } else { shut(input); }
      return false;
    }
    if (event.key === "Escape") { event.preventDefault(); shut(input); return true; }
    return false;
  }
  form.addEventListener("focusin", (event) => {
    const row = event.target.closest("tr[data-line]");
    rows().forEach((r) => r.classList.toggle("is-cursor", r === row));
    if (event.target.dataset?.ahead !== undefined && !event.target.value && row) { look(event.target); }
  });
  form.addEventListener("focusout", (event) => { if (event.target.dataset?.ahead !== undefined) { clearTimeout(looking); shut(event.target); } });

  /* ---- beside the form ---- */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add], [data-desk=line]");
    if (!button || !body) { return; }
    const empty = rows().find((r) => cells(r).every((c) => !c.value)) || add();
    const [first, second] = [cells(empty)[0], cells(empty).find((c) => c.name.endsWith(".quantity"))];
    if (button.dataset.add) { first.value = button.dataset.add; if (second) { second.value = button.dataset.quantity; } touch(first); grow(first); }
    order();
    first.focus();
  });

  /* ---- what was typed when the connection or the session was gone ---- */
  const before = (() => { try { return localStorage.getItem(kept()); } catch { return null; } })();
  if (before && body) {
    const data = new URLSearchParams(before);
    for (const key of (data.get("keys") || "").split(",")) {
      if (key && [...data.keys()].some((n) => n.startsWith(`l.${key}.`)) && !rows().some((r) => r.dataset.line === key)) {
        const row = rows().find((r) => cells(r).every((c) => !c.value)) || add(), old = row.dataset.line;
        row.dataset.line = key;
        $$("[name]", row).forEach((input) => { input.name = input.name.replace(`l.${old}.`, `l.${key}.`); });
      }
    }
  }
  if (before) {
    for (const [name, text] of new URLSearchParams(before)) {
      const input = form.elements[name];
      if (/^[hl]\./.test(name) && input && "value" in input && input.type !== "checkbox" && input.value !== text) { input.value = text; touched.add(place(input)); }
    }
    order();
    if (touched.size) { save(); }
  }
})();
