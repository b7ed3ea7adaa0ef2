// data-autosubmit on a filter form sends it when a choice changes; text waits for a pause in typing.
// On a single field it sends the form when that field changes; data-place names what the page
// opens at afterwards.
// Every ordinary form is sent once: a second click while the first is under way does nothing.
const PAUSE_MS = 350;
const timers = new WeakMap();

function send(form) {
  clearTimeout(timers.get(form));
  form.requestSubmit();
}

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form || !(form.matches("[data-autosubmit]") || event.target.matches("[data-autosubmit]"))) return;
  if (event.target.dataset.place) form.action = `#${event.target.dataset.place}`;
  send(form);
});

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.matches("[data-autosubmit]") || !event.target.matches("[type=search], [type=text]")) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => send(form), PAUSE_MS));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.target === "_blank") return;
  if (form.closest("[hx-post], [data-hx-post], [hx-put], [hx-delete]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  event.submitter?.setAttribute("aria-busy", "true");
});

// Coming back with the browser's back button must not leave the form dead.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  });
});
