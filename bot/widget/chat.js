// @ts-check
/** The conversation: opens a session with the web channel, shows what the guide answers, sends what is typed or pressed. */
import { call, NO_ANSWER } from "./api.js";
import { Banner, helpTitle } from "./banner.js";
import { bodyAndFoot, contactList, hush, numberList, readAloud, sourceCards, termList } from "./cards.js";
import { button, fold, make, written } from "./nodes.js";
import { copy, Questions } from "./questions.js";
import { emergencyNumber, WORDS } from "./words.js";

/** @typedef {import("./contract.js").Message} Message */
/** @typedef {import("./contract.js").Said} Said */

const LEFT_STEPS = [0, 20, 50, 100, 200];
const SLOW = 5_000; // milliseconds until the person hears that the guide is still at work
const MANY_CONTACTS = 5;
const HELP = "help_arrived";
const HELP_NOTICES = ["still/help_arrived", "still/with_someone", "still/called", "still/not_needed"];

export class Chat {
  /** @param {string} server address of the chat page @param {import("./store.js").Store} store
   * @param {() => void} onMine opens "my questions" @param {{place?: string, audience?: string}} given by the page */
  constructor(server, store, onMine, given) {
    this.server = server;
    this.store = store;
    this.onMine = onMine;
    this.given = given;
    this.token = "";
    this.alarms = 0; // how many emergency and crisis messages the stored chat has
    this.busy = false;
    this.running = Promise.resolve();
    /** @type {Promise<void>} */
    this.started = new Promise((resolve) => { this.begun = resolve; });
    this.banner = new Banner(() => this.helpIsHere());
    this.questions = new Questions((words) => this.tell(words));
    this.status = make("span", { role: "status" });
    this.counter = make("span", { role: "status", id: "counter" });
    this.log = make("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": WORDS.conversation, tabindex: "0" });
    this.input = /** @type {HTMLTextAreaElement} */ (make("textarea", {
      id: "question", rows: "2", maxlength: "2000", autocomplete: "off", dir: "auto", "aria-describedby": "agree counter" }));
    this.sender = make("button", { type: "submit", class: "main" }, WORDS.send);
    this.agree = make("p", { class: "small", id: "agree" }, WORDS.agree);
    this.composer = make("form", { class: "composer" }, make("label", { for: "question" }, WORDS.question),
      make("div", { class: "row" }, this.input, this.sender), this.agree);
    this.promise = make("p", { class: "promise" });
    this.remind();
    this.listen();
    if (store.kept.alarm) this.banner.raise(store.kept.alarm);
  }

  listen() {
    const submit = (/** @type {Event} */ event) => this.submit(event);
    this.composer.addEventListener("submit", submit);
    this.input.addEventListener("input", () => this.countCharacters());
    this.input.addEventListener("keydown", (event) => {
      const composing = event.isComposing || event.keyCode === 229; // this Enter ends a word of an input method
      if (event.key === "Enter" && !event.shiftKey && !composing) submit(event);
    });
    for (const name of ["online", "offline"]) addEventListener(name, () => this.busy || this.tell(""));
  }

  remind() {
    this.promise.textContent = WORDS.promise(emergencyNumber(this.wanted.place));
  }

  // ---- the log and the banner

  /** @param {string} words */
  tell(words) {
    this.status.textContent = words || (navigator.onLine ? "" : WORDS.offline);
  }

  /** @param {"you" | "guide"} speaker @param {(Node | string)[]} content */
  add(speaker, ...content) {
    const entry = make("div", { class: speaker }, make("p", { class: "unseen" }, WORDS[speaker]), ...content);
    this.helpful?.remove(); // asked of the last answer only
    this.log.append(entry);
    return entry;
  }

  /** @param {string} text */
  addYours(text) {
    this.add("you", make("p", { class: "typed", dir: "auto" }, text));
  }

  /** Show the last question at the top of the log, with the answer below it. */
  scrollToLatest() {
    const latest = [...this.log.querySelectorAll(".you")].at(-1) ?? this.log.firstElementChild;
    latest?.scrollIntoView({ block: "start" });
  }

  /** @param {Message[]} messages @param {"again" | "refused"} [how] again: a chat that comes back, read out before;
   * refused: they came with an error, so they are not in the stored chat */
  showAll(messages, how) {
    if (how === "again") this.log.setAttribute("aria-live", "off");
    messages.forEach((message, index) => {
      const { kind, notice } = message.custom ?? {};
      if (message.from === "you") this.addYours(message.text);
      else if (kind === "emergency" || kind === "crisis") this.showAlarm(message, how);
      else this.showText(message, messages[index + 1]);
      // Typed instead of pressed. In a chat that comes back it ends the alarms before it only.
      const ends = how !== "again" || (this.store.kept.seen ?? 0) <= this.alarms;
      if (ends && HELP_NOTICES.includes(notice ?? "")) this.closeBanner();
    });
    this.scrollToLatest();
    setTimeout(() => this.log.setAttribute("aria-live", "polite"), 100);
  }

  /** @param {Message} message @param {Message} [next] */
  showText(message, next) {
    const { kind, notice, contacts = [], sources = [], questions = [], terms = [], languages = [], disclaimer } = message.custom ?? {};
    const { body, foot } = bodyAndFoot(message);
    const content = written(body);
    const comeAgain = JSON.stringify(contacts) === JSON.stringify(next?.custom?.contacts);
    if (contacts.length && !comeAgain) {
      const list = contactList(contacts);
      content.push(contacts.length > MANY_CONTACTS ? fold(WORDS.contacts(contacts.length), list) : list);
      if (kind === "urgent") content.at(-1)?.setAttribute("open", "");
    }
    if (questions.length) {
      this.questions.collect(questions);
      content.push(fold(WORDS.questions, make("ul", {}, ...questions.map((one) => make("li", {}, one))),
        button(WORDS.mine, this.onMine)));
    }
    if (terms.length) content.push(termList(terms));
    if (sources.length) content.push(sourceCards(sources));
    const entry = this.add("guide", ...content, ...foot, ...this.choicesOf(message));
    if (kind === "language" && languages.length === 1) entry.lang = languages[0];
    if (notice === "fixed/consent") entry.classList.add("consent");
    if (!disclaimer) return;
    const copyIt = button(WORDS.copy, async () => this.tell(await copy(message.text.replace(/\*\*/g, ""))));
    const tools = make("div", { class: "row tools" }, ...readAloud(body), copyIt);
    entry.append(tools);
    if (kind === "answer") tools.append(this.askHelpful());
  }

  askHelpful() {
    this.helpful = make("span", { class: "row", role: "group", "aria-label": WORDS.helped },
      make("span", { class: "small" }, WORDS.helped),
      button(WORDS.yes, () => this.send({ choice: "helped:yes" }, WORDS.yesHelped)),
      button(WORDS.no, () => this.send({ choice: "helped:no" }, WORDS.noHelp)));
    return this.helpful;
  }

  /** The buttons below a message, in up to three groups. @param {Message} message */
  choicesOf({ buttons = [], custom: { more = [], related = [] } = {} }) {
    const choices = buttons.map(({ title, payload }) => ({ title, choice: payload }));
    return Object.entries({ choices, more, related }).filter(([, group]) => group.length).map(([name, group]) => {
      const words = WORDS[/** @type {"choices" | "more" | "related"} */ (name)];
      return make("div", { role: "group", "aria-label": words }, make("p", { class: "small" }, words),
        ...group.map(({ choice, title }) => button(title, () => this.send({ choice }, title))));
    });
  }

  /** The log only points to the banner, so that the advice is read out once. @param {Message} message @param {string} [how] */
  showAlarm(message, how) {
    const others = { ...message, buttons: message.buttons?.filter(({ payload }) => payload !== HELP) };
    this.add("guide", make("p", {}, WORDS.above(helpTitle(message))),
      button(WORDS.showAgain, () => this.raise(message)), ...this.choicesOf(others));
    if (how === "refused") return this.raise(message);
    this.alarms += 1;
    if (how !== "again" || this.alarms > (this.store.kept.seen ?? 0)) this.raise(message, this.alarms);
  }

  /** @param {Message} message @param {number} [seen] its place among the stored alarms; else it comes after them */
  raise(message, seen = this.alarms + 0.5) {
    this.store.keep({ alarm: message, seen });
    this.banner.raise(message);
    const show = () => this.banner.element.scrollIntoView(); // where the whole panel scrolls
    requestAnimationFrame(() => requestAnimationFrame(show)); // only the next frame knows whether it does
  }

  /** Somebody is there to help: the alarms so far are over. */
  closeBanner() {
    this.banner.close();
    this.store.keep({ alarm: undefined });
  }

  async helpIsHere() {
    const words = this.banner.help.textContent ?? "";
    this.closeBanner();
    this.input.focus({ preventScroll: true });
    while (this.busy) await this.running;
    // The answers no longer begin with the pointer to the advice. A new alarm is not over: nobody had seen it.
    if (this.token && !this.store.kept.alarm) this.send({ choice: HELP }, words);
  }

  /** Say what went wrong, emergency advice first.
   * @param {import("./contract.js").Answer} answer @param {() => void} retry @param {string} [unsent] */
  showProblem({ status, body }, retry, unsent) {
    /** @type {Message[]} */
    const advice = body.messages ?? [];
    this.showAll(advice, "refused");
    const text = advice.reduce((rest, message) => rest.replace(message.text, ""), body.text ?? WORDS.unreachable);
    const failed = !status || status >= 500;
    const entry = this.add("guide", ...written(text), ...(failed ? numberList(this.wanted.place) : []));
    entry.classList.add("problem");
    const ended = status === 401;
    const again = button(ended ? WORDS.newChat : WORDS.tryAgain, () => {
      if (this.busy) return;
      entry.remove();
      this.input.value ||= (ended && unsent) || "";
      this.input.focus();
      if (!ended) return retry();
      this.store.forget();
      this.start();
    });
    if (ended || failed || status === 429) entry.append(again);
    this.scrollToLatest();
  }

  get wanted() {
    const { place = this.given.place, audience = this.given.audience } = this.store.kept;
    return { place, audience };
  }

  // ---- talking with the channel

  /** Do one thing at a time: what is asked for while another is under way is not done.
   * @param {string} words @param {() => Promise<void>} task */
  async alone(words, task) {
    if (this.busy) return;
    this.busy = true;
    this.tell(words);
    this.sender.setAttribute("aria-disabled", "true");
    const slow = setTimeout(() => this.tell(WORDS.slow), SLOW);
    const unexpected = () => this.showProblem(NO_ANSWER, () => this.start()); // an answer of another shape: load again
    this.running = task().catch(unexpected).finally(() => {
      clearTimeout(slow);
      this.busy = false;
      this.tell("");
      this.sender.removeAttribute("aria-disabled");
    });
    await this.running;
  }

  /** Bring back the chat of this tab or begin one. @param {string} [note] a line to put above the greeting */
  async begin(note) {
    await this.store.claim();
    const { token } = this.store.kept;
    const earlier = token ? await call(this.server, "GET", "session", token) : undefined;
    if (earlier?.status === 401) {
      this.store.forget();
      note = WORDS.ended;
    }
    const how = this.store.kept.token ? "again" : undefined;
    const answer = (how && earlier) ?? (await call(this.server, "POST", "session", "", this.wanted));
    hush();
    this.log.replaceChildren();
    this.questions.clear();
    if (answer.status !== 200) return this.showProblem(answer, () => this.start(note));
    this.token = answer.body.sender;
    this.agree.hidden = !!how;
    this.alarms = 0;
    if (note) this.add("guide", ...written(note));
    this.showAll(answer.body.messages, how);
    this.begun();
  }

  /** @param {string} [note] */
  start(note) {
    return this.alone(WORDS.starting, () => this.begin(note));
  }

  /** @param {Said} said @param {string} shown */
  async send(said, shown) {
    if (this.busy) return;
    hush();
    const [kind, value] = said.choice?.split(":") ?? [];
    if (said.choice === HELP) this.closeBanner();
    if (kind === "place" || kind === "audience") this.store.keep({ [kind]: value });
    this.remind();
    this.addYours(shown);
    this.banner.fold(true);
    this.scrollToLatest();
    await this.deliver(said);
  }

  /** @param {Said} said @returns {Promise<void>} */
  deliver(said) {
    return this.alone(WORDS.writing, async () => {
      this.store.keep({ token: this.token }); // the person has read what is kept, and writes
      this.store.claim();
      this.agree.hidden = true;
      const answer = await call(this.server, "POST", "webhook", "", { sender: this.token, ...said });
      if (answer.status === 200 && answer.body.length) this.showAll(answer.body);
      else this.showProblem(answer.status === 200 ? NO_ANSWER : answer, () => this.deliver(said), said.message);
    });
  }

  async erase() {
    while (this.busy) await this.running; // an answer under way would be stored after the erasing
    await this.alone(WORDS.erasing, async () => {
      const answer = await call(this.server, "DELETE", "session", this.token);
      if (answer.status !== 200) return this.showProblem(answer, () => this.erase());
      this.closeBanner();
      this.store.forget();
      await this.begin(answer.body.text);
    });
    this.input.focus();
  }

  // ---- what a person types

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    if (!this.token) await this.start();
    const text = this.input.value.trim();
    if (text && this.token && !this.busy) {
      this.send({ message: text }, text);
      this.input.value = "";
      this.countCharacters();
    }
    this.input.focus({ preventScroll: true });
  }

  countCharacters() {
    const step = LEFT_STEPS.find((most) => this.input.maxLength - this.input.value.length <= most);
    const words = step === undefined ? "" : WORDS.left(step);
    if (this.counter.textContent !== words) this.counter.textContent = words; // so that it is read out at the steps only
  }
}
