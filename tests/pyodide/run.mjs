// Runs a file of Python in Pyodide, CPython made for the browser: node run.mjs FILE WHEEL...
// The wheels are unpacked as they are, so that nothing is fetched.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const here = createRequire(`${process.cwd()}/`); // where Pyodide has been installed
const { loadPyodide } = await import(pathToFileURL(here.resolve("pyodide/pyodide.mjs")));
const [file, ...wheels] = process.argv.slice(2);
const pyodide = await loadPyodide();
for (const wheel of wheels) {
  pyodide.unpackArchive(new Uint8Array(readFileSync(wheel)), "wheel");
}
try {
  await pyodide.runPythonAsync(readFileSync(file, "utf8"), { filename: file });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
