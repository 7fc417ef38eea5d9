// @ts-check
/**
 * Elements without HTML strings, so that no text can ever become markup; and what the guide wrote, as nodes: paragraphs,
 * "- " lists, **bold**, [title](address) and https addresses. Nothing else.
 */
import { WORDS } from "./words.js";

/** @param {string} tag @param {Record<string, string>} [attributes] @param {(Node | string)[]} content */
export function make(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...content);
  return element;
}

/** @param {string} title @param {() => void} press @param {Record<string, string>} [attributes] */
export function button(title, press, attributes) {
  const element = make("button", { type: "button", ...attributes }, title);
  element.addEventListener("click", press);
  return element;
}

/** What opens on request. @param {string} title @param {Node[]} content */
export function fold(title, ...content) {
  return make("details", {}, make("summary", {}, title), ...content);
}

const PIECES = /(\*\*[^*]+\*\*|\[[^[\]]+\]\([^()\s]+\)|https:\/\/[^\s*]*[^\s*.,;:!?)])/; // split: every second piece is a match

/** Only https, tel and mailto become links; any other address leaves its title as plain text.
 * @param {string} url @param {string} title */
export function link(url, title) {
  if (/^(tel|mailto):/i.test(url)) return make("a", { href: url }, title);
  return /^https:/i.test(url) ? ownTab(url, title) : title;
}

/** A link that opens a new tab, and says so. @param {string} url @param {string} title */
export function ownTab(url, title) {
  return make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, title,
    make("span", { class: "unseen" }, ` ${WORDS.newTab}`));
}

/** @param {string} number */
export function phone(number) {
  return make("a", { href: `tel:${number.replace(/[^\d+]/g, "")}`, "aria-label": WORDS.call(number) }, number);
}

/** @param {string} line @returns {(Node | string)[]} */
export function inline(line) {
  return line.split(PIECES).map((piece, index) => {
    if (index % 2 === 0) return piece;
    if (piece.startsWith("**")) return make("strong", {}, piece.slice(2, -2));
    const [, title, url] = /^\[(.*)\]\((.*)\)$/.exec(piece) ?? ["", piece, piece];
    return link(url, title);
  });
}

/** Each block finds its own direction: a text may be Arabic on an English page. @param {string} text */
export function written(text) {
  /** @type {HTMLElement[]} */
  const blocks = [];
  for (const line of text.split("\n").filter((each) => each.trim())) {
    if (!line.startsWith("- ")) blocks.push(make("p", { dir: "auto" }, ...inline(line)));
    else {
      if (blocks.at(-1)?.tagName !== "UL") blocks.push(make("ul", { dir: "auto" }));
      blocks.at(-1)?.append(make("li", {}, ...inline(line.slice(2))));
    }
  }
  return blocks;
}
