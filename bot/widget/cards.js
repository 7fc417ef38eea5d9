// @ts-check
/** The parts around a text: contacts, sources, words explained, review state, and the button that reads it aloud. */
import { button, fold, link, make, phone } from "./nodes.js";
import { emergencyNumber, PLACES, WORDS } from "./words.js";

/** @typedef {import("./contract.js").Message} Message */

/** The text without the disclaimer that ends it, and the small lines to show below it. @param {Message} message */
export function bodyAndFoot({ text, custom = {} }) {
  const disclaimer = custom.disclaimer?.trim() ?? "";
  const whole = text.trim();
  const body = disclaimer && whole.endsWith(disclaimer) ? whole.slice(0, -disclaimer.length).trim() : whole;
  const review = reviewLine(custom.review);
  const foot = [disclaimer, disclaimer.includes(review) ? "" : review].filter((line) => line && !body.includes(line));
  return { body, foot: foot.map((line) => make("p", { class: "small" }, line)) };
}

/** @param {import("./contract.js").Review} [review] */
function reviewLine(review) {
  if (!review) return "";
  const due = new Date(review.review_due ?? 0);
  if (review.status !== "approved" || due < new Date()) return WORDS.awaiting;
  const words = due.toLocaleDateString(WORDS.lang, { dateStyle: "long", timeZone: "UTC" });
  return WORDS.approved(review.reviewed_by ?? "", words);
}

/** @param {import("./contract.js").Contact[]} contacts */
export function contactList(contacts) {
  const items = contacts.map(({ label, number, url, note, verify }) => {
    const site = url ? link(url, url.replace(/^https:\/\/|\/$/g, "")) : "";
    const remarks = [note, verify].filter(Boolean).join("; ");
    return make("li", {}, `${label}: `, number ? phone(number) : "", number && url ? ", " : "", site,
      make("span", { class: "small" }, remarks && ` (${remarks})`));
  });
  return make("ul", { class: "contacts" }, ...items);
}

/** The numbers that need no server: those of the place, else all. @param {string} [place] */
export function numberList(place) {
  const shown = Object.entries(PLACES).filter(([code, [, number]]) => number && (!emergencyNumber(place) || code === place));
  const contacts = shown.map(([, [label, number, check]]) => ({ label, number, verify: check && WORDS.check }));
  return [make("p", {}, WORDS.numbers), contactList(contacts)];
}

/** @param {import("./contract.js").Source[]} sources */
export function sourceCards(sources) {
  const cards = sources.map(({ group, title, publisher, year, url, note }) => {
    const small = [WORDS.groups[group] ?? group, [publisher, year].filter(Boolean).join(", "), note ?? ""].filter(Boolean);
    const [first, ...rest] = small.map((line) => make("p", { class: "small" }, line));
    return make("li", {}, first, make("p", {}, url ? link(url, title) : title), ...rest);
  });
  return fold(WORDS.sources(sources.length), make("ul", { class: "cards" }, ...cards));
}

/** @param {{term: string, text: string}[]} terms */
export function termList(terms) {
  const entries = terms.flatMap(({ term, text }) => [make("dt", {}, term), make("dd", {}, text)]);
  return fold(WORDS.terms(terms.length), make("dl", {}, ...entries));
}

// ---- reading aloud, where the browser can: the voice is the device's own, nothing is sent anywhere by us

/** @type {HTMLElement | undefined} */
let reading; // the button of what is read now

/** Buttons that read `text`; none where the browser has no voice. @param {string} text @returns {HTMLElement[]} */
export function readAloud(text) {
  if (!("speechSynthesis" in window)) return [];
  const press = button(WORDS.read, () => {
    const stops = reading === press;
    hush();
    if (stops) return;
    const speech = new SpeechSynthesisUtterance(text.replace(/\*\*/g, ""));
    speech.lang = WORDS.lang;
    speech.onend = speech.onerror = () => reading === press && hush();
    reading = press;
    press.textContent = WORDS.stop;
    speechSynthesis.speak(speech);
  });
  return [press];
}

export function hush() {
  if (!reading) return;
  reading.textContent = WORDS.read;
  reading = undefined;
  speechSynthesis.cancel();
}
