/* The installed app: keeps what never holds data (styles, scripts, fonts, icons) and one page that says there is no
   connection. Pages with data are never kept: what is shown is what the books say now, or nothing. */
"use strict";
const STORE = "backstay-static-1";
const OFFLINE = "/offline";
const FIRST = ["vendor/bootstrap.min.css", "backstay.css", "theme.js", "offline.js", "sprite.svg", "icons/mark.svg", "fonts/inter-latin-opsz-normal.woff2"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(STORE).then((store) => store.addAll([OFFLINE, ...FIRST.map((name) => `/static/backstay/${name}`)])).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== STORE).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

/* The network first, so that nothing is ever old; what was kept only where the network is gone. */
async function styled(request) {
  const store = await caches.open(STORE);
  try {
    const answer = await fetch(request);
    if (answer.ok) { await store.put(request, answer.clone()); }
    return answer;
  } catch (error) {
    const kept = await store.match(request, { ignoreSearch: true });
    if (kept) { return kept; }
    throw error;
  }
}
async function page(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.open(STORE)).match(OFFLINE);
  }
}
self.addEventListener("fetch", (event) => {
  const request = event.request, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) { return; }
  if (url.pathname.startsWith("/static/")) { event.respondWith(styled(request)); }
  else if (request.mode === "navigate") { event.respondWith(page(request)); }
});
