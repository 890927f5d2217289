/* Payment run: what is ticked adds up while one ticks. Without it a button has the server add up. */
(() => {
  "use strict";
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const sum = (boxes) => boxes.reduce((total, box) => total + BigInt(box.dataset.steps), 0n);

  function shown(steps, scale, mark) {
    const minus = steps < 0n, digits = String(minus ? -steps : steps).padStart(scale + 1, "0");
    const whole = new Intl.NumberFormat(document.documentElement.lang).format(BigInt(digits.slice(0, digits.length - scale)));
    return (minus ? "\u2212" : "") + whole + (scale ? mark + digits.slice(-scale) : "");
  }
  function add(form) {
    const scale = Number(form.dataset.scale), text = (boxes) => shown(sum(boxes), scale, form.dataset.mark);
    $$("tbody", form).forEach((group) => { $("[data-ticked]", group).textContent = text($$("[data-steps]:checked", group)); });
    const ticked = $$("[data-steps]:checked", form);
    $("[data-chosen]", form).textContent = text(ticked);
    $("[data-count]", form).textContent = ticked.length;
  }
  document.addEventListener("change", (event) => { const form = event.target.closest("[data-run]"); if (form) { add(form); } });
  addEventListener("pageshow", () => $$("[data-run]").forEach(add)); // what the browser ticked again after Back
})();
