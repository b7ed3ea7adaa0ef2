// Fields of the staff's forms that are searched while one types. Their widget names the box by what
// is chosen in it, so that without a choice it has no name, and the field to type in never has one:
// the label of the form names both.

function nameOf(select) {
  return select.labels?.[0]?.textContent.trim().replace(/:$/, "") ?? "";
}

function nameBoxes() {
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    // The box and, of a field with one choice, the text in it, which is a field of its own.
    for (const part of select.nextElementSibling?.querySelectorAll("[role=combobox], [role=textbox]") ?? []) {
      if (!nameOf(select)) continue;
      part.removeAttribute("aria-labelledby");
      part.setAttribute("aria-label", nameOf(select));
    }
  }
}

// Pages without a form have no jQuery.
const jQuery = window.django?.jQuery;
if (jQuery) {
  jQuery(nameBoxes);
  document.addEventListener("formset:added", nameBoxes);
  jQuery(document).on("select2:open", (event) => {
    const field = document.querySelector(".select2-container--open .select2-search__field");
    field?.setAttribute("aria-label", nameOf(event.target));
  });
}
