// [data-selection]: a form over rows with checkboxes. Choosing all, ranges with Shift, a bar that says
// how many; and a list that refreshes itself waits while something is chosen. Works without it too.
const boxesOf = (form) => [...form.querySelectorAll('input[type="checkbox"][name]')];
let last = null;

function show(form) {
  const boxes = boxesOf(form);
  const chosen = boxes.filter((box) => box.checked).length;
  form.querySelector("[data-selection-bar]").hidden = chosen === 0;
  form.querySelector("[data-selection-count]").textContent = chosen === 1 ? "One part chosen" : `${chosen} parts chosen`;
  const all = form.querySelector("[data-select-all]");
  all.hidden = false;
  all.checked = chosen > 0 && chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
}

document.addEventListener("click", (event) => {
  const box = event.target;
  const form = box.closest?.("[data-selection]");
  if (!form || box.type !== "checkbox") return;
  if (box.matches("[data-select-all]")) {
    boxesOf(form).forEach((one) => { one.checked = box.checked; });
  } else if (event.shiftKey && last && form.contains(last)) {
    const boxes = boxesOf(form);
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    boxes.slice(from, to + 1).forEach((one) => { one.checked = box.checked; });
  }
  if (box.name) last = box;
  show(form);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const list = event.target.closest?.("[data-keep-selection]");
  if (list?.querySelector(":checked")) event.preventDefault();
});

function enliven() {
  document.querySelectorAll("[data-selection]").forEach(show);
}
enliven();
document.addEventListener("htmx:afterSwap", enliven);
window.addEventListener("pageshow", enliven);
