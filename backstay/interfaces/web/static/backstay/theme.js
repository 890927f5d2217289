/* Before the first paint: the theme that was chosen, or the machine's. */
(function () {
  "use strict";
  let kept = null;
  try { kept = localStorage.getItem("theme"); } catch { /* no storage */ }
  document.documentElement.dataset.bsTheme = kept || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.documentElement.classList.add("js");
})();
