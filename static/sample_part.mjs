// A flange as binary glTF 2.0 (meters, y upward): its half section turned around the axis.
const SECTION = [[12, 0], [60, 0], [60, 14], [30, 14], [30, 46], [12, 46]];
const SIDES = 72;

function mesh() {
  const positions = [];
  const indices = [];
  const corners = SECTION.length;
  for (let side = 0; side < SIDES; side += 1) {
    const angle = (2 * Math.PI * side) / SIDES;
    for (const [radius, height] of SECTION) {
      positions.push((radius * Math.cos(angle)) / 1000, height / 1000, (radius * Math.sin(angle)) / 1000);
    }
    const next = (side + 1) % SIDES;
    for (let corner = 0; corner < corners; corner += 1) {
      const along = (corner + 1) % corners;
      const [a, b] = [side * corners + corner, side * corners + along];
      const [c, d] = [next * corners + along, next * corners + corner];
      indices.push(a, b, c, a, c, d);
    }
  }
  return { positions: new Float32Array(positions), indices: new Uint16Array(indices) };
}

function chunk(type, bytes, filler) {
  const padded = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4, filler)]);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(padded.length, 0);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, padded]);
}

export function flange() {
  const { positions, indices } = mesh();
  const description = {
    asset: { version: "2.0" },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0 }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] }],
    accessors: [
      { bufferView: 0, componentType: 5126, count: positions.length / 3, type: "VEC3", min: [-0.06, 0, -0.06], max: [0.06, 0.046, 0.06] },
      { bufferView: 1, componentType: 5123, count: indices.length, type: "SCALAR" },
    ],
    bufferViews: [
      { buffer: 0, byteOffset: 0, byteLength: positions.byteLength },
      { buffer: 0, byteOffset: positions.byteLength, byteLength: indices.byteLength },
    ],
    buffers: [{ byteLength: positions.byteLength + indices.byteLength }],
  };
  const data = Buffer.concat([Buffer.from(positions.buffer), Buffer.from(indices.buffer)]);
  const body = Buffer.concat([chunk("JSON", Buffer.from(JSON.stringify(description)), " "), chunk("BIN\0", data, 0)]);
  const head = Buffer.alloc(12);
  head.write("glTF", 0, "latin1");
  head.writeUInt32LE(2, 4);
  head.writeUInt32LE(body.length + 12, 8);
  return Buffer.concat([head, body]);
}
