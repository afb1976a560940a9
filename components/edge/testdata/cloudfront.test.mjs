import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cloudfront, lambda } from './built.mjs';

const rules = {
	blocked: ['KP'], vary: ['DE'], keyPaths: ['/api/partner'], redirects: { '/old': '/new' },
	experiment: { name: 'home', percent: 50 },
};
const store = { rules: JSON.stringify(rules), 'key:shop': process.env.EDGE_SECRET };
const request = cloudfront('request.js', store);

function event(uri, { country = 'US', headers = {}, cookies = {}, query = {}, ip = '203.0.113.9' } = {}) {
	const all = { 'cloudfront-viewer-country': { value: country } };
	for (const [k, v] of Object.entries(headers)) all[k] = { value: v };
	return { viewer: { ip }, request: { method: 'GET', uri, headers: all, cookies, querystring: query } };
}

test('a request that no rule names goes on', async () => {
	const plain = cloudfront('request.js', { rules: '{}' });
	const got = await plain(event('/posts/1', { query: { page: { value: '2' }, utm_source: { value: 'x' }, gclid: { value: 'y' } } }));
	assert.equal(got.uri, '/posts/1');
	assert.deepEqual(got.querystring, { page: { value: '2' } });
	assert.deepEqual(Object.keys(got.headers), ['cloudfront-viewer-country'], 'the cache key differs by nothing that is not set');
});

test('countries', async () => {
	assert.equal((await request(event('/', { country: 'KP' }))).statusCode, 451);
	assert.equal((await request(event('/', { country: 'DE' }))).headers['x-edge-country'].value, 'DE');
	assert.equal((await request(event('/', { country: 'US' }))).headers['x-edge-country'], undefined);
});

test('a redirect', async () => {
	const got = await request(event('/old'));
	assert.equal(got.statusCode, 308);
	assert.equal(got.headers.location.value, '/new');
	assert.equal(got.headers['cache-control'].value, 'private, no-store');
});

test('API keys', async () => {
	const ask = async (uri, key) => request(event(uri, { headers: key ? { 'x-api-key': key, 'x-api-key-id': 'forged' } : {} }));
	const good = process.env.EDGE_KEY; // made by the Go function Sign
	const got = await ask('/api/partner/orders', good);
	assert.equal(got.headers['x-api-key-id'].value, 'shop');
	assert.equal(got.headers['x-api-key'], undefined, 'the key stays at the edge');
	const last = good.at(-1) === '0' ? '1' : '0';
	const bad = {
		none: '', short: 'shop', unknown: good.replace('shop', 'mall'), expired: process.env.EDGE_OLD_KEY,
		changed: good.slice(0, -1) + last, longer: good + '0', cut: good.slice(0, -1), 'later end': good.replace(/\.\d+\./, '.99999999999.'),
		prototype: 'constructor.99999999999.x',
	};
	for (const [name, key] of Object.entries(bad)) {
		assert.equal((await ask('/api/partner/orders', key)).statusCode, 401, name);
	}
	assert.equal((await ask('/api/posts', '')).statusCode, undefined, 'other paths need none');
	assert.equal((await ask('/api/posts', 'bad')).statusCode, 401, 'but a bad one is told so');
	assert.equal((await ask('/api/partners', '')).statusCode, undefined, 'a longer name is another path');
});

test('no spelling of a path goes past a rule', async () => {
	for (const uri of ['/api/partner', '/api/partner/', '//api/partner/x', '/api/./partner/x', '/x/../api/partner', '/api/%70artner/x', '/api%2fpartner/x', '/%2e/api/partner']) {
		assert.equal((await request(event(uri))).statusCode, 401, uri);
	}
	assert.equal((await request(event('/%zz'))).statusCode, 400);
});

test('a visitor cannot make the edge\'s own headers up', async () => {
	const plain = cloudfront('request.js', { rules: '{}' });
	const got = await plain(event('/', { headers: { 'x-edge-cohort': 'home.b', 'x-edge-country': 'KP', 'x-api-key-id': 'shop' }, cookies: { 'edge-cohort': { value: 'home.b' }, session: { value: 's' } } }));
	for (const name of ['x-edge-cohort', 'x-edge-country', 'x-api-key-id']) assert.equal(got.headers[name], undefined, name);
	assert.deepEqual(got.cookies, { session: { value: 's' } }, 'a cohort of yesterday does not divide the cache');
});

