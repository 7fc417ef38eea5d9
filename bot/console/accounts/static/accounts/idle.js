// Typing and clicking count as signs of life. When there are none for long, a warning comes up (WCAG 2.2.1); after the log-out the page is
// covered, not left, so that nothing typed is lost: whoever logs in again in another tab goes on where they were.
const box = document.getElementById("idle");
const main = document.querySelector("main");
const MINUTE = 60_000;
const KEY = "console-last-sign"; // shared by the tabs, which share the session
const limit = Number(box.dataset.minutes) * MINUTE;
const warning = Math.min(2 * MINUTE, limit / 2);
const covered = new Set();

const lastSign = () => Number(localStorage.getItem(KEY)) || 0;
const note = () => localStorage.setItem(KEY, String(Date.now()));

function show(words) {
  box.hidden = words === "";
  for (const text of box.querySelectorAll("[data-words]")) text.hidden = text.dataset.words !== words;
}

function cover() {
  main.prepend(box);
  for (const part of [...main.children, ...document.querySelectorAll("header nav")]) {
    if (part === box || part.hidden) continue;
    part.hidden = true;
    covered.add(part);
  }
  show("out");
}

function uncover() {
  for (const part of covered) part.hidden = false;
  covered.clear();
  show("");
}

// Tell the server; true when the session goes on. Forms get a token that fits, also after a new log-in.
async function stay() {
  const answer = await fetch(box.dataset.stay, { headers: { Accept: "application/json" }, redirect: "manual" });
  if (!answer.ok) return false;
  const { csrf } = await answer.json();
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = csrf;
  note();
  return true;
}

function look() {
  if (covered.size) return;
  const away = Date.now() - lastSign();
  if (away > limit) cover();
  else show(away > limit - warning ? "soon" : "");
}

let asking = false;
async function sign() {
  if (asking || covered.size || Date.now() - lastSign() < MINUTE) return;
  asking = true;
  try {
    await stay();
  } catch {
    // Not reachable: the next sign tries again, and a form keeps its text.
  }
  asking = false;
}

box.querySelector("button").addEventListener("click", async () => {
  try {
    if (await stay()) uncover();
    else cover();
  } catch {
    show("unreachable");
  }
});
for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, sign, { passive: true });
note();
setInterval(look, 5_000);
document.addEventListener("visibilitychange", look);
