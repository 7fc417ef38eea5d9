// @ts-check
/**
 * The shapes that the web channel promises (docs/architecture.md). Types only: no page loads this file.
 *
 * @typedef {{label: string, number?: string, url?: string, note?: string, verify?: string}} Contact
 * @typedef {{group: string, title: string, publisher: string, year?: number, url?: string, note?: string}} Source
 * @typedef {{status: string, reviewed_by?: string, review_due?: string}} Review
 * @typedef {{choice: string, title: string}} Choice
 * @typedef {{kind?: string, disclaimer?: string, sources?: Source[], review?: Review, contacts?: Contact[],
 *   more?: Choice[], related?: Choice[], notice?: string, questions?: string[], languages?: string[],
 *   terms?: {term: string, text: string}[]}} Custom
 * @typedef {{from?: string, text: string, custom?: Custom, buttons?: {title: string, payload: string}[]}} Message
 * @typedef {{status: number, body: any}} Answer `status` 0: the guide was not reached
 * @typedef {{message?: string, choice?: string}} Said
 */
export {};
