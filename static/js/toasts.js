// Short messages at the edge of the page. Errors stay until they are dismissed.
const SECONDS = 6;

function retire(item) {
  if (!item.classList.contains("notice-error")) setTimeout(() => item.remove(), SECONDS * 1000);
}

// `href` makes the sentence a link. Returns the element.
export function showToast(sentence, tone = "info", href = "") {
  const area = document.getElementById("toasts");
  const item = document.createElement("div");
  item.className = `toast-item notice notice-${tone}`;
  item.setAttribute("role", tone === "error" ? "alert" : "status");
  item.dataset.toast = "";
  const text = document.createElement("div");
  text.className = "notice-body";
  const words = href ? text.appendChild(document.createElement("a")) : text;
  if (href) words.href = href;
  words.textContent = sentence;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", "Dismiss");
  close.textContent = "×";
  item.append(text, close);
  area.append(item);
  retire(item);
  return item;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-toast-close]")) event.target.closest("[data-toast]")?.remove();
});

document.addEventListener("htmx:oobAfterSwap", (event) => {
  event.detail.target?.querySelectorAll?.("[data-toast]").forEach(retire);
});
