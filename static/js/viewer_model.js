// Loading a GLB and dressing it: our materials, sharp shading at sharp edges, lines on them.
import { BufferGeometry, EdgesGeometry, Group, LineSegments } from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { toCreasedNormals } from "three/examples/jsm/utils/BufferGeometryUtils.js";

const EDGE_ANGLE = 25;
const CREASE = (EDGE_ANGLE * Math.PI) / 180;
// Above this many triangles finding the edges would stall the page for seconds.
const EDGE_LIMIT = 400_000;

function partsOf(model) {
  const found = { meshes: [], lines: [] };
  model.traverse((node) => {
    if (node.isMesh) found.meshes.push(node);
    else if (node.isLine) found.lines.push(node);
  });
  return found;
}

function trianglesOf(mesh) {
  return (mesh.geometry.index?.count ?? mesh.geometry.attributes.position.count) / 3;
}

function dress(model, materials) {
  const { meshes, lines } = partsOf(model);
  const detailed = meshes.reduce((sum, mesh) => sum + trianglesOf(mesh), 0) <= EDGE_LIMIT;
  const edges = [...lines];
  edges.forEach((line) => { line.material = materials.edge; });
  for (const mesh of meshes) {
    mesh.material = materials.part;
    if (!detailed) {
      if (!mesh.geometry.attributes.normal) mesh.geometry.computeVertexNormals();
      continue;
    }
    const plain = new BufferGeometry();
    plain.setAttribute("position", mesh.geometry.attributes.position);
    plain.setIndex(mesh.geometry.index);
    if (lines.length === 0) {
      const drawn = new LineSegments(new EdgesGeometry(plain, EDGE_ANGLE), materials.edge);
      mesh.add(drawn);
      edges.push(drawn);
    }
    mesh.geometry = toCreasedNormals(plain, CREASE);
  }
  return { meshes, edges };
}

// The group stands upright in the scene. `frame` is the node whose local coordinates are the file's
// own, in meters: marks, pins and measures speak of those.
export async function loadModel(source, materials, up) {
  const { scene } = await new GLTFLoader().loadAsync(source);
  const group = new Group().add(scene);
  if (up === "z") group.rotation.x = -Math.PI / 2;
  const { meshes, edges } = dress(scene, materials);
  if (meshes.length === 0) throw new Error("The model is empty.");
  group.updateMatrixWorld(true);
  return { group, meshes, edges, frame: meshes[0] };
}
