/* Opening grids: Enter goes on, arrows move, rows are pasted from a spreadsheet; the sums come from the server. */
(() => {
  "use strict";
  const form = document.querySelector("[data-opening]");
  if (!form) { return; }
  const rows = () => [...form.querySelectorAll("tr[data-row]")];
  const cells = (row) => [...row.querySelectorAll("input, select")];
  let timer = 0;
  async function add() {
    const sums = document.getElementById("opening-sums");
    if (!sums) { return; }
    const data = new URLSearchParams(new FormData(form));
    data.set("do", "check");
    const answer = await fetch(location.pathname, { method: "POST", body: data });
    if (!answer.ok) { return; }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("opening-sums");
    if (fresh) { document.getElementById("opening-sums").replaceWith(document.adoptNode(fresh)); }
  }
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(add, 400); });
  form.addEventListener("keydown", (event) => {
    const input = event.target, row = input.closest("tr[data-row]");
    if (!row || event.ctrlKey || event.metaKey || event.altKey) { return; }
    const mine = cells(row), at = mine.indexOf(input), all = rows(), n = all.indexOf(row);
    const to = (cell) => { if (cell) { event.preventDefault(); cell.focus(); cell.select?.(); } };
    if (event.key === "Enter") {
      event.preventDefault();
      to(mine[at + 1] || (all[n + 1] && cells(all[n + 1])[0]));
    } else if (event.key === "ArrowDown" && !input.list && input.tagName !== "SELECT") { to(all[n + 1] && cells(all[n + 1])[at]); }
    else if (event.key === "ArrowUp" && !input.list && input.tagName !== "SELECT") { to(all[n - 1] && cells(all[n - 1])[at]); }
  });
  form.addEventListener("paste", (event) => {
    const row = event.target.closest?.("tr[data-row]"), text = event.clipboardData.getData("text");
    if (!row || !/[\t\n]/.test(text.trim())) { return; }
    event.preventDefault();
    const table = row.closest("table"), all = rows().filter((r) => r.closest("table") === table);
    const at = all.indexOf(row), first = cells(row).indexOf(event.target);
    text.replace(/\r/g, "").replace(/\n+$/, "").split("\n").forEach((line, n) => {
      const mine = all[at + n] && cells(all[at + n]);
      line.split("\t").forEach((value, k) => { if (mine?.[first + k] && mine[first + k].tagName === "INPUT") { mine[first + k].value = value.trim(); } });
    });
    add();
  });
})();
