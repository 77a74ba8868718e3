// Lets the npm package `plausible` ask a stats API: node ask_plausible.mjs URL KEY SITE CALLS.
// CALLS is JSON, a list of [method, ...arguments]; what each returns or throws is printed as JSON.
import Plausible from "plausible";

const [url, key, site, calls] = process.argv.slice(2);
const client = new Plausible(key, site, url);
const found = [];
for (const [method, ...args] of JSON.parse(calls)) {
  try {
    found.push(await client[method](...args));
  } catch (error) {
    found.push({ thrown: error.message });
  }
}
console.log(JSON.stringify(found));
