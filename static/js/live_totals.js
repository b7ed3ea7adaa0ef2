// Running totals of a quote form. They inform only: the server computes every amount again.
//   [data-totals data-currency="USD"]            the form or a part of it
//     [data-line]                                one row: quantity x unit price
//       [data-quantity] (value or attribute)  [data-unit-price] (input)  [data-line-total] (output)
//       [data-chosen] (radio or checkbox)        without it every row counts in the sum
//     [data-choice hidden]                       shown once totals run (they need this script)
//     [data-extra]                               an input added once (tooling, setup, freight)
//     [data-option]                              a line as asked or an alternate: its extras count
//                                                when one of its rows is chosen
//     [data-grand-total]                         the output of the sum
const FRACTION_DIGITS = 2;

function amountOf(element) {
  const raw = element.value ?? element.dataset.quantity ?? element.textContent;
  // A comma is refused here as the server refuses it: it means thousands to some, decimals to others.
  const text = String(raw).trim();
  return /^\d*\.?\d+$|^\d+\.$/.test(text) ? Number(text) : NaN;
}

function quantityOf(element) {
  return element instanceof HTMLInputElement || element instanceof HTMLSelectElement
    ? amountOf(element)
    : Number(element.dataset.quantity);
}

function money(value, currency) {
  const style = { style: "currency", currency, minimumFractionDigits: FRACTION_DIGITS };
  return new Intl.NumberFormat(document.documentElement.lang || "en", style).format(value);
}

// Price times quantity in cents, half up, as the server rounds a line; whole ten-thousandths in
// between, because binary fractions would turn 3.015 into 3.01.
function lineTotal(price, quantity) {
  const fine = Math.round(price * 10_000) * quantity;
  return Math.floor((fine + 50) / 100) / 100;
}

function update(scope) {
  const currency = scope.dataset.currency || "USD";
  let sum = 0;
  let complete = true;
  for (const line of scope.querySelectorAll("[data-line]")) {
    const price = amountOf(line.querySelector("[data-unit-price]"));
    const total = lineTotal(price, quantityOf(line.querySelector("[data-quantity]")));
    const output = line.querySelector("[data-line-total]");
    if (output) output.textContent = Number.isFinite(total) ? money(total, currency) : "—";
    if (line.querySelector("[data-chosen]:not(:checked)")) continue;
    if (Number.isFinite(total)) sum += total;
    else complete = false;
  }
  for (const extra of scope.querySelectorAll("[data-extra]")) {
    // What is paid once for an alternate counts when one of its quantities is marked.
    const option = extra.closest("[data-option]");
    if (option && !option.querySelector("[data-chosen]:checked")) continue;
    const value = amountOf(extra);
    if (Number.isFinite(value)) sum += value;
  }
  for (const output of scope.querySelectorAll("[data-grand-total]")) {
    output.textContent = complete && sum > 0 ? money(sum, currency) : "—";
  }
}

document.addEventListener("input", (event) => {
  const scope = event.target.closest("[data-totals]");
  if (scope) update(scope);
});

function updateAll() {
  document.querySelectorAll("[data-totals]").forEach((scope) => {
    scope.querySelectorAll("[data-choice]").forEach((part) => part.removeAttribute("hidden"));
    update(scope);
  });
}
updateAll();
document.addEventListener("htmx:afterSwap", updateAll);
