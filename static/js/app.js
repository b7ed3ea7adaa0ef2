// What every page needs. Each module listens on the document, so fragments HTMX brings work at once.
import "./board.js";
import "./builder.js";
import "./clipboard.js";
import "./dialogs.js";
import "./file_drop.js";
import "./forms.js";
import "./live.js";
import "./live_totals.js";
import "./menus.js";
import "./requests.js";
import "./selection.js";
import "./toasts.js";
