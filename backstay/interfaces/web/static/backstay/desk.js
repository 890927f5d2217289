/* Theme and the drawer on small screens; every page works without this. */
(function () {
  "use strict";
  var root = document.documentElement, kept = null;
  try { kept = localStorage.getItem("theme"); } catch (e) { /* no storage */ }
  root.dataset.bsTheme = kept || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-desk]"), side = document.getElementById("side");
    if (button && button.dataset.desk === "theme") {
      root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
      try { localStorage.setItem("theme", root.dataset.bsTheme); } catch (e) { /* no storage */ }
    }
    if (button && button.dataset.desk === "side") {
      button.setAttribute("aria-expanded", String(side.classList.toggle("show")));
    } else if (side && !event.target.closest("#side")) {
      side.classList.remove("show");
    }
  });
})();
