// @ts-check
/** The keyboard in the queue. */
import { listen, move } from "./keys.js";

const rows = /** @type {HTMLElement} */ (document.querySelector(".rows"));
const links = /** @type {HTMLElement[]} */ ([...rows.querySelectorAll("a.text")]);

listen(rows, {
  j: () => move(links, 1),
  k: () => move(links, -1),
  "/": () => document.getElementById("filter-q")?.focus(),
});
