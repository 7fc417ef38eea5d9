// @ts-check
/**
 * The review page: the keyboard, and pieces of the page that are fetched so that nothing typed is lost. Everything works
 * without this file, by buttons and links that load the page anew.
 */
import { listen, move, typing } from "./keys.js";

const page = /** @type {HTMLElement} */ (document.getElementById("review"));
const form = page instanceof HTMLFormElement ? page : null;
/** @type {HTMLElement | null} */
let turn = null; // the message that keys are about: the last one that had the focus
let sent = false;

const turns = () => /** @type {HTMLElement[]} */ ([...page.querySelectorAll(".turn")]);
const current = () => (turn && page.contains(turn) ? turn : turns().at(-1) ?? null);

/** @param {string} selector @returns {HTMLElement | null} */
const find = (selector) => document.querySelector(selector);

/** @param {HTMLElement | null} element */
function focus(element) {
  element?.focus();
  element?.scrollIntoView({ block: "nearest" });
}

page.addEventListener("focusin", (event) => {
  const at = event.target instanceof HTMLElement && event.target.closest(".turn");
  if (at instanceof HTMLElement) turn = at;
});

const saved = location.hash.startsWith("#turn-") ? document.getElementById(location.hash.slice(1)) : null;
saved?.focus({ preventScroll: true }); // the page was loaded anew after something about this message was saved

// ---- pieces of the page

/** A piece of the page, made by the server; null where that is not possible. @param {string} address */
async function piece(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, redirect: "error" });
    if (!answer.ok) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null; // no connection, or logged out
  }
}

/** Put the fields that correct a message below it. @param {HTMLButtonElement} button */
async function open(button) {
  const place = /** @type {HTMLElement} */ (button.closest(".correct"));
  const fields = await piece(button.dataset.form ?? "");
  if (!fields) return form?.requestSubmit(button); // the page loads anew, with what was typed
  place.replaceChildren(...fields.body.children);
  focus(place.querySelector("select, textarea"));
}

/** Put the messages before these above them. @param {HTMLAnchorElement} link */
async function showEarlier(link) {
  const more = await piece(link.dataset.turns ?? "");
  const list = page.querySelector(".turns");
  if (!more || !list) return location.assign(link.href);
  const first = list.firstElementChild;
  const from = first?.getBoundingClientRect().top ?? 0;
  list.prepend(...(more.querySelector(".turns")?.children ?? []));
  const above = more.querySelector(".earlier");
  if (above) link.closest(".earlier")?.replaceWith(above);
  else link.closest(".earlier")?.remove();
  scrollBy(0, (first?.getBoundingClientRect().top ?? 0) - from); // what was read stays where it was
  const shown = first?.previousElementSibling;
  if (shown instanceof HTMLElement) focus(shown);
}

page.addEventListener("click", (event) => {
  const at = event.target instanceof Element ? event.target : null;
  const button = at?.closest("[data-form]");
  const link = at?.closest("[data-turns]");
  if (button instanceof HTMLButtonElement) {
    event.preventDefault();
    open(button);
  } else if (link instanceof HTMLAnchorElement && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    showEarlier(link);
  }
});

// ---- saving

/** @param {string} value of the button */
function press(value) {
  form?.requestSubmit(/** @type {HTMLButtonElement | null} */ (form.querySelector(`.buttons [value="${value}"]`)));
}

/** Something was typed or chosen that is not saved. */
function changed() {
  const fields = /** @type {HTMLElement[]} */ ([...(form?.elements ?? [])]);
  return fields.some((field) => {
    if (field instanceof HTMLTextAreaElement) return field.value !== field.defaultValue;
    if (field instanceof HTMLSelectElement) return [...field.options].some((one) => one.selected !== one.defaultSelected) && field.selectedIndex > 0;
    if (!(field instanceof HTMLInputElement) || field.type === "hidden") return false;
    return field.type === "checkbox" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
  });
}

form?.addEventListener("submit", (event) => {
  if (sent) return event.preventDefault(); // pressed twice
  sent = true;
  const at = /** @type {HTMLInputElement} */ (form.elements.namedItem("at"));
  at.value = turn?.id.replace("turn-", "") ?? "";
});
addEventListener("pageshow", () => (sent = false));
addEventListener("beforeunload", (event) => {
  if (!sent && changed()) event.preventDefault();
});

// ---- the keyboard

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && typing(event.target) && page.contains(/** @type {Node} */ (event.target))) focus(current());
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form && !event.isComposing) {
    event.preventDefault();
    press("save");
  }
});

/** @type {Record<string, () => void>} */
const reading = {
  j: () => move(turns(), 1),
  k: () => move(turns(), -1),
  q: () => find("[data-key=q]")?.click(),
  x: () => find("[data-key=x]")?.click(),
  e: () => find("[data-turns]")?.click(),
  d: () => {
    const details = current()?.querySelector("details.about");
    if (details instanceof HTMLDetailsElement) details.open = !details.open;
  },
};
/** @type {Record<string, () => void>} */
const changing = {
  r: () => press("reviewed"),
  l: () => press("later"),
  s: () => press("save"),
  c: () => {
    const here = current();
    const button = here?.querySelector("[data-form]");
    if (button instanceof HTMLButtonElement) open(button);
    else focus(here?.querySelector(".turn-form select, .turn-form textarea") ?? null);
  },
  n: () => focus(find("#review-comment")),
  t: () => focus(find("#review-new_tags")),
  a: () => focus(find("#review-assignee")),
  f: () => find("#review-flagged")?.click(),
};
listen(page, form ? { ...reading, ...changing } : reading);
