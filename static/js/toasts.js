// Short messages at the edge of the page. Errors stay until they are dismissed.
const SECONDS = 6;

function retire(item) {
  if (!item.classList.contains("notice-error")) setTimeout(() => item.remove(), SECONDS * 1000);
}

export function showToast(sentence, tone = "info") {
  const area = document.getElementById("toasts");
  if (!area) return;
  const item = document.createElement("div");
  item.className = `toast-item notice notice-${tone}`;
  item.setAttribute("role", tone === "error" ? "alert" : "status");
  item.dataset.toast = "";
  const text = document.createElement("div");
  text.className = "notice-body";
  text.textContent = sentence;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", "Dismiss");
  close.textContent = "×";
  item.append(text, close);
  area.append(item);
  retire(item);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-toast-close]")) event.target.closest("[data-toast]")?.remove();
});

document.addEventListener("htmx:oobAfterSwap", (event) => {
  event.detail.target?.querySelectorAll?.("[data-toast]").forEach(retire);
});
