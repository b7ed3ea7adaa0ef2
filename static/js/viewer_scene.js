// The three.js side of the viewer: one part, studio light, drawn only when something changed.
import {
  AmbientLight, Box3, Box3Helper, BufferGeometry, Color, DirectionalLight, EdgesGeometry, Group, HemisphereLight,
  LineBasicMaterial, LineSegments, MeshStandardMaterial, PerspectiveCamera, Scene, Sphere, Spherical, Vector3,
  WebGLRenderer,
} from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { toCreasedNormals } from "three/examples/jsm/utils/BufferGeometryUtils.js";

const FIELD_OF_VIEW = 28;
const EDGE_ANGLE = 25;
const CREASE = (EDGE_ANGLE * Math.PI) / 180;
// Above this many triangles finding the edges would stall the page for seconds.
const EDGE_LIMIT = 400_000;
const VIEWS = {
  iso: [1, 0.8, 1],
  front: [0, 0, 1],
  right: [1, 0, 0],
  // Not exactly along the up axis, where the camera has no defined roll.
  top: [0, 1, 0.0001],
};
const COLORS = {
  light: { part: 0xb4bdca, edge: 0x2a3342, box: 0x2456c7 },
  dark: { part: 0x8f9bad, edge: 0x0d1118, box: 0x86adff },
};

function palette() {
  const chosen = document.documentElement.dataset.theme;
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  return dark ? COLORS.dark : COLORS.light;
}

function lights(camera) {
  const key = new DirectionalLight(0xffffff, 2.1);
  key.position.set(-0.6, 1, 1.2);
  const fill = new DirectionalLight(0xffffff, 0.7);
  fill.position.set(1.4, -0.4, 0.8);
  // Lights travel with the camera, so the side looked at is never in the dark.
  camera.add(key, fill);
  return [new HemisphereLight(0xffffff, 0x8a93a3, 1.0), new AmbientLight(0xffffff, 0.25), camera];
}

function meshesOf(model) {
  const meshes = [];
  model.traverse((node) => { if (node.isMesh) meshes.push(node); });
  return meshes;
}

function trianglesOf(mesh) {
  return (mesh.geometry.index?.count ?? mesh.geometry.attributes.position.count) / 3;
}

// Gives every mesh our material, sharp shading at sharp edges, and lines on them; returns the lines.
function dress(model, materials) {
  const meshes = meshesOf(model);
  const triangles = meshes.reduce((sum, mesh) => sum + trianglesOf(mesh), 0);
  const detailed = triangles <= EDGE_LIMIT;
  return meshes.flatMap((mesh) => {
    mesh.material = materials.part;
    if (!detailed) {
      if (!mesh.geometry.attributes.normal) mesh.geometry.computeVertexNormals();
      return [];
    }
    const plain = new BufferGeometry();
    plain.setAttribute("position", mesh.geometry.attributes.position);
    plain.setIndex(mesh.geometry.index);
    const lines = new LineSegments(new EdgesGeometry(plain, EDGE_ANGLE), materials.edge);
    mesh.geometry = toCreasedNormals(plain, CREASE);
    mesh.add(lines);
    return [lines];
  });
}

// Written as length, depth, height: with y upward the height is the middle number.
function millimeters(box, up) {
  const size = box.getSize(new Vector3()).multiplyScalar(1000);
  const format = new Intl.NumberFormat(document.documentElement.lang || "en", { maximumFractionDigits: 1 });
  return `${(up === "z" ? [size.x, size.y, size.z] : [size.x, size.z, size.y]).map((side) => format.format(side)).join(" × ")} mm`;
}

export async function createScene(stage, source, up) {
  const materials = {
    part: new MeshStandardMaterial({
      metalness: 0.15, roughness: 0.62, side: 2, polygonOffset: true, polygonOffsetFactor: 1, polygonOffsetUnits: 1,
    }),
    edge: new LineBasicMaterial(),
  };
  const { scene: model } = await new GLTFLoader().loadAsync(source);
  const turned = new Group().add(model);
  const edges = dress(model, materials);
  const box = new Box3().setFromObject(model);
  if (box.isEmpty()) throw new Error("The model is empty.");
  const dimensions = millimeters(box, up);
  // Drawings and most CAD exports have z upward; glTF says y, so the file decides.
  if (up === "z") turned.rotation.x = -Math.PI / 2;
  turned.updateMatrixWorld(true);
  const seen = new Box3().setFromObject(turned);
  const sphere = seen.getBoundingSphere(new Sphere());

  const scene = new Scene();
  const camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, sphere.radius / 50, sphere.radius * 60);
  const frame = new Box3Helper(seen, new Color(0));
  frame.visible = false;
  scene.add(turned, frame, ...lights(camera));

  const renderer = new WebGLRenderer({ antialias: true, alpha: true });
  renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
  stage.prepend(renderer.domElement);
  const controls = new OrbitControls(camera, renderer.domElement);
  controls.minDistance = sphere.radius * 0.4;
  controls.maxDistance = sphere.radius * 20;

  let asked = false;
  function draw() {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      renderer.render(scene, camera);
    });
  }
  function recolor() {
    const colors = palette();
    materials.part.color.set(colors.part);
    materials.edge.color.set(colors.edge);
    frame.material.color.set(colors.box);
    draw();
  }
  function resize() {
    const { clientWidth: width, clientHeight: height } = stage;
    if (!width || !height) return;
    renderer.setSize(width, height, false);
    camera.aspect = width / height;
    camera.updateProjectionMatrix();
    draw();
  }
  function look(name) {
    const tall = Math.min(1, camera.aspect);
    const distance = (sphere.radius / Math.sin((FIELD_OF_VIEW * Math.PI) / 360) / tall) * 1.05;
    controls.target.copy(sphere.center);
    camera.position.copy(new Vector3(...VIEWS[name]).normalize().multiplyScalar(distance).add(sphere.center));
    controls.update();
    draw();
  }
  function orbit(change) {
    const offset = camera.position.clone().sub(controls.target);
    const around = new Spherical().setFromVector3(offset);
    change(around);
    around.makeSafe();
    around.radius = Math.min(controls.maxDistance, Math.max(controls.minDistance, around.radius));
    camera.position.copy(controls.target).add(offset.setFromSpherical(around));
    controls.update();
    draw();
  }

  controls.addEventListener("change", draw);
  recolor();
  resize();
  look("iso");
  return {
    dimensions,
    hasEdges: edges.length > 0,
    recolor,
    resize,
    look,
    turn: (sideways, upward) => orbit((around) => { around.theta += sideways; around.phi += upward; }),
    zoom: (factor) => orbit((around) => { around.radius *= factor; }),
    showEdges: (on) => { edges.forEach((lines) => { lines.visible = on; }); draw(); },
    showBox: (on) => { frame.visible = on; draw(); },
  };
}
