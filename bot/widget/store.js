// @ts-check
/**
 * What this tab keeps, in sessionStorage, and only from the first message on: before it nobody has agreed to anything.
 *
 * @typedef {object} Kept
 * @property {string} [token]
 * @property {import("./contract.js").Message} [alarm] advice that is not over: shown after a reload even without a server
 * @property {number} [seen] place of the last alarm that was raised among those of the stored chat: 2 the second, 1.5 between
 * @property {boolean} [open]
 * @property {string} [size]
 * @property {string} [place]
 * @property {string} [audience]
 */

const TAKEOVER = 1_000; // milliseconds: after a reload the old page lets go within a few

export class Store {
  /** @param {string} server one page may hold chats of several */
  constructor(server) {
    this.key = `tsc-chat ${server}`;
    /** @type {Kept} */
    this.kept = {};
    this.held = ""; // the token whose lock this page has
    try {
      this.kept = JSON.parse(sessionStorage.getItem(this.key) ?? "{}");
    } catch {
      // A browser that forbids it only loses the chat on reload.
    }
  }

  /** @param {Kept} change */
  keep(change) {
    Object.assign(this.kept, change);
    try {
      if (this.kept.token || this.kept.alarm) sessionStorage.setItem(this.key, JSON.stringify(this.kept));
      else sessionStorage.removeItem(this.key);
    } catch {
      // as above
    }
  }

  /** The chat is over; an alarm is not. */
  forget() {
    this.keep({ token: undefined, seen: 0 });
  }

  /** A tab that was duplicated has a copy of what this one keeps. Only the first goes on with the chat; the other begins
   * anew. The lock ends with the page that holds it. */
  async claim() {
    const { token } = this.kept;
    if (!token || token === this.held || !navigator.locks) return;
    const stop = new AbortController();
    setTimeout(() => stop.abort(), TAKEOVER);
    /** @type {Promise<boolean>} */
    const free = new Promise((resolve) => {
      const hold = () => new Promise(() => resolve(true));
      navigator.locks.request(`${this.key} ${token}`, { signal: stop.signal }, hold).catch(() => resolve(false));
    });
    if (await free) {
      this.held = token;
      return;
    }
    this.forget(); // sessionStorage is this tab's own: the other keeps its copy
  }
}
