// The OpenAPI document on standard input against Redocly's recommended rules and some of our own.
// Prints a line a finding; ends with 1 when there are any. Asks nothing of the network.
import { createConfig, lintFromString } from "@redocly/openapi-core";

const rules = {
  // Every address of ours ends with a slash.
  "no-path-trailing-slash": "off",
  // Of the document of a service nobody installs a copy.
  "info-license": "off",
  // "uploads" is no id of a part: ids have prefixes.
  "no-ambiguous-paths": "off",
  "no-invalid-schema-examples": "error",
  "operation-description": "error",
  "operation-singular-tag": "error",
  "operation-tag-defined": "error",
  "parameter-description": "error",
  "rule/names-of-operations": {
    subject: { type: "Operation", property: "operationId" },
    assertions: { defined: true, pattern: "/^[a-z]+(_[a-z]+)+$/" },
  },
  "rule/words-of-answers": {
    subject: { type: "Response", property: "description" },
    assertions: { nonEmpty: true },
  },
};

let source = "";
for await (const piece of process.stdin) source += piece;
const config = await createConfig({ extends: ["recommended-strict"], rules });
const found = await lintFromString({ source, absoluteRef: "/openapi.json", config });
for (const each of found) {
  console.log(`${each.ruleId}: ${each.message} ${each.location[0]?.pointer ?? ""}`);
}
process.exitCode = found.length ? 1 : 0;
