// @ts-check
/**
 * <tsc-chat server="https://guide.example.org/webhooks/web/">: the chat with the guide on any page.
 *
 * server: address of the chat page; without it the one that this script came from. name: the title. position: "right",
 * "left" (a button in that corner opens the chat) or "page" (it fills the page). place, audience: as in the web channel.
 * Colours are the custom properties at the top of chat.css. What stands inside the element is shown until the chat is there.
 */
import { hush } from "./cards.js";
import { Chat } from "./chat.js";
import { Menu } from "./menu.js";
import { button, make } from "./nodes.js";
import { Store } from "./store.js";
import { PLACES, WORDS } from "./words.js";

const PATIENCE = 5_000; // milliseconds until the chat comes without its style sheet
const LOW = 64; // CSS pixels: with less height for the log (400 % zoom, phone keyboard) the whole panel scrolls

/** Kept apart from the page's styles, and allowed by any style-src. @param {ShadowRoot} root */
async function style(root) {
  const href = new URL("chat.css", import.meta.url).href;
  try {
    const answer = await fetch(href, { signal: AbortSignal.timeout?.(PATIENCE) });
    if (!answer.ok) throw answer; // its body is no style sheet
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(await answer.text());
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(make("link", { rel: "stylesheet", href })); // an older browser; or it may still come
  }
}

/** @param {HTMLElement} host */
async function build(host) {
  const root = host.attachShadow({ mode: "open" });
  const inside = make("slot"); // shows what stands inside the element
  root.append(inside);
  const given = (/** @type {string} */ name) => host.getAttribute(name) || undefined;
  const server = given("server"), position = given("position");
  const fills = position === "page";
  const title = given("name") ?? WORDS.name;
  const address = new URL(server?.replace(/\/?$/, "/") ?? "..", server ? document.baseURI : import.meta.url);
  const store = new Store(address.href);
  const known = Object.keys(PLACES).find((code) => code === given("place"));
  const chat = new Chat(address.href, store, () => show(true), { place: known, audience: given("audience") });
  const box = make("section", { class: `chat ${fills || position === "left" ? position : "right"}`, lang: WORDS.lang, "aria-label": title });
  const menu = new Menu(chat, () => show(false), box, !fills || top !== self);
  const menuButton = button(WORDS.menu, () => show(!!menu.element.hidden));
  const panel = make("div", { class: "panel", tabindex: "-1", hidden: "" },
    make("header", {}, make(fills ? "h1" : "h2", {}, title),
      make("div", { class: "row" }, menuButton, fills ? "" : button(WORDS.close, close))),
    chat.promise, chat.banner.element, chat.composer, make("p", { class: "row small status" }, chat.status, chat.counter));
  const parts = /** @type {HTMLElement[]} */ ([...panel.children]); // the log has what they leave
  chat.composer.before(menu.element, chat.log);
  const launcher = button(WORDS.open, () => open(true), { class: "main launcher", "aria-expanded": "false", "aria-label": `${WORDS.open}: ${title}` });
  const corner = make("div", { class: "corner" }, chat.banner.line, launcher);
  box.append(fills ? "" : corner, panel);

  /** @param {boolean} asked by the person, so that the focus may move */
  function open(asked) {
    corner.hidden = true;
    panel.hidden = false;
    store.keep({ open: true });
    show(false, asked);
    if (chat.token) chat.scrollToLatest();
    else chat.start();
  }

  function close() {
    corner.hidden = false;
    panel.hidden = true;
    store.keep({ open: false });
    hush();
    launcher.focus();
  }

  /** The menu, or the conversation. @param {boolean} isMenu @param {boolean} [moves] the focus goes along */
  function show(isMenu, moves = true) {
    if (isMenu) {
      menu.refresh();
      chat.banner.fold(true);
    }
    menu.element.hidden = !isMenu;
    chat.log.hidden = chat.composer.hidden = isMenu;
    menuButton.setAttribute("aria-expanded", `${isMenu}`);
    // On a touch screen the keyboard would cover what is to be read first.
    const first = isMenu ? menu.first : matchMedia("(pointer: coarse)").matches ? panel : chat.input;
    if (moves) first?.focus();
  }

  /** To the part of the screen that a phone's keyboard leaves free. */
  function fit() {
    const seen = window.visualViewport;
    if (seen && Math.abs(seen.scale - 1) < 0.05) { // not while the person magnifies with two fingers
      panel.style.setProperty("--top", `${seen.offsetTop}px`);
      panel.style.setProperty("--height", `${seen.height}px`);
    }
    const low = parts.reduce((left, part) => left - part.offsetHeight, panel.clientHeight) < LOW;
    if (low === panel.classList.contains("low")) return;
    panel.classList.toggle("low", low);
    if (root.activeElement === chat.input) chat.composer.scrollIntoView({ block: "nearest" });
    else chat.scrollToLatest();
  }

  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !fills && !menu.dialog.open && !event.isComposing) close();
  });
  const watch = new ResizeObserver(fit);
  for (const part of [panel, ...parts]) watch.observe(part);
  for (const change of ["resize", "scroll"]) window.visualViewport?.addEventListener(change, fit);
  await style(root);
  inside.replaceWith(box);
  if (fills || store.kept.open) open(false);
}

class TscChat extends HTMLElement {
  connectedCallback() {
    if (!this.shadowRoot) build(this); // else it was only moved
  }
}

if (!customElements.get("tsc-chat")) customElements.define("tsc-chat", TscChat);
