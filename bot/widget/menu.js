// @ts-check
/** What is not the conversation itself: my questions, country, way of explaining, text size, erasing. */
import { button, make, ownTab } from "./nodes.js";
import { PLACES, WORDS } from "./words.js";

/** @param {"place" | "audience"} id @param {[value: string, title: string][]} options @param {string} chosen */
function choice(id, options, chosen) {
  const select = /** @type {HTMLSelectElement} */ (make("select", { id },
    ...options.map(([value, title]) => make("option", { value }, title))));
  select.value = chosen;
  return { id, select, chosen, label: make("label", { for: id }, WORDS[id]) };
}

/** @param {string} title @param {(Node | string)[]} content */
function section(title, ...content) {
  return make("section", {}, make("h2", {}, title), ...content);
}

export class Menu {
  /** @param {import("./chat.js").Chat} chat @param {() => void} onChat shows the conversation again
   * @param {HTMLElement} box what the text size is set for @param {boolean} embedded */
  constructor(chat, onChat, box, embedded) {
    this.chat = chat;
    this.onChat = onChat;
    this.answers = make("form");
    this.answers.addEventListener("submit", (event) => this.use(event));
    /** @param {string} chosen */
    const resize = (chosen) => {
      sizes.forEach((each, size) => each.setAttribute("aria-pressed", `${`${size}` === chosen}`));
      box.setAttribute("data-size", chosen);
      chat.store.keep({ size: chosen });
    };
    const sizes = WORDS.sizes.map((words, size) => button(words, () => resize(`${size}`)));
    resize(chat.store.kept.size ?? "0");
    this.dialog = /** @type {HTMLDialogElement} */ (make("dialog", { "aria-labelledby": "ask", "aria-describedby": "tell" },
      make("h2", { id: "ask" }, WORDS.eraseAsk), make("p", { id: "tell" }, WORDS.eraseTell),
      make("div", { class: "row" }, button(WORDS.keep, () => this.dialog.close()),
        button(WORDS.eraseNow, () => this.erase(), { class: "main" }))));
    this.element = make("div", { class: "menu", hidden: "" },
      section(WORDS.mine, chat.questions.element),
      section(WORDS.settings, this.answers),
      section(WORDS.size, make("p", { class: "row" }, ...sizes)),
      section(WORDS.thisChat,
        make("p", { class: "row" }, button(WORDS.erase, () => this.dialog.showModal()),
          embedded ? ownTab(chat.server, WORDS.ownTab) : "")),
      button(WORDS.back, onChat, { class: "main" }), this.dialog);
  }

  get first() {
    return /** @type {HTMLElement | null} */ (this.element.querySelector("input, select"));
  }

  /** Show what the chat knows by now. */
  refresh() {
    const { place = "", audience = "family" } = this.chat.wanted;
    /** @type {[string, string][]} */
    const places = Object.entries(PLACES).map(([code, [name]]) => [code, name]);
    this.choices = [choice("place", [["", WORDS.noPlace], ...places], place), choice("audience", WORDS.audiences, audience)];
    this.answers.replaceChildren(...this.choices.flatMap(({ label, select }) => [label, select]),
      make("button", { type: "submit" }, WORDS.use));
  }

  /** @param {Event} event */
  async use(event) {
    event.preventDefault();
    this.onChat();
    for (const { id, select, chosen } of this.choices ?? []) {
      const { value, selectedOptions } = select;
      if (!value || value === chosen) continue;
      if (!this.chat.token) this.chat.start();
      await this.chat.started; // perhaps only by "Try again"
      while (this.chat.busy) await this.chat.running;
      await this.chat.send({ choice: `${id}:${value}` }, selectedOptions[0].text);
    }
  }

  erase() {
    this.dialog.close();
    this.onChat();
    this.chat.erase();
  }
}