test('cohorts are even, stay, and end with the experiment', async () => {
	let b = 0;
	for (let i = 0; i < 2000; i++) {
		const got = await request(event('/', { ip: `198.51.${i >> 8}.${i & 255}` }));
		if (got.headers['x-edge-cohort'].value === 'home.b') b++;
	}
	assert.ok(b > 880 && b < 1120, `${b} of 2000 for 50 %`);
	const kept = await request(event('/', { cookies: { 'edge-cohort': { value: 'home.b' } }, ip: '198.51.100.1' }));
	const other = await request(event('/', { cookies: { 'edge-cohort': { value: 'home.a' } }, ip: '198.51.100.1' }));
	assert.deepEqual([kept, other].map((r) => r.headers['x-edge-cohort'].value), ['home.b', 'home.a']);
	const forged = await request(event('/', { cookies: { 'edge-cohort': { value: 'home.c' } } }));
	assert.match(forged.headers['x-edge-cohort'].value, /^home\.[ab]$/);
	for (const [percent, want] of [[0, 'home.a'], [100, 'home.b']]) {
		const all = cloudfront('request.js', { rules: JSON.stringify({ experiment: { name: 'home', percent } }) });
		assert.equal((await all(event('/'))).headers['x-edge-cohort'].value, want);
	}
});

test('a store without rules stops everything', async () => {
	await assert.rejects(cloudfront('request.js', {})(event('/')), /KeyNotFound/);
});

test('the cohort cookie goes to pages only, after the cache', async () => {
	const response = cloudfront('response.js', store);
	const after = (type, req) => response({ viewer: { ip: '203.0.113.9' }, request: { headers: {}, cookies: {}, ...req }, response: { statusCode: 200, headers: { 'content-type': { value: type } } } });
	const side = (await request(event('/'))).headers['x-edge-cohort'].value;
	const cookie = (await after('text/html; charset=utf-8')).cookies['edge-cohort'];
	assert.equal(cookie.value, side, 'the same as the request was given');
	assert.match(cookie.attributes, /^Max-Age=2592000; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
	assert.equal((await after('text/html', { headers: { 'x-edge-cohort': { value: 'home.b' } } })).cookies['edge-cohort'].value, 'home.b');
	assert.equal((await after('application/json')).cookies, undefined);
	assert.equal((await after('text/html', { cookies: { 'edge-cohort': { value: 'home.b' } } })).cookies, undefined, 'whoever has it keeps it');
});

test('what CloudFront may keep', async () => {
	const guard = lambda();
	const after = async (uri, headers, status = '200') => {
		const all = {};
		for (const [k, v] of Object.entries(headers)) all[k] = [{ key: k, value: v }];
		const got = await guard({ Records: [{ cf: { request: { uri }, response: { status, headers: all } } }] });
		return got.headers['cache-control']?.[0].value;
	};
	const never = 'private, no-store';
	assert.equal(await after('/api/posts', { 'cache-control': 'public, max-age=300', 'cdn-cache-control': 'max-age=3600' }), 'public, max-age=300, s-maxage=3600');
	assert.equal(await after('/api/posts', { 'cache-control': 'public, max-age=300' }), 'public, max-age=300');
	assert.equal(await after('/', { 'cache-control': 'no-cache' }), 'no-cache');
	assert.equal(await after('/x', {}), undefined);
	assert.equal(await after('/api/posts', { 'cache-control': 'public, max-age=300', 'set-cookie': 's=1' }), never);
	assert.equal(await after('/api/posts', { 'cache-control': 'public, max-age=300' }, '503'), never);
	assert.equal(await after('/x', { 'cache-control': never, 'cdn-cache-control': 'max-age=9' }), never);
	for (const path of JSON.parse(process.env.EDGE_PRIVATE)) {
		assert.equal(await after(path.replace('*', '/1'), { 'cache-control': 'public, max-age=300' }), never, path);
		assert.equal(await after('/' + path.replace('*', ''), { 'cache-control': 'public' }), never, 'with doubled slashes ' + path);
	}
});
