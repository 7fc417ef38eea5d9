// @ts-check
/** Emergency advice, apart from the log: it folds to one line, and goes only when the person says that help is there. */
import { bodyAndFoot, contactList } from "./cards.js";
import { button, inline, make, phone, written } from "./nodes.js";
import { WORDS } from "./words.js";

/** @typedef {import("./contract.js").Message} Message */

/** What the button says that ends an alarm. @param {Message} message */
export function helpTitle(message) {
  return message.buttons?.find(({ payload }) => payload === "help_arrived")?.title ?? WORDS.helpIsHere;
}

/** @param {import("./contract.js").Contact[]} contacts */
function callsOf(contacts) {
  // While the country is not known, the first service comes once for each: "Emergency, Australia", "Emergency, Canada".
  const service = contacts[0]?.label.split(",")[0];
  const numbers = contacts.filter(({ label }) => label.split(",")[0] === service).map(({ number }) => number ?? "");
  return make("p", { class: "calls row" }, ...[...new Set(numbers)].filter(Boolean).map(phone));
}

export class Banner {
  /** @param {() => void} onHelp the person says that help is there */
  constructor(onHelp) {
    this.short = make("strong", {}, WORDS.callNow);
    this.advice = make("div", { class: "advice" });
    this.folder = button("", () => this.fold(!this.folded));
    this.help = button("", onHelp);
    const row = make("div", { class: "row" }, this.folder, this.help);
    this.element = make("section", { class: "banner", "aria-label": WORDS.advice, hidden: "" }, this.short, this.advice, row);
    /** One line for beside the closed panel. */
    this.line = make("div", { class: "banner line row", hidden: "" });
  }

  get folded() {
    return this.element.classList.contains("folded");
  }

  /** Show the advice. It is read out once: to unfold it later is no new alarm. @param {Message} message */
  raise(message) {
    const { body, foot } = bodyAndFoot(message);
    const contacts = message.custom?.contacts ?? [];
    const first = body.match(/^.+?[.!?](?=\s|$)/)?.[0] ?? body.split("\n")[0];
    const rest = written(body.slice(first.length));
    this.fold(false);
    this.help.textContent = helpTitle(message);
    this.advice.replaceChildren(
      make("div", { role: "alert", class: "row" }, make("p", { class: "first" }, ...inline(first)), callsOf(contacts),
        make("div", { class: "rest" }, ...rest)),
      make("div", { class: "rest" }, contactList(contacts), ...foot));
    this.line.replaceChildren(WORDS.callNow, callsOf(contacts));
    this.element.hidden = this.line.hidden = false;
  }

  /** @param {boolean} folded */
  fold(folded) {
    this.advice.querySelector("[role]")?.removeAttribute("role");
    this.element.classList.toggle("folded", folded);
    this.folder.textContent = folded ? WORDS.showAll : WORDS.showLess;
  }

  close() {
    this.element.hidden = this.line.hidden = true;
  }
}
