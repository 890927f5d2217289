/* Lines with quantities: what a scanner types is counted here by the rules of scanning.py; whatever is not known here is
   asked of the server, which also shows what would be posted. Without this file the same form goes there and back. */
(() => {
  "use strict";
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const form = () => $("form[data-work]");
  const norm = (code) => { const told = code.trim().toLowerCase().replace(/ /g, "\u00a0"); return /^\d{8,14}$/.test(told) ? told.replace(/^0+/, "") : told; };
  const fill = (text, parts) => text.replace(/%[a-z]/g, (m) => parts[m[1]] ?? m);

  /* ---- figures: whole steps, never floating ---- */
  const mark = () => form().dataset.mark || ".";
  function steps(text, scale) {
    const plain = text.replace(/[\s'\u2019]/g, "");
    if (plain === "") { return 0n; }
    const [dot, comma] = mark() === "," ? [",", "\\."] : ["\\.", ","];
    for (const [between, point] of [[comma, dot], [dot, comma]]) {
      if (new RegExp(`^(\\d+|\\d{1,3}(${between}\\d{3})+)?(${point}\\d+)?$`).test(plain)) {
        const [whole, rest = ""] = plain.replace(new RegExp(between, "g"), "").split(new RegExp(point));
        if (whole.length > 15 || /[1-9]/.test(rest.slice(scale))) { return null; }
        return BigInt((whole || "0") + rest.slice(0, scale).padEnd(scale, "0"));
      }
    }
    return null;
  }
  function text(count, scale) {
    const digits = String(count).padStart(scale + 1, "0"), rest = scale ? digits.slice(-scale).replace(/0+$/, "") : "";
    return digits.slice(0, digits.length - scale) + (rest ? mark() + rest : "");
  }
  const inputs = (row) => $$("[data-q]", row);
  const scaleOf = (row) => Number(row.dataset.scale);
  const told = (row, name) => steps(row.dataset[name], scaleOf(row)) ?? 0n;
  function sum(row, fresh) {
    let all = 0n;
    for (const box of inputs(row)) {
      if (fresh && box.value === proposal(row, box)) { continue; }
      const mine = steps(box.value, scaleOf(row));
      if (mine === null) { return null; }
      all += mine;
    }
    return all;
  }
  const proposal = (row, box) => (form().dataset.propose && box.name.startsWith("q.") ? row.dataset.offer : form().dataset.zero);

  /* ---- what stands beside a line ---- */
  function state(row) {
    const out = $("[data-state]", row), words = form().dataset.states.split("|"), now = sum(row, false);
    const left = told(row, "left"), most = row.dataset.most === "" ? null : told(row, "most");
    if ("count" in form().dataset) {
      const any = inputs(row).some((q) => q.value.trim() !== "");
      row.dataset.is = !any ? 0 : now === null ? 3 : 1;
      out.textContent = words[row.dataset.is];
      return false;
    }
    const which = now === null || (most !== null && now > most) ? 3 : now === 0n ? 0 : now < left ? 1 : 2;
    row.dataset.is = which;
    out.textContent = words[which] || "";
    return which === 2;
  }
  function all() {
    if (!form()) { return; }
    const rows = $$("[data-row]"), full = rows.filter(state).length, tally = $("[data-tally]");
    if (tally) { tally.textContent = fill(tally.dataset.words, { a: full, b: rows.length, c: rows.filter((r) => r.dataset.is !== "0").length }); }
  }
  let timer = 0;
  function preview(delay) {
    clearTimeout(timer);
    timer = setTimeout(() => { if (form() && $("#posting")) { htmx.ajax("POST", location.href, { source: form(), target: "#posting", swap: "innerHTML", values: { do: "preview" } }); } }, delay);
  }
  function changed(delay = 450) { all(); preview(delay); }

  /* ---- scanning ---- */
  function say(ok, words, row) {
    const out = $("#said");
    out.classList.toggle("is-ok", ok);
    out.classList.toggle("is-bad", !ok);
    $("[data-said]", out).textContent = words;
    $$("[data-row].is-hit").forEach((r) => r.classList.remove("is-hit"));
    if (row) { row.classList.add("is-hit"); row.scrollIntoView({ block: "nearest" }); }
    if (!ok) { alarm(); }
  }
  function alarm() {
    try {
      navigator.vibrate?.(180);
      const sound = new AudioContext(), tone = sound.createOscillator();
      tone.frequency.value = 180; tone.connect(sound.destination); tone.start(); tone.stop(sound.currentTime + 0.18);
      tone.onended = () => sound.close();
    } catch { /* no sound here */ }
  }
  function withCode(code) {
    const wanted = norm(code);
    return wanted ? $$("[data-row]").filter((row) => row.dataset.codes.split(" ").includes(wanted)) : [];
  }
  function scan(box) {
    const typed = box.value.trim(), words = form().dataset.words.split("|");
    if (!typed) { return; }
    let rows = withCode(typed), count = "1";
    if (!rows.length && typed.includes("*")) { count = typed.slice(0, typed.indexOf("*")); rows = withCode(typed.slice(count.length + 1)); }
    if (!rows.length) { ask("scan"); return; }
    box.value = "";
    const first = rows[0], wanted = steps(count, scaleOf(first)), into = form().elements.into?.value || "q";
    if (wanted === null || wanted === 0n) { say(false, fill(words[4], { t: typed }), first); return; }
    const fresh = form().dataset.by === "hand" && Boolean(form().dataset.propose), parts = [];
    let rest = wanted, room = 0n;
    for (const row of rows) {
      const now = sum(row, fresh);
      if (now === null) { say(false, fill(words[5], { i: row.dataset.title }), row); return; }
      const free = row.dataset.most === "" ? rest : told(row, "most") - now, take = free < rest ? free : rest;
      if (free > 0n) { room += free; }
      if (take > 0n) { parts.push([row, take]); rest -= take; }
    }
    if (rest > 0n) { say(false, fill(words[0], { n: text(wanted, scaleOf(first)), i: first.dataset.title, l: text(room, scaleOf(first)) }), first); return; }
    if (fresh) { $$("[data-row]").forEach((row) => inputs(row).forEach((q) => { if (q.value === proposal(row, q)) { q.value = form().dataset.zero; } })); }
    form().dataset.by = "scan"; form().elements.by.value = "scan";
    for (const [row, take] of parts) { add(row, into, take); }
    const log = form().elements.log, entry = parts.map(([row, take]) => `${row.dataset.row}:${take}:${into}`).join("|");
    log.value = log.value ? `${log.value};${entry}` : entry;
    const last = parts[parts.length - 1][0];
    const of = last.dataset.most === "" ? "" : " \u00b7 " + fill(words[1], { a: text(sum(last, false), scaleOf(last)), b: last.dataset.left });
    say(true, `${text(wanted, scaleOf(first))} \u00d7 ${first.dataset.title}${of}`, last);
    changed(900);
  }
  function add(row, name, more) {
    const box = inputs(row).find((q) => q.name.startsWith(`${name}.`));
    const now = (steps(box.value, scaleOf(row)) ?? 0n) + more;
    box.value = now > 0n ? text(now, scaleOf(row)) : form().dataset.zero;
    box.dispatchEvent(new Event("counted", { bubbles: true }));
  }
  function undo() {
    const log = form().elements.log, entries = log.value ? log.value.split(";") : [], words = form().dataset.words.split("|");
    if (!entries.length) { say(false, words[3]); return; }
    let row = null;
    for (const part of entries.pop().split("|")) {
      const [key, count, name] = part.split(":");
      row = $$("[data-row]").find((r) => r.dataset.row === key) || row;
      if (row) { add(row, name, -BigInt(count)); }
    }
    log.value = entries.join(";");
    say(true, fill(words[2], { i: row ? row.dataset.title : "" }), row);
    changed(900);
  }
  /* The server decides: the same form, answered in place. */
  function ask(what) {
    clearTimeout(timer);
    htmx.ajax("POST", location.href, { source: form(), target: "#work", select: "#work", swap: "outerHTML", values: { do: what } }).then(() => {
      all();
      $("#scan")?.focus();
      if ($("#said.is-bad")) { alarm(); }
    });
  }

  /* ---- keys and clicks ---- */
  function go(box, by) {
    const name = box.name.split(".")[0], boxes = $$(`[data-q][name^="${name}."]`), next = boxes[boxes.indexOf(box) + by];
    if (next) { next.focus(); next.select(); } else if (by > 0) { $("#scan, [data-after]")?.focus(); }
  }
  document.addEventListener("keydown", (event) => {
    if (!form()) { return; }
    const at = event.target, key = event.key, ctrl = event.ctrlKey || event.metaKey;
    if (at.id === "scan" && key === "Enter" && !ctrl) { event.preventDefault(); scan(at); return; }
    if (at.id === "scan" && ctrl && key.toLowerCase() === "z" && !at.value) { event.preventDefault(); undo(); return; }
    if (at.matches("[data-q]") && (key === "Enter" || key === "ArrowDown" || key === "ArrowUp") && !ctrl) {
      event.preventDefault();
      go(at, key === "ArrowUp" || event.shiftKey ? -1 : 1);
      return;
    }
    if (at.matches("input:not([type=checkbox], [type=radio])") && key === "Enter" && !ctrl && at.form === form()) { event.preventDefault(); ($("#scan") || $("[data-q]"))?.focus(); return; }
    /* A scanner types wherever the cursor stands: outside a field it means the scan field. */
    if ($("#scan") && !$("#overlay > *") && key.length === 1 && key !== "?" && key !== " " && !ctrl && !event.altKey && !at.matches("input:not([type=radio], [type=checkbox]), textarea, select, dialog *")) {
      event.stopPropagation();
      $("#scan").focus();
    }
  }, true);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("form[data-work] button");
    if (!button) { return; }
    if (button.dataset.step) {
      const box = $("[data-q]", button.parentElement), row = button.closest("[data-row]");
      const now = (steps(box.value, scaleOf(row)) ?? 0n) + BigInt(button.dataset.step) * 10n ** BigInt(scaleOf(row));
      box.value = text(now > 0n ? now : 0n, scaleOf(row));
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (button.name !== "do") { return; }
    if (button.value === "scan" && $("#scan") && event.detail > 0) { event.preventDefault(); if ($("#scan").value.trim()) { scan($("#scan")); } $("#scan").focus(); }
    if (button.value === "undo") { event.preventDefault(); undo(); $("#scan").focus(); }
    if (button.value === "all" || button.value === "none") {
      event.preventDefault();
      const every = button.value === "all";
      $$("[data-row]").forEach((row) => inputs(row).forEach((q) => {
        const before = q.value;
        q.value = every && q.name.startsWith("q.") ? row.dataset.offer : form().dataset.zero;
        if (q.value !== before) { q.dispatchEvent(new Event("counted", { bubbles: true })); }
      }));
      form().dataset.by = every ? "hand" : "scan"; form().elements.by.value = form().dataset.by; form().elements.log.value = "";
      changed();
    }
  });
  document.addEventListener("input", (event) => {
    if (!event.target.form?.matches("[data-work]") || event.target.id === "scan") { return; }
    const note = event.target.matches(".is-invalid") && document.getElementById(event.target.getAttribute("aria-describedby"));
    if (note) { event.target.classList.remove("is-invalid"); event.target.removeAttribute("aria-invalid"); if (note.classList.contains("bad")) { note.replaceChildren(); } }
    changed();
  });
  document.addEventListener("focusin", (event) => { if (event.target.matches("[data-q]")) { event.target.select(); } });
  document.addEventListener("filled", all); // boxes were filled by a program, not by who types
  document.addEventListener("DOMContentLoaded", all);
})();
