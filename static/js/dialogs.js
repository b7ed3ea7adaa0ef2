// data-dialog-open="id" opens a <dialog>; data-dialog-close or a click on the backdrop closes it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialogOpen);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
  else if (event.target instanceof HTMLDialogElement) event.target.close();
});

// A dialog that came back from the server with errors opens itself.
function openMarked() {
  document.querySelectorAll("dialog[data-open]:not([open])").forEach((dialog) => dialog.showModal());
}
openMarked();
document.addEventListener("htmx:afterSwap", openMarked);
