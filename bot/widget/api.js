// @ts-check
/** One call of the web channel. */

const PATIENCE = 30_000; // milliseconds until the guide counts as not reachable

/** @type {import("./contract.js").Answer} */
export const NO_ANSWER = { status: 0, body: {} };

/** Never throws. @param {string} server @param {"GET" | "POST" | "DELETE"} method @param {string} path
 * @param {string} token @param {object} [body] @returns {Promise<import("./contract.js").Answer>} */
export async function call(server, method, path, token, body) {
  /** @type {Record<string, string>} */
  const headers = body ? { "Content-Type": "application/json" } : { Authorization: `Bearer ${token}` };
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), PATIENCE);
  try {
    const sent = { method, headers, signal: giveUp.signal, body: body && JSON.stringify(body) };
    const answer = await fetch(server + path, { ...sent, credentials: "omit", referrerPolicy: "no-referrer" });
    const read = await answer.json();
    return answer.ok || read.text ? { status: answer.status, body: read } : NO_ANSWER;
  } catch {
    return NO_ANSWER;
  } finally {
    clearTimeout(timer);
  }
}
