// Draws each chart from the table that stands below it: one place for the numbers, and whoever cannot see the chart reads the table.

/** @typedef {{label: string, data: (number | null)[]}} Series */

const { Chart } = window;
const TYPES = { line: "line", columns: "bar", bars: "bar" };
const COLOURS = ["--action", "--urgent", "--quiet"];
const DASHES = [[], [8, 4], [2, 3]];

/** @param {string} name */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** @param {HTMLTableElement} table @returns {{labels: string[], series: Series[]}} */
function read(table) {
  const heads = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
  const rows = [...table.tBodies[0].rows];
  const value = (cell) => (cell.dataset.value === "" ? null : Number(cell.dataset.value));
  return {
    labels: rows.map((row) => row.cells[0].textContent),
    series: heads.map((label, index) => ({ label, data: rows.map((row) => value(row.cells[index + 1])) })),
  };
}

/** @param {HTMLElement} place */
function draw(place) {
  const table = document.getElementById(place.dataset.table);
  const { labels, series } = read(table);
  const across = place.dataset.chart === "bars";
  const stacked = "stacked" in place.dataset;
  // A share in the same table has another scale and stays in the table.
  const shown = series.filter(({ label }) => place.dataset.unit === "%" || !label.includes("%"));
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `Chart; the same numbers stand in the table below it.`);
  place.replaceChildren(canvas);
  place.hidden = false;
  const text = colour("--text");
  const numbers = { beginAtZero: true, stacked, ticks: { color: text, precision: place.dataset.unit ? undefined : 0 }, grid: { color: colour("--soft") } };
  const names = { stacked, ticks: { color: text, autoSkip: !across }, grid: { display: false } };
  return new Chart(canvas, {
    type: TYPES[place.dataset.chart],
    data: {
      labels,
      datasets: shown.map(({ label, data }, index) => ({
        label, data,
        backgroundColor: colour(COLOURS[index]), borderColor: colour(place.dataset.chart === "line" ? COLOURS[index] : "--card"),
        borderDash: DASHES[index], borderWidth: place.dataset.chart === "line" ? 2 : 1, pointRadius: labels.length > 40 ? 0 : 3,
      })),
    },
    options: {
      animation: false, responsive: true, maintainAspectRatio: false, indexAxis: across ? "y" : "x",
      scales: across ? { x: numbers, y: names } : { x: names, y: numbers },
      plugins: { legend: { display: shown.length > 1, labels: { color: text } } },
    },
  });
}

/** @type {import("chart.js").Chart[]} */
let charts = [];
const places = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-chart]"));
const all = document.querySelectorAll(".charts details");

function drawAll() {
  for (const chart of charts) chart.destroy();
  charts = [...places].map(draw);
}

drawAll();
for (const details of all) details.open = false;
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);

// On paper every table is open, and the charts are as wide as the paper.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...all].filter((details) => !details.open);
  for (const details of opened) details.open = true;
  for (const chart of charts) chart.resize();
});
addEventListener("afterprint", () => {
  for (const details of opened) details.open = false;
  for (const chart of charts) chart.resize();
});
const print = document.getElementById("print");
print.hidden = false;
print.addEventListener("click", () => window.print());
