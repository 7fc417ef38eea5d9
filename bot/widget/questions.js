// @ts-check
/** "My questions for the team": collected from the answers, to copy, print or save. Nothing leaves the device. */
import { button, make } from "./nodes.js";
import { WORDS } from "./words.js";

/** @param {string} text @returns {Promise<string>} what to tell the person */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return WORDS.copied;
  } catch {
    return WORDS.notCopied;
  }
}

export class Questions {
  /** @param {(words: string) => void} tell */
  constructor(tell) {
    this.boxes = /** @type {Map<string, HTMLInputElement>} */ (new Map());
    this.empty = make("p", {}, WORDS.noneYet);
    this.list = make("ul", { class: "picks" });
    this.full = make("div", { hidden: "" }, make("p", {}, WORDS.pick), this.list,
      make("p", { class: "row" },
        button(WORDS.copy, async () => tell(await copy(this.text))),
        button(WORDS.print, () => this.print()),
        button(WORDS.save, () => this.save())));
    this.element = make("div", {}, this.empty, this.full);
  }

  /** @param {string[]} questions */
  collect(questions) {
    for (const question of questions.filter((one) => !this.boxes.has(one))) {
      const box = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox" }));
      box.checked = true;
      this.boxes.set(question, box);
      this.list.append(make("li", {}, make("label", {}, box, make("span", {}, question))));
    }
    this.empty.hidden = this.boxes.size > 0;
    this.full.hidden = !this.boxes.size;
  }

  clear() {
    this.boxes.clear();
    this.list.replaceChildren();
    this.collect([]);
  }

  get picked() {
    return [...this.boxes].filter(([, box]) => box.checked).map(([question]) => question);
  }

  get text() {
    return [WORDS.mine, "", ...this.picked.map((one) => `- ${one}`), ""].join("\n");
  }

  /** A window of its own: printing the page would print the charity's, too. */
  print() {
    const page = window.open("", "_blank");
    if (!page) return window.print();
    page.document.title = WORDS.mine;
    page.document.documentElement.lang = WORDS.lang;
    const items = this.picked.map((one) => make("li", {}, one));
    page.document.body.append(make("h1", {}, WORDS.mine), make("ul", {}, ...items));
    page.print();
  }

  save() {
    const url = URL.createObjectURL(new Blob([this.text], { type: "text/plain" }));
    make("a", { href: url, download: WORDS.file }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }
}
