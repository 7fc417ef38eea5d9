// @ts-check
/**
 * The chat page: opens a session with the web channel, shows what the guide answers, sends what is typed or pressed.
 * Texts become nodes, never HTML. Only this tab keeps the session token (sessionStorage).
 *
 * @typedef {{label: string, number?: string, url?: string, note?: string, verify?: string}} Contact
 * @typedef {{group: string, title: string, publisher: string, year?: number, url?: string, note?: string}} Source
 * @typedef {{status: string, reviewed_by?: string, review_due?: string}} Review
 * @typedef {{choice: string, title: string}} Choice
 * @typedef {{kind?: string, disclaimer?: string, sources?: Source[], review?: Review, contacts?: Contact[],
 *   more?: Choice[], related?: Choice[], notice?: string, questions?: string[],
 *   terms?: {term: string, text: string}[]}} Custom
 * @typedef {{from?: string, text: string, custom?: Custom, buttons?: {title: string, payload: string}[]}} Message
 * @typedef {{status: number, body: any}} Answer
 */

/** Every word that this script shows; those of the page's frame stand in index.html. */
const WORDS = {
  you: "You said",
  guide: "The guide said",
  starting: "The chat is starting ...",
  writing: "The guide is writing ...",
  erasing: "The chat is being erased ...",
  ended: "Your earlier chat has ended, so this is a new one. You can ask me anything again.",
  unreachable: "The guide cannot be reached just now. In an emergency do not wait for it: call your emergency number.",
  tryAgain: "Try again",
  newChat: "Start a new chat",
  emergency: "Emergency advice is shown above until you press 'Help is here'.",
  crisis: "Advice and phone numbers are shown above until you press 'Help is here'.",
  helpIsHere: "Help is here",
  showAgain: "Show the advice again",
  showLess: "Show less",
  showAll: "Show all",
  call: (/** @type {string} */ number) => `Call ${number}`,
  contacts: (/** @type {number} */ count) => `Phone numbers and links (${count})`,
  sources: (/** @type {number} */ count) => `Sources (${count})`,
  questions: "Questions to ask your team",
  terms: (/** @type {number} */ count) => `Words explained (${count})`,
  guideline: "Medical guideline",
  label: "Official medicine information",
  research: "Research",
  charity: "TSC charity or hospital",
  newTab: "(opens in a new tab)",
  choices: "You can choose",
  more: "More on this",
  related: "Related",
  awaiting: "Awaiting clinical review",
  approved: (/** @type {string} */ who, /** @type {string} */ due) => `Approved by ${who}, next review ${due}`,
  left: (/** @type {number} */ most) => (most ? `Fewer than ${most} characters left` : "No characters left"),
};
const LEFT_STEPS = [0, 20, 50, 100, 200];
const PATIENCE = 30_000; // milliseconds until the guide counts as not reachable
const MANY_CONTACTS = 5;
const NO_ANSWER = { status: 0, body: {} };

const [log, banner, numbers, statusLine, counter] = ["log", "banner", "numbers", "status", "counter"].map(find);
const input = /** @type {HTMLTextAreaElement} */ (find("question"));
const dialog = /** @type {HTMLDialogElement} */ (find("confirm"));

let token = kept("token");
let alarms = 0; // how many emergency and crisis messages this chat had
let helped = Number(kept("helped")); // how many of them 'Help is here' has closed
let busy = false;
let running = Promise.resolve();

// ---- small tools

/** @param {string} id */
function find(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** What this tab keeps; with a value it keeps that. A browser that forbids it only loses the chat on reload.
 * @param {string} name @param {string} [value] */
function kept(name, value) {
  try {
    if (value !== undefined) sessionStorage.setItem(`tsc-guide-${name}`, value);
    return sessionStorage.getItem(`tsc-guide-${name}`) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} tag @param {Record<string, string>} attributes @param {(Node | string)[]} content */
function make(tag, attributes, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...content);
  return element;
}

/** @param {string} title @param {() => void} press */
function button(title, press) {
  const element = make("button", { type: "button" }, title);
  element.addEventListener("click", press);
  return element;
}

// ---- what the guide wrote, as nodes

/** A link to another site; anything but https stays plain text. @param {string} url @param {string} title */
function link(url, title) {
  if (!url.startsWith("https://")) return title;
  const hint = make("span", { class: "unseen" }, ` ${WORDS.newTab}`);
  return make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, title, hint);
}

/** @param {string} number */
function phone(number) {
  return make("a", { href: `tel:${number.replace(/[^\d+]/g, "")}`, "aria-label": WORDS.call(number) }, number);
}

