/* Reconciliation: the line at hand, what is left of it. Without it the server says the same after sending. */
(() => {
  "use strict";
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

  /* A typed figure in smallest steps, read as the server reads it: the reader's marks first, then the other way round. */
  function steps(text, scale, mark) {
    const plain = text.replace(/\u2212/g, "-").replace(/[\s'’]/g, ""), minus = plain.startsWith("-"), body = plain.replace(/^[+-]/, "");
    for (const point of [mark, mark === "," ? "." : ","]) {
      const between = point === "," ? "." : ",";
      if (new RegExp(`^(\\d+|\\d{1,3}(\\${between}\\d{3})+)?(\\${point}\\d+)?$`).test(body) && body) {
        const [whole, rest = ""] = body.replaceAll(between, "").split(point), found = BigInt(whole + (rest + "000000").slice(0, scale));
        return minus ? -found : found;
      }
    }
    return 0n;
  }
  function left(form) {
    const scale = Number(form.dataset.scale), mark = form.dataset.mark, out = $("[data-left]", form);
    let rest = BigInt(form.dataset.parts);
    $$("[name=item]:checked", form).forEach((box) => { rest -= steps(form.elements[`amount.${box.value.split("|")[0]}`].value, scale, mark); });
    for (const name of ["account_amount", "rest_amount"]) { rest -= steps(form.elements[name].value, scale, mark); }
    const minus = rest < 0n, digits = String(minus ? -rest : rest).padStart(scale + 1, "0");
    const text = (minus ? "\u2212" : "") + digits.slice(0, digits.length - scale) + (scale ? mark + digits.slice(-scale) : "");
    out.textContent = `${text} ${out.dataset.word}`;
    out.classList.toggle("bad", rest !== 0n);
    form.dataset.left = (minus ? "-" : "") + text.replace("\u2212", "");
  }
  const every = () => $$("[data-parts]").forEach(left);
  document.addEventListener("input", (event) => { const form = event.target.closest("[data-parts]"); if (form) { left(form); } });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-parts]");
    if (form && event.target.name === "account" && event.target.value && !form.elements.account_amount.value) { form.elements.account_amount.value = form.dataset.left; }
    if (form) { left(form); }
    if (event.target.matches("[data-submit]")) { event.target.form.requestSubmit(); }
  });
  document.addEventListener("focusin", (event) => {
    const form = event.target.closest("[data-parts]");
    if (form && event.target.name === "rest_amount" && !event.target.value) { event.target.value = form.dataset.left; event.target.select(); left(form); }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "bench") { return; }
    const link = event.detail.requestConfig.elt;
    $$("[data-bank] tr").forEach((row) => { row.classList.toggle("is-selected", row.contains(link)); row.classList.toggle("is-cursor", row.contains(link)); });
    $$("[data-bank] a[aria-current]").forEach((a) => a.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "true");
    history.replaceState(null, "", link.getAttribute("href"));
    every();
  });
  document.addEventListener("DOMContentLoaded", every);
})();
