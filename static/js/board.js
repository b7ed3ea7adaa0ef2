// The manufacturer's board: a card dragged to a column, or led there with the arrow keys, takes the
// step that leads there. Each step is a form or a link on the card, so nothing here knows a rule.
const clear = () => {
  document.querySelectorAll(".board-takes, .board-chosen, .board-held").forEach((one) => one.classList.remove("board-takes", "board-chosen", "board-held"));
};
const cardOf = (target) => target.closest?.("[data-card]");
const columnOf = (target) => target.closest?.("[data-column]");
const columns = () => [...document.querySelectorAll("[data-column]")];
const stepTo = (card, column) => card.querySelector(`[data-to="${column.dataset.column}"]`);

let dragged = null;
let aimed = null;
let moved = "";

// Who drags looks at the cards: a refusal is written for the eyes too.
function say(sentence, isSeen = false) {
  const status = document.getElementById("board-status");
  if (!status) return;
  status.textContent = sentence;
  status.classList.toggle("sr-only", !isSeen);
}

function refuse(card, column) {
  const steps = [...card.querySelectorAll("[data-to]")].map((step) => step.dataset.step).filter(Boolean);
  const open = steps.length ? `Next for it: ${steps.join(", ")}.` : "Open the order to see whose turn it is.";
  say(`${card.dataset.card} does not go to ${column.dataset.label} now. ${open}`, true);
}

function take(step) {
  moved = cardOf(step).id;
  if (step.matches("form")) step.requestSubmit();
  else location.assign(step.href);
}

document.addEventListener("dragstart", (event) => {
  dragged = cardOf(event.target);
  if (!dragged) return;
  aimed = null;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.card);
  dragged.classList.add("board-held");
  columns().filter((column) => column !== columnOf(dragged) && stepTo(dragged, column)).forEach((column) => column.classList.add("board-takes"));
});

document.addEventListener("dragover", (event) => {
  const column = columnOf(event.target);
  if (dragged) aimed = column;
  if (!dragged || !column?.classList.contains("board-takes")) return;
  event.preventDefault();
  columns().forEach((one) => one.classList.toggle("board-chosen", one === column));
});

document.addEventListener("drop", (event) => {
  const column = columnOf(event.target);
  if (!dragged || !column?.classList.contains("board-takes")) return;
  event.preventDefault();
  take(stepTo(dragged, column));
});

// A drop on a column that takes nothing is no drop for the browser, only the end of dragging. Escape
// ends it where the card came from or over the same column; the sentence is true there too.
document.addEventListener("dragend", () => {
  if (dragged && aimed && aimed !== columnOf(dragged) && !stepTo(dragged, aimed)) refuse(dragged, aimed);
  if (dragged) clear();
  dragged = aimed = null;
});

function choose(card, by) {
  const open = columns().filter((column) => column !== columnOf(card) && stepTo(card, column));
  if (open.length === 0) {
    say("This card goes nowhere now. Open the order to see whose turn it is.");
    return;
  }
  const all = columns();
  const from = all.findIndex((one) => one.classList.contains("board-chosen"));
  const start = from < 0 ? all.indexOf(columnOf(card)) : from;
  const ahead = open.filter((one) => (all.indexOf(one) - start) * by > 0);
  const next = by > 0 ? ahead[0] : ahead.at(-1);
  if (!next) return;
  clear();
  card.classList.add("board-held");
  next.classList.add("board-chosen");
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
  say(`${card.dataset.card}: ${stepTo(card, next).dataset.step}, to ${next.dataset.label}. Enter does it, Escape leaves it.`);
}

document.addEventListener("keydown", (event) => {
  const card = event.target.matches?.("[data-card]") ? event.target : null;
  if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
  const chosen = document.querySelector(".board-chosen");
  if (event.key === "ArrowRight" || event.key === "ArrowLeft") choose(card, event.key === "ArrowRight" ? 1 : -1);
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const cards = [...columnOf(card).querySelectorAll("[data-card]")];
    cards[cards.indexOf(card) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
    clear();
  } else if (event.key === "Enter" && chosen) take(stepTo(card, chosen));
  else if (event.key === "Escape" && chosen) {
    clear();
    say("Left where it is.");
  } else return;
  event.preventDefault();
});

document.addEventListener("focusout", (event) => {
  if (!dragged && event.target.matches?.("[data-card]")) clear();
});

document.addEventListener("submit", (event) => {
  const card = cardOf(event.target);
  if (card) moved = card.id;
});

// The new board: what happened is said, and the card that moved is where the person is.
document.addEventListener("htmx:afterSwap", () => {
  const said = document.querySelector("[data-board-said]");
  if (!said || !moved) return;
  say(said.textContent.trim());
  document.getElementById(moved)?.focus();
  moved = "";
});
