// Loads what is deployed, as the Go tests built it, with the platform's parts
// around it played by small stand-ins.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';

const dir = process.env.EDGE_BUILD;
const require = createRequire(import.meta.url);
const read = (name) => readFileSync(join(dir, name), 'utf8');

// storeOf plays CloudFront's key-value store: what is not there throws.
function storeOf(entries) {
	return {
		async exists(key) { return key in entries; },
		async get(key, options) {
			if (!(key in entries)) throw new Error('KeyNotFound');
			return options && options.format === 'json' ? JSON.parse(entries[key]) : entries[key];
		},
	};
}

// cloudfront runs a CloudFront function. The import is the only line that is
// not run as it is: CloudFront alone has that module.
export function cloudfront(name, entries) {
	const code = read(name).replace("import cf from 'cloudfront';", '');
	const context = vm.createContext({ cf: { kvs: () => storeOf(entries) }, require, Date, console });
	vm.runInContext(code + '\nthis.handler = handler;', context, { filename: name });
	return async (event) => JSON.parse(JSON.stringify(await context.handler(event)));
}

export function lambda() {
	const exports = {};
	vm.runInContext(read('lambda.js'), vm.createContext({ exports, console }), { filename: 'lambda.js' });
	return exports.handler;
}

let count = 0;

// worker runs the Cloudflare Worker before an app, with a cache of its own.
export async function worker(entries, app) {
	// Each gets a module of its own, as each data centre has.
	const module = await import(`${pathToFileURL(join(dir, 'worker.mjs'))}?n=${++count}`);
	const kept = new Map();
	const waiting = [];
	globalThis.caches = { default: {
		async match(url) { return kept.get(url)?.clone(); },
		async put(url, response) { kept.set(url, response); },
	} };
	const seen = [];
	globalThis.fetch = async (request, options) => {
		seen.push({ request, options });
		return app(request);
	};
	const env = { reads: 0, SETTINGS: { async get(key, format) {
		env.reads++;
		const value = entries[key] ?? null;
		return value !== null && format === 'json' ? JSON.parse(value) : value;
	} } };
	return {
		seen, kept, env,
		async ask(url, { headers = {}, country = 'DE', method = 'GET' } = {}) {
			const request = new Request(url, { method, headers: { 'cf-connecting-ip': '203.0.113.9', ...headers } });
			Object.defineProperty(request, 'cf', { value: { country } });
			const response = await module.default.fetch(request, env, { waitUntil: (p) => waiting.push(p) });
			await Promise.all(waiting);
			return response;
		},
	};
}
