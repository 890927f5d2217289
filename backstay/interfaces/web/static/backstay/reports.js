/* Reports: fold and unfold, the entries behind a figure, print. Without it everything is unfolded and every figure is a link. */
(() => {
  "use strict";
  const table = () => document.querySelector("[data-report-table]");
  const below = (row) => [...table().querySelectorAll(`[data-parent="${CSS.escape(row.dataset.keyOf)}"]`)];

  function hide(row, hidden) {
    row.hidden = hidden;
    const next = row.nextElementSibling;
    if (next?.classList.contains("drill")) { next.hidden = hidden; }
    const twist = row.querySelector("[data-fold]");
    if (twist && (hidden || twist.getAttribute("aria-expanded") === "true")) { below(row).forEach((r) => hide(r, hidden)); }
  }
  function fold(twist, open) {
    twist.setAttribute("aria-expanded", String(open));
    below(twist.closest("tr")).forEach((row) => hide(row, !open));
  }
  function drill(twist, open) {
    const row = twist.closest("tr"), shown = row.nextElementSibling;
    twist.setAttribute("aria-expanded", String(open));
    row.classList.toggle("open", open);
    if (shown?.classList.contains("drill")) { shown.hidden = !open; return; }
    if (open) {
      const url = new URL(twist.dataset.drill, location.href);
      url.searchParams.set("drill", "1");
      url.searchParams.set("span", String(row.children.length));
      htmx.ajax("GET", url.pathname + url.search, { target: row, swap: "afterend" });
    }
  }
  function turn(twist, open = twist.getAttribute("aria-expanded") !== "true") {
    if (open !== (twist.getAttribute("aria-expanded") === "true")) { (twist.dataset.drill ? drill : fold)(twist, open); }
  }
  document.addEventListener("click", (event) => {
    const twist = event.target.closest(".twist");
    if (twist) { turn(twist); }
    if (event.target.closest("[data-report=print]")) { print(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) { return; }
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      const row = event.target.closest?.("[data-report-table] tr") || table()?.querySelector(".is-cursor");
      const twist = row?.querySelector(".twist");
      if (twist) { event.preventDefault(); turn(twist, event.key === "ArrowRight"); }
    } else if (event.key === "t") {
      const chart = document.querySelector("[data-chart-table]");
      if (chart) { chart.open = !chart.open; chart.scrollIntoView({ block: "nearest" }); }
    }
  });
})();
