{% load static %}/* The installed app: keeps what never holds data (styles, scripts, fonts, icons) and one page that says there is no
   connection. Pages with data are never kept: what is shown is what the books say now, or nothing. */
"use strict";
const BASE = "{% get_static_prefix %}"; // with a fingerprint of what lies there: it never changes under its name
const STORE = BASE;
const OFFLINE = "/offline";
const FIRST = ["vendor/bootstrap.min.css", "backstay.css", "theme.js", "offline.js", "sprite.svg", "icons/mark.svg", "fonts/inter-latin-opsz-normal.woff2"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(STORE).then((store) => store.addAll([OFFLINE, ...FIRST.map((name) => `${BASE}backstay/${name}`)])).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== STORE).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

async function styled(request) {
  const store = await caches.open(STORE), kept = await store.match(request);
  if (kept) { return kept; }
  const answer = await fetch(request);
  if (answer.ok) { await store.put(request, answer.clone()); }
  return answer;
}
/* The network alone; where it is gone, the page that says so. */
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
  if (url.pathname.startsWith(BASE)) { event.respondWith(styled(request)); }
  else if (request.mode === "navigate") { event.respondWith(page(request)); }
});
