/* Without a connection: what is kept on this device, and back as soon as the connection is. */
(() => {
  "use strict";
  const list = document.querySelector("[data-kept]");
  try {
    Object.keys(localStorage).filter((key) => key.startsWith("typed:/")).forEach((key) => {
      const row = document.createElement("li"), link = document.createElement("a");
      link.className = "link code";
      link.href = key.slice(6);
      link.textContent = key.slice(6);
      row.append(link);
      list.append(row);
    });
  } catch { /* no storage */ }
  document.querySelectorAll("[data-when-kept]").forEach((each) => { each.hidden = !list.children.length; });
  document.querySelector("[data-again]").addEventListener("click", () => location.reload());
  addEventListener("online", () => location.reload());
  // The network may be there and the server not, or it came back before this page listened: ask now and then.
  const look = () => fetch("/healthz", { cache: "no-store" }).then((answer) => { if (answer.ok) { location.reload(); } }, () => {});
  if (location.pathname !== "/offline") { setInterval(look, 3000); } // who opens this very page looks at it
})();
