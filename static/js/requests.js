// What a person is told when an HTMX request fails.
import { showToast } from "./toasts.js";

const SENTENCES = {
  403: "You may not do this. If you were signed out, reload the page and sign in.",
  404: "This is no longer there. Reload the page.",
  413: "This is too large for the server.",
  429: "Too many requests. Wait a minute and try again.",
};

document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  showToast(SENTENCES[status] ?? "Something went wrong on our side. Nothing was changed; try again.", "error");
});

document.addEventListener("htmx:sendError", () => {
  showToast("The server cannot be reached. Check your connection and try again.", "error");
});
