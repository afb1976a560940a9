import assert from 'node:assert/strict';
import { test } from 'node:test';
import { worker } from './built.mjs';

const rules = { blocked: ['KP'], vary: ['DE'], keyPaths: ['/api/partner'], redirects: { '/old': '/new' } };
const withCohorts = { ...rules, experiment: { name: 'home', percent: 100 } };
const store = (r) => ({ rules: JSON.stringify(r), 'key:shop': process.env.EDGE_SECRET });
const page = (headers = {}) => () => new Response('page', { headers: { 'content-type': 'text/html', 'cache-control': 'public, max-age=300', ...headers } });
const site = 'https://shop.example.com';

test('refusals and redirects', async () => {
	const w = await worker(store(rules), page());
	assert.equal((await w.ask(site + '/', { country: 'KP' })).status, 451);
	assert.equal((await w.ask(site + '/api/partner/x')).status, 401);
	assert.equal((await w.ask(site + '/api/%70artner/x')).status, 401);
	const moved = await w.ask(site + '/old');
	assert.deepEqual([moved.status, moved.headers.get('location')], [308, '/new']);
	assert.equal(w.seen.length, 0, 'none of them reaches the app');
	assert.equal((await (await worker({}, page())).ask(site + '/')).status, 503);
});

test('a good key reaches the app by its id alone', async () => {
	const w = await worker(store(rules), page());
	const got = await w.ask(site + '/api/partner/x', { headers: { 'x-api-key': process.env.EDGE_KEY, 'x-edge-cohort': 'forged' } });
	assert.equal(got.status, 200);
	const { headers } = w.seen[0].request;
	assert.deepEqual([headers.get('x-api-key-id'), headers.get('x-api-key'), headers.get('x-edge-cohort')], ['shop', null, null]);
	assert.equal((await w.ask(site + '/api/posts', { headers: { 'x-api-key': process.env.EDGE_OLD_KEY } })).status, 401);
});

test('without variants the zone\'s own cache serves', async () => {
	const w = await worker(store({}), page());
	await w.ask(site + '/?utm_source=x&page=2');
	assert.equal(w.seen[0].request.url, site + '/?page=2');
	assert.equal(w.seen[0].options, undefined);
	assert.equal(w.kept.size, 0);
	await w.ask(site + '/');
	assert.equal(w.env.reads, 1, 'the rules are remembered');
});

test('cohorts and countries are kept apart', async () => {
	const w = await worker(store(withCohorts), page({ 'cdn-cache-control': 'max-age=3600' }));
	const first = await w.ask(site + '/');
	assert.match(first.headers.get('set-cookie'), /^edge-cohort=home\.b; Max-Age=2592000/);
	await w.ask(site + '/');
	assert.equal(w.seen.length, 1, 'the second comes from the cache');
	assert.deepEqual([...w.kept.keys()], [site + '/?edge-variant=home.b+DE']);
	const kept = [...w.kept.values()][0];
	assert.equal(kept.headers.get('set-cookie'), null, 'the cache keeps no cookie');
	assert.equal(kept.headers.get('cache-control'), 'public, max-age=300, s-maxage=3600');
	await w.ask(site + '/', { country: 'US' });
	assert.equal(w.seen.length, 2);
	const again = await w.ask(site + '/', { headers: { cookie: 'edge-cohort=home.b' } });
	assert.equal(again.headers.get('set-cookie'), null);
	assert.equal(w.seen.length, 2);
});

test('nothing of one visitor is kept', async () => {
	for (const [name, path, headers, asked] of [
		['a cookie is set', '/', { 'set-cookie': 's=1' }, {}],
		['private', '/', { 'cache-control': 'private, no-store' }, {}],
		['no-cache', '/', { 'cache-control': 'no-cache' }, {}],
		['logged in', '/', {}, { headers: { cookie: 'session=1' } }],
		['a bearer', '/', {}, { headers: { authorization: 'Bearer x' } }],
		['a write', '/', {}, { method: 'POST' }],
		...JSON.parse(process.env.EDGE_PRIVATE).map((p) => [p, p.replace('*', '/1'), {}, {}]),
	]) {
		const w = await worker(store(withCohorts), page(headers));
		await w.ask(site + path, asked);
		await w.ask(site + path, asked);
		assert.equal(w.kept.size, 0, name);
		assert.equal(w.seen.length, 2, name);
		assert.equal(w.seen[0].options.cache, 'no-store', name);
	}
});