/** One line with its **bold** words and https links. @param {string} line @returns {(Node | string)[]} */
function inline(line) {
  const pieces = line.split(/(\*\*[^*]+\*\*|https:\/\/[^\s*]*[^\s*.,;:!?)])/); // every second piece is a match
  return pieces.map((piece, index) => {
    if (index % 2 === 0) return piece;
    return piece.startsWith("**") ? make("strong", {}, piece.slice(2, -2)) : link(piece, piece);
  });
}

/** Paragraphs and "- " lists. @param {string} text */
function written(text) {
  /** @type {HTMLElement[]} */
  const blocks = [];
  for (const line of text.split("\n").filter((each) => each.trim())) {
    if (!line.startsWith("- ")) blocks.push(make("p", {}, ...inline(line)));
    else {
      if (blocks[blocks.length - 1]?.tagName !== "UL") blocks.push(make("ul", {}));
      blocks[blocks.length - 1].append(make("li", {}, ...inline(line.slice(2))));
    }
  }
  return blocks;
}

/** The text without the disclaimer that ends it, and the small lines to show below it. @param {Message} message */
function bodyAndFoot({ text, custom = {} }) {
  const disclaimer = custom.disclaimer?.trim() ?? "";
  const ends = disclaimer && text.trim().endsWith(disclaimer);
  const body = (ends ? text.trim().slice(0, -disclaimer.length) : text).trim();
  const review = reviewLine(custom.review);
  const foot = [disclaimer, disclaimer.includes(review) ? "" : review].filter((line) => line && !body.includes(line));
  return { body, foot: foot.map((line) => make("p", { class: "small" }, line)) };
}

