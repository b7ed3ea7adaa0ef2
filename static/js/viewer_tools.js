// Section, measure, pins and marks: the tools over the picture. Points are the scene's; what people
// read and what forms send are millimeters in the file's own coordinates.
const SVG = "http://www.w3.org/2000/svg";
const format = new Intl.NumberFormat(document.documentElement.lang || "en", {
  maximumFractionDigits: 2,
  signDisplay: "negative",
});
const KINDS = { corner: "a corner", edge: "an edge", face: "a face" };
const mm = (value) => `${format.format(value)} mm`;

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

// Labels and dots that follow points of the model.
function createOverlay(layer, scene) {
  const tracked = new Set();
  scene.afterDraw(() => {
    for (const one of tracked) {
      const at = scene.project(one.point);
      one.node.hidden = !at.seen || one.hidden;
      // A style set by script is not an inline style of the page: the policy allows it.
      one.node.style.translate = `${at.x}px ${at.y}px`;
    }
  });
  return {
    add(point, node) {
      const one = { point, node, hidden: false };
      tracked.add(one);
      layer.append(node);
      scene.redraw();
      return { ...one, remove() { tracked.delete(one); node.remove(); }, hide(on) { one.hidden = on; scene.redraw(); } };
    },
  };
}

export function createSection(figure, scene) {
  const panel = figure.querySelector('[data-panel="section"]');
  const slider = panel.querySelector("[data-cut]");
  const flip = panel.querySelector("[data-flip]");
  const axisOf = () => panel.querySelector('[data-axis][aria-pressed="true"]').dataset.axis;
  function apply() {
    const at = scene.cut(axisOf(), slider.value / 100, flip.getAttribute("aria-pressed") === "true");
    panel.querySelector("[data-cut-at]").textContent = `${axisOf()} = ${mm(at)}`;
  }
  slider.addEventListener("input", apply);
  panel.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button === flip) flip.setAttribute("aria-pressed", String(flip.getAttribute("aria-pressed") !== "true"));
    else panel.querySelectorAll("[data-axis]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    apply();
  });
  return { start() { panel.hidden = false; apply(); }, stop() { panel.hidden = true; scene.uncut(); } };
}

export function createMeasure(figure, scene, overlay, line) {
  const panel = figure.querySelector('[data-panel="measure"]');
  const hint = panel.querySelector("[data-measure-hint]");
  const result = panel.querySelector("[data-measure-result]");
  let ends = [];
  function clear() {
    ends.forEach((end) => end.remove());
    ends = [];
    line.between(null);
    result.textContent = "";
    hint.textContent = "Choose the first point; corners and edges catch it.";
  }
  function tell() {
    const [from, to] = ends.map((end) => scene.toFile(end.point));
    const part = (axis) => mm(Math.abs(to[axis] - from[axis]));
    result.textContent = `${mm(from.distanceTo(to))}  (x ${part("x")}, y ${part("y")}, z ${part("z")})`;
  }
  return {
    start() { panel.hidden = false; clear(); },
    stop() { panel.hidden = true; clear(); },
    take({ point, kind }) {
      if (ends.length === 2) clear();
      ends.push(overlay.add(point, element("span", "viewer-dot")));
      if (ends.length === 1) {
        hint.textContent = `First point on ${KINDS[kind]}. Choose the second.`;
        return;
      }
      hint.textContent = `Second point on ${KINDS[kind]}. The next point begins anew.`;
      line.between(ends[0].point, ends[1].point);
      tell();
    },
  };
}

// The line of a measurement, drawn over the picture.
export function createLine(layer, scene) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "viewer-lines");
  const line = document.createElementNS(SVG, "line");
  drawing.append(line);
  layer.append(drawing);
  let ends = null;
  scene.afterDraw(() => {
    drawing.toggleAttribute("hidden", !ends);
    if (!ends) return;
    const [from, to] = ends.map(scene.project);
    for (const [name, value] of Object.entries({ x1: from.x, y1: from.y, x2: to.x, y2: to.y })) line.setAttribute(name, value);
  });
  return { between(from, to) { ends = from ? [from, to] : null; scene.redraw(); } };
}

export function createPins(figure, scene, overlay, pins) {
  pins.forEach((pin, index) => {
    const node = element(pin.url ? "a" : "span", "viewer-pin", String(index + 1));
    if (pin.url) node.href = pin.url;
    node.title = [pin.who, pin.text].filter(Boolean).join(": ");
    node.append(element("span", "sr-only", ` ${node.title}`));
    overlay.add(scene.toScene([pin.x, pin.y, pin.z]), node);
  });
  const form = figure.querySelector('form[data-panel="pin"]');
  if (!form) return null;
  let placed = null;
  function clear() {
    placed?.remove();
    placed = null;
    form.querySelector("[type=submit]").disabled = true;
    form.querySelector("[data-pin-hint]").textContent =
      "Choose the point your question is about; Enter takes the middle of the view.";
  }
  return {
    start() { form.hidden = false; },
    stop() { form.hidden = true; clear(); },
    take({ point }) {
      placed?.remove();
      placed = overlay.add(point, element("span", "viewer-pin viewer-pin-new", String(pins.length + 1)));
      const at = scene.toFile(point);
      for (const axis of ["x", "y", "z"]) form.elements[axis].value = at[axis].toFixed(3);
      form.querySelector("[data-pin-hint]").textContent = `Point at ${["x", "y", "z"].map((axis) => format.format(at[axis])).join(", ")} mm.`;
      form.querySelector("[type=submit]").disabled = false;
      form.elements.text.focus();
    },
  };
}

export function createMarks(figure, scene, overlay, marks) {
  const shown = marks.flatMap((mark) => mark.points.map((point) => {
    const node = element("span", "viewer-mark");
    node.dataset.severity = mark.severity;
    node.dataset.rule = mark.rule;
    node.title = mark.title;
    return { mark, ...overlay.add(scene.toScene(point), node) };
  }));
  function show(on) { shown.forEach((one) => one.hide(!on)); }
  function focus(rule) {
    show(true);
    shown.forEach((one) => one.node.toggleAttribute("data-chosen", one.mark.rule === rule));
    const first = shown.find((one) => one.mark.rule === rule);
    if (first) scene.lookAt(first.point);
  }
  return { show, focus, some: shown.length > 0 };
}

export { createOverlay };
