/* Before the first paint: the theme that was chosen, or the machine's. */
(function () {
  "use strict";
  let kept = (document.cookie.match(/backstay_theme=(light|dark|auto)/) || [])[1];
  try { kept = kept || localStorage.getItem("theme"); } catch { /* no storage */ }
  document.documentElement.dataset.bsTheme = (kept !== "auto" && kept) || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.documentElement.classList.add("js");
  /* The bar of the phone has the colour of the page, also where another theme was chosen than the machine's. */
  const colour = () => {
    const dark = document.documentElement.dataset.bsTheme === "dark";
    document.querySelectorAll("meta[name=theme-color]").forEach((meta) => { meta.content = dark ? "#181715" : "#ffffff"; });
  };
  colour();
  new MutationObserver(colour).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  if ("serviceWorker" in navigator) { addEventListener("load", () => { navigator.serviceWorker.register("/sw.js").catch(() => {}); }); }
})();
