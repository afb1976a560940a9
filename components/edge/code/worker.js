// Cloudflare Workers: the same decisions with Cloudflare's tools.
export default {
	async fetch(request, env, ctx) {
		const url = new URL(request.url);
		const rules = await rulesOf(env);
		if (!rules) {
			return answered({ status: 503, title: 'The edge has no rules.' });
		}
		const answer = await decide(rules, {
			uri: url.pathname, country: (request.cf && request.cf.country) || '', ip: request.headers.get('cf-connecting-ip') || '',
			cookie: cookieOf(request, COHORT_COOKIE), apiKey: request.headers.get(API_KEY) || '',
		}, toolsOf(env));
		if (answer.status) {
			return answered(answer);
		}
		const response = await answerOf(prepared(request, url, answer.set), answer.set, ctx);
		return withCohort(response, request, answer.set[COHORT]);
	},
};

// The rules are remembered for half a minute: a reading costs more than a request.
const REMEMBERED = 30000;
let remembered = null;
let until = 0;

async function rulesOf(env) {
	if (remembered === null || Date.now() >= until) {
		remembered = await env.SETTINGS.get('rules', 'json');
		until = Date.now() + REMEMBERED;
	}
	return remembered;
}

function toolsOf(env) {
	return {
		now: Math.floor(Date.now() / 1000),
		secret: function (id) { return env.SETTINGS.get('key:' + id); },
		hmac: async function (secret, text) {
			const bytes = new TextEncoder();
			const key = await crypto.subtle.importKey('raw', bytes.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
			const sum = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes.encode(text)));
			return Array.from(sum, function (b) { return b.toString(16).padStart(2, '0'); }).join('');
		},
	};
}

function answered(answer) {
	const headers = { 'cache-control': 'private, no-store' };
	if (answer.location) {
		headers.location = answer.location;
		return new Response(null, { status: answer.status, headers: headers });
	}
	headers['content-type'] = 'application/problem+json';
	return new Response(problem(answer), { status: answer.status, headers: headers });
}

function cookieOf(request, name) {
	const found = (request.headers.get('cookie') || '').split(/;\s*/).find(function (pair) { return pair.startsWith(name + '='); });
	return found ? found.slice(name.length + 1) : '';
}

// prepared is the request as the cache and the app see it.
function prepared(request, url, set) {
	Array.from(url.searchParams.keys()).filter(tracking).forEach(function (name) { url.searchParams.delete(name); });
	const onward = new Request(url.toString(), request);
	[COHORT, COUNTRY, KEY_ID, API_KEY].forEach(function (name) { onward.headers.delete(name); });
	Object.keys(set).forEach(function (name) { onward.headers.set(name, set[name]); });
	const cookies = (request.headers.get('cookie') || '').split(/;\s*/).filter(function (pair) {
		return pair !== '' && !pair.startsWith(COHORT_COOKIE + '=');
	});
	if (cookies.length > 0) {
		onward.headers.set('cookie', cookies.join('; '));
	} else {
		onward.headers.delete('cookie');
	}
	return onward;
}

// answerOf asks the zone's cache, which goes by the address alone. Where an
// answer differs by cohort or country, it is kept under an address of its own.
async function answerOf(request, set, ctx) {
	const path = matched(new URL(request.url).pathname);
	const differs = [set[COHORT], set[COUNTRY]].filter(Boolean).join(' ');
	if (!differs || request.method !== 'GET' || request.headers.get('cookie') || request.headers.get('authorization') || isPrivate(path)) {
		return differs ? fetch(request, { cache: 'no-store' }) : fetch(request);
	}
	const address = new URL(request.url);
	address.searchParams.set('edge-variant', differs);
	const kept = await caches.default.match(address.toString());
	if (kept) {
		return kept;
	}
	const response = await fetch(request, { cache: 'no-store' });
	if (mayKeep(path, response)) {
		const copy = response.clone();
		const ours = new Response(copy.body, copy);
		ours.headers.set('cache-control', lifeOf(response));
		ctx.waitUntil(caches.default.put(address.toString(), ours));
	}
	return response;
}

// mayKeep says whether an answer may be given to other visitors too.
function mayKeep(path, response) {
	const control = response.headers.get('cache-control') || '';
	const never = caching(path, response.status, control, null, response.headers.has('set-cookie')) === 'private, no-store';
	return !never && response.status === 200 && /\bpublic\b/.test(control) && !/\b(no-store|no-cache|private)\b/.test(control);
}

// lifeOf is for how long the edge keeps an answer.
function lifeOf(response) {
	const control = response.headers.get('cache-control') || '';
	return caching('/', 200, control, response.headers.get('cdn-cache-control'), false) || control;
}

function withCohort(response, request, side) {
	const page = (response.headers.get('content-type') || '').startsWith('text/html');
	if (!side || !page || cookieOf(request, COHORT_COOKIE) === side) {
		return response;
	}
	const marked = new Response(response.body, response);
	marked.headers.append('set-cookie', COHORT_COOKIE + '=' + cohortCookie(side));
	return marked;
}
