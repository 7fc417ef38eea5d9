// @ts-check
/** Shortcuts of a single key: never while somebody types, and not where they are switched off (WCAG 2.1.4). */

const NOT_TYPED = ["checkbox", "radio", "button", "submit", "reset", "file", "color", "range"];

/** Whether a key pressed here belongs to a field. @param {EventTarget | null} target */
export function typing(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !NOT_TYPED.includes(target.type);
  return target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName);
}

/** @param {HTMLElement} page says with data-single-keys whether this person wants them
 * @param {Record<string, (event: KeyboardEvent) => void>} actions by key */
export function listen(page, actions) {
  if (page.dataset.singleKeys !== "on") return;
  document.addEventListener("keydown", (event) => {
    const held = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
    if (held || event.repeat && !"jk".includes(event.key) || typing(event.target)) return;
    const action = actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action(event);
  });
}

/** Move the focus among elements of a list, from the one that has it. @param {HTMLElement[]} elements @param {number} steps */
export function move(elements, steps) {
  const here = elements.findIndex((one) => one.contains(document.activeElement));
  const there = here < 0 ? (steps > 0 ? 0 : elements.length - 1) : Math.min(Math.max(here + steps, 0), elements.length - 1);
  elements[there]?.focus();
  elements[there]?.scrollIntoView({ block: "nearest" });
}
