// The request builder's table: cells copied from a spreadsheet are pasted over the cells from the
// focused one on, and Ctrl+D copies the cell above, as spreadsheets do.
import { showToast } from "./toasts.js";

const CELL = "select, input:not([type=checkbox]):not([type=hidden]), textarea";

function cellsOf(row) {
  return [...row.querySelectorAll("td")].map((cell) => cell.querySelector(CELL)).filter(Boolean);
}

function rowOf(field) {
  return field.closest("[data-builder-row]");
}

function plain(text) {
  return text.trim().replace(/\s+/g, " ").toLowerCase();
}

// A list takes the option that is written so, or the only one that contains the text.
function put(field, text) {
  if (!(field instanceof HTMLSelectElement)) {
    field.value = text.trim();
    return true;
  }
  const wanted = plain(text);
  const options = [...field.options];
  const exact = options.find((option) => option.value === wanted || plain(option.text) === wanted);
  const near = options.filter((option) => option.value && plain(option.text).includes(wanted));
  const found = exact ?? (wanted && near.length === 1 ? near[0] : null);
  if (found) field.value = found.value;
  return Boolean(found) || !wanted;
}

function changed(field) {
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

// The border of a cell says where; this says what, to those who do not see the border too.
function tell(unread) {
  if (!unread.size) return;
  const words = [...unread].map((text) => `“${text}”`).join(", ");
  showToast(`Not pasted: ${words}. No choice, or several, are called that; choose in the marked cells.`, "warning");
}

document.addEventListener("paste", (event) => {
  const start = event.target.closest?.(CELL);
  const row = start && rowOf(start);
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!row || !/[\t\n]/.test(text.replace(/\r?\n$/, ""))) return;
  event.preventDefault();
  const rows = [...row.parentElement.querySelectorAll("[data-builder-row]")];
  const first = cellsOf(row).indexOf(start);
  const unread = new Set();
  text.replace(/\r?\n$/, "").split(/\r?\n/).forEach((line, down) => {
    const target = rows[rows.indexOf(row) + down];
    if (!target) return;
    const cells = cellsOf(target);
    line.split("\t").forEach((value, right) => {
      const field = cells[first + right];
      // What no option means is left for the person to see: the cell says so.
      if (!field) return;
      const taken = put(field, value);
      field.toggleAttribute("data-not-pasted", !taken);
      if (!taken) unread.add(value.trim());
    });
  });
  tell(unread);
  changed(start);
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "d" || !(event.ctrlKey || event.metaKey)) return;
  const field = event.target.closest?.(CELL);
  const row = field && rowOf(field);
  const above = row?.previousElementSibling;
  if (!above) return;
  event.preventDefault();
  field.value = cellsOf(above)[cellsOf(row).indexOf(field)].value;
  changed(field);
});

document.addEventListener("change", (event) => {
  if (event.isTrusted) event.target.removeAttribute?.("data-not-pasted");
});

// The panel with the manufacturers comes back from every save as it was sent. A box that was ticked
// meanwhile keeps its tick before anything else happens: a save that waited is sent at once.
let ticks = new Map();

function boxes() {
  return [...document.querySelectorAll("#check input[type=checkbox]")];
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "check") return;
  ticks = new Map(boxes().map((box) => [`${box.name}=${box.value}`, box.checked]));
});

document.addEventListener("htmx:afterSwap", () => {
  if (!ticks.size) return;
  boxes().forEach((box) => {
    box.checked = ticks.get(`${box.name}=${box.value}`) ?? box.checked;
  });
  ticks = new Map();
});

// A button pressed while a save is on its way waits for it: sent at once, it would carry the draft's
// edition from before that save and be refused as somebody else's change.
const EDITIONS = "form[data-editions]";
let pressed = null;
// Once the whole form is on its way, a save that was about to begin would only race it.
let leaving = false;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(EDITIONS)) return;
  leaving = !form.classList.contains("htmx-request");
  if (leaving) return;
  event.preventDefault();
  pressed = event.submitter;
});

document.addEventListener("htmx:afterSettle", () => {
  const form = document.querySelector(EDITIONS);
  if (!pressed || !form) return;
  const { name, value } = pressed;
  // Where its panel was swapped, it is another button of the same name now.
  const button = pressed.isConnected
    ? pressed
    : [...form.elements].find((one) => one.type === "submit" && one.name === name && one.value === value);
  pressed = null;
  // After this turn: a save that waited has begun by then, and is waited for in its turn.
  setTimeout(() => form.requestSubmit(button));
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (leaving && event.detail.elt.matches?.(EDITIONS)) event.preventDefault();
});

window.addEventListener("pageshow", () => {
  leaving = false;
});
