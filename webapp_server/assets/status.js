// Renews the page every two seconds. Without script the page is whole too and renews itself every ten.
"use strict";
const EVERY_MS = 2000;

function isInUse(main) {
  // A confirmation or a text that is being read or written must not be replaced under the reader's hands.
  return main.querySelector("details.command[open]") !== null || main.contains(document.activeElement);
}

function opened(main) {
  return [...main.querySelectorAll("details[open][id]")].map((one) => one.id);
}

function replace(fresh) {
  const main = document.getElementById("now");
  document.getElementById("band").replaceWith(fresh.getElementById("band"));
  document.title = fresh.title;
  if (isInUse(main)) return;
  const next = fresh.getElementById("now");
  for (const id of opened(main)) next.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  const places = [...main.querySelectorAll(".scroll")].map((one) => one.scrollTop);
  main.replaceWith(next);
  [...next.querySelectorAll(".scroll")].forEach((one, at) => { one.scrollTop = places[at] ?? 0; });
}

function away() {
  const band = document.getElementById("band");
  if (band.className === "away") return;
  band.className = "away";
  const time = band.querySelector("time").textContent;
  document.getElementById("verdict").textContent = `No answer since ${time}`;
}

async function renew() {
  try {
    // The whole address: a page opened with name and password in its own address may not fetch relative ones.
    const answer = await fetch(`${location.origin}/status.html`, { cache: "no-store", signal: AbortSignal.timeout(10 * EVERY_MS) });
    if (!answer.ok) throw new Error(String(answer.status));
    replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    away();
  }
  setTimeout(renew, EVERY_MS);
}

if (document.getElementById("now") !== null) setTimeout(renew, EVERY_MS);