/** @param {Review | undefined} review */
function reviewLine(review) {
  if (!review) return "";
  const due = new Date(review.review_due ?? 0);
  if (review.status !== "approved" || due < new Date()) return WORDS.awaiting;
  const words = due.toLocaleDateString(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" });
  return WORDS.approved(review.reviewed_by ?? "", words);
}

/** @param {Contact[]} contacts */
function contactList(contacts) {
  const items = contacts.map(({ label, number, url, note, verify }) => {
    const site = url ? link(url, url.replace(/^https:\/\/|\/$/g, "")) : "";
    const remarks = [note, verify].filter(Boolean).join("; ");
    return make("li", {}, `${label}: `, number ? phone(number) : "", number && url ? ", " : "", site,
      make("span", { class: "small" }, remarks && ` (${remarks})`));
  });
  return make("ul", { class: "contacts" }, ...items);
}

/** @param {Source[]} sources */
function sourceCards(sources) {
  const cards = sources.map(({ group, title, publisher, year, url, note }) => {
    const kind = /** @type {Record<string, any>} */ (WORDS)[group] ?? group;
    const small = [kind, [publisher, year].filter(Boolean).join(", "), note ?? ""].filter(Boolean);
    const [first, ...rest] = small.map((line) => make("p", { class: "small" }, line));
    return make("li", {}, first, make("p", {}, url ? link(url, title) : title), ...rest);
  });
  return fold(WORDS.sources(sources.length), make("ul", { class: "cards" }, ...cards));
}

/** @param {{term: string, text: string}[]} terms */
function termList(terms) {
  const entries = terms.flatMap(({ term, text }) => [make("dt", {}, term), make("dd", {}, text)]);
  return fold(WORDS.terms(terms.length), make("dl", {}, ...entries));
}

/** @param {string} title @param {Node} content @param {boolean} [open] */
function fold(title, content, open) {
  return make("details", open ? { open: "" } : {}, make("summary", {}, title), content);
}

/** The buttons below a message, in up to three groups. @param {Message} message */
function choicesOf({ buttons = [], custom: { more = [], related = [] } = {} }) {
  const choices = buttons.map(({ title, payload }) => ({ title, choice: payload }));
  return Object.entries({ choices, more, related }).filter(([, group]) => group.length).map(([name, group]) => {
    const words = WORDS[/** @type {"choices" | "more" | "related"} */ (name)];
    return make("div", { role: "group", "aria-label": words }, make("p", { class: "small" }, words),
      ...group.map(({ choice, title }) => button(title, () => send({ choice }, title))));
  });
}

// ---- the log and the banner

/** @param {"you" | "guide"} speaker @param {(Node | string)[]} content */
function add(speaker, ...content) {
  const entry = make("div", { class: speaker }, make("p", { class: "unseen" }, WORDS[speaker]), ...content);
  log.append(entry);
  return entry;
}

/** Show the last question at the top of the log, with the answer below it. */
function scrollToLatest() {
  const questions = log.querySelectorAll(".you");
  (questions[questions.length - 1] ?? log.firstElementChild)?.scrollIntoView({ block: "start" });
}

/** @param {Message[]} messages */
function showAll(messages) {
  messages.forEach((message, index) => {
    const { kind, notice, contacts = [], sources = [], questions = [], terms = [] } = message.custom ?? {};
    if (message.from === "you") return add("you", make("p", { class: "typed" }, message.text));
    if (kind === "emergency" || kind === "crisis") return showAlarm(message, kind);
    if (notice === "still/help_arrived") closeBanner(); // typed instead of pressed
    const { body, foot } = bodyAndFoot(message);
    const content = written(body);
    const comeAgain = JSON.stringify(contacts) === JSON.stringify(messages[index + 1]?.custom?.contacts);
    if (contacts.length && !comeAgain) {
      const list = contactList(contacts);
      const many = contacts.length > MANY_CONTACTS;
      content.push(many ? fold(WORDS.contacts(contacts.length), list, kind === "urgent") : list);
    }
    if (questions.length) content.push(fold(WORDS.questions, make("ul", {}, ...questions.map((one) => make("li", {}, one)))));
    if (terms.length) content.push(termList(terms));
    if (sources.length) content.push(sourceCards(sources));
    return add("guide", ...content, ...foot, ...choicesOf(message));
  });
  scrollToLatest();
}

/** The log only points to the banner, so that the advice is read out once. @param {Message} message
 * @param {"emergency" | "crisis"} kind */
function showAlarm(message, kind) {
  add("guide", make("p", {}, WORDS[kind]), button(WORDS.showAgain, () => raise(message)), ...choicesOf(message));
  alarms += 1;
  if (alarms > helped) raise(message);
}

/** Show the advice in the banner. @param {Message} message */
function raise(message) {
  const { body, foot } = bodyAndFoot(message);
  const contacts = message.custom?.contacts ?? [];
  const first = body.match(/^.+?[.!?](?=\s|$)/)?.[0] ?? body.split("\n")[0];
  // While the country is not known, the first service comes once for each: "Emergency, Australia", "Emergency, Canada".
  const service = contacts[0]?.label.split(",")[0];
  const calls = contacts.filter(({ label }) => label.split(",")[0] === service).map(({ number }) => number ?? "");
  foldBanner(false);
  find("advice").replaceChildren(
    make("div", { role: "alert", class: "row" },
      make("p", { class: "first" }, ...inline(first)),
      make("p", { class: "calls row" }, ...[...new Set(calls)].filter(Boolean).map(phone)),
      make("div", { class: "rest" }, ...written(body.slice(first.length)))),
    make("div", { class: "rest" }, contactList(contacts), ...foot));
  banner.hidden = false;
  requestAnimationFrame(() => banner.scrollIntoView()); // where the whole page scrolls
}

/** Folded, the banner keeps the first sentence and the numbers to call. @param {boolean} folded */
function foldBanner(folded) {
  banner.querySelector("[role]")?.removeAttribute("role"); // it was read out; to unfold it is no new alarm
  banner.classList.toggle("folded", folded);
  find("fold").textContent = folded ? WORDS.showAll : WORDS.showLess;
}

/** Somebody is there to help: the alarms so far are over. */
function closeBanner() {
  banner.hidden = true;
  helped = Number(kept("helped", String(alarms)));
}

/** Say what went wrong, emergency advice first.
 * @param {Answer} answer @param {() => void} retry @param {string} [unsent] */
function showProblem({ status, body }, retry, unsent) {
  /** @type {Message[]} */
  const advice = body.messages ?? [];
  showAll(advice);
  const text = advice.reduce((rest, message) => rest.replace(message.text, ""), body.text ?? WORDS.unreachable);
  const entry = add("guide", ...written(text), ...(status ? [] : [numbers.cloneNode(true)]));
  entry.classList.add("problem");
  const ended = status === 401;
  const again = button(ended ? WORDS.newChat : WORDS.tryAgain, () => {
    if (busy) return;
    entry.remove();
    input.value = input.value || (ended && unsent) || "";
    input.focus();
    if (ended) forget();
    (ended ? start : retry)();
  });
  if (ended || !status || status === 429 || status >= 500) entry.append(again);
  scrollToLatest();
}

// ---- talking with the channel

/** @param {"GET" | "POST" | "DELETE"} method @param {string} path @param {object} [body] @returns {Promise<Answer>} */
async function call(method, path, body) {
  /** @type {Record<string, string>} */
  const headers = body ? { "Content-Type": "application/json" } : { Authorization: `Bearer ${token}` };
  try {
    const signal = AbortSignal.timeout?.(PATIENCE); // older phones do not have it
    const answer = await fetch(path, { method, headers, signal, body: body && JSON.stringify(body) });
    const read = await answer.json();
    return answer.ok || read.text ? { status: answer.status, body: read } : NO_ANSWER;
  } catch {
    return NO_ANSWER;
  }
}

/** Do one thing at a time: what is asked for while another is under way is not done.
 * @param {string} words @param {() => Promise<void>} task */
async function alone(words, task) {
  if (busy) return;
  busy = true;
  statusLine.textContent = words;
  find("send").setAttribute("aria-disabled", "true");
  const unexpected = () => showProblem(NO_ANSWER, () => start()); // an answer of another shape; to load again may help
  running = task().catch(unexpected).finally(() => {
    busy = false;
    statusLine.textContent = "";
    find("send").removeAttribute("aria-disabled");
  });
  await running;
}

/** Bring back the chat of this tab or begin one. @param {string} [note] a line to put above the greeting */
async function begin(note) {
  const earlier = token && (await call("GET", "session"));
  if (earlier && earlier.status === 401) forget();
  const answer = earlier && token ? earlier : await call("POST", "session", {});
  if (earlier && !token) note = WORDS.ended;
  log.replaceChildren();
  if (answer.status !== 200) return showProblem(answer, () => start(note));
  token = kept("token", answer.body.sender) || answer.body.sender;
  banner.hidden = true;
  alarms = 0;
  if (note) add("guide", ...written(note));
  showAll(answer.body.messages);
  helped = Number(kept("helped", String(Math.min(helped, alarms)))); // an alarm with an error is not in the stored chat
}

function forget() {
  token = kept("token", "");
  helped = Number(kept("helped", ""));
}

/** @param {string} [note] */
function start(note) {
  return alone(WORDS.starting, () => begin(note));
}

/** @param {{message: string} | {choice: string}} said @param {string} shown */
function send(said, shown) {
  if (busy) return;
  add("you", make("p", { class: "typed" }, shown));
  foldBanner(true);
  scrollToLatest();
  deliver(said);
}

/** @param {{message?: string, choice?: string}} said @returns {Promise<void>} */
function deliver(said) {
  return alone(WORDS.writing, async () => {
    const answer = await call("POST", "webhook", { sender: token, ...said });
    if (answer.status === 200 && answer.body.length) showAll(answer.body);
    else showProblem(answer.status === 200 ? NO_ANSWER : answer, () => deliver(said), said.message);
  });
}

async function erase() {
  await running; // an answer under way would be stored after the erasing
  await alone(WORDS.erasing, async () => {
    const answer = await call("DELETE", "session");
    if (answer.status !== 200) return showProblem(answer, erase);
    forget();
    log.replaceChildren();
    banner.hidden = true;
    await begin(answer.body.text);
  });
  input.focus();
}

// ---- what a person does

/** @param {Event} event */
async function submit(event) {
  event.preventDefault();
  if (!token) await start();
  const text = input.value.trim();
  if (text && token && !busy) {
    send({ message: text }, text);
    input.value = "";
    countCharacters();
  }
  input.focus({ preventScroll: true });
}

function countCharacters() {
  const step = LEFT_STEPS.find((most) => input.maxLength - input.value.length <= most);
  const words = step === undefined ? "" : WORDS.left(step);
  if (counter.textContent !== words) counter.textContent = words; // so that it is read out at the steps only
}

find("composer").addEventListener("submit", submit);
input.addEventListener("input", countCharacters);
input.addEventListener("keydown", (event) => {
  const composing = event.isComposing || event.keyCode === 229; // this Enter ends a word of an input method
  if (event.key === "Enter" && !event.shiftKey && !composing) submit(event);
});
find("fold").addEventListener("click", () => foldBanner(!banner.classList.contains("folded")));
find("close").addEventListener("click", async () => {
  closeBanner();
  await running;
  if (token) send({ choice: "help_arrived" }, WORDS.helpIsHere); // the answers no longer begin with the pointer to the advice
  input.focus();
});
find("erase").addEventListener("click", () => dialog.showModal());
find("keep").addEventListener("click", () => dialog.close());
find("erase-now").addEventListener("click", () => {
  dialog.close();
  erase();
});
matchMedia("(max-height: 24rem)").addEventListener("change", (event) => event.matches || scrollToLatest());
start();
