// What the edge decides, free of any platform: the same lines run in CloudFront
// Functions, in Lambda@Edge and in Cloudflare Workers. CloudFront Functions take
// ES 5.1 with const, let and async only: no for-of, spread, destructuring,
// default parameters, classes, ?. or ??.

// The headers that the edge alone sets. What a visitor sends under these names
// is thrown away.
const COHORT = 'x-edge-cohort';
const COUNTRY = 'x-edge-country';
const KEY_ID = 'x-api-key-id';
// COHORT_COOKIE keeps a visitor in a cohort.
const COHORT_COOKIE = 'edge-cohort';
// API_KEY is the header in which a program sends its key.
const API_KEY = 'x-api-key';

// matched is the path as the app will see it: decoded once, without doubled
// slashes and dot segments, so that no spelling of a path goes past a rule.
// Null says that it is no path.
function matched(uri) {
	let path;
	try {
		path = decodeURIComponent(uri);
	} catch (e) {
		return null;
	}
	const kept = [];
	path.split('/').forEach(function (part) {
		if (part === '..') {
			kept.pop();
		} else if (part !== '' && part !== '.') {
			kept.push(part);
		}
	});
	return '/' + kept.join('/') + (kept.length > 0 && path.endsWith('/') ? '/' : '');
}

// below says whether a path is a prefix or lies under it.
function below(path, prefix) {
	return path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : prefix + '/');
}

// tracking says whether a query parameter is one that only marks where a visitor
// came from: it would make a cached page another one.
function tracking(name) {
	return /^(utm_[a-z_]+|fbclid|gclid|msclkid|mc_[ce]id)$/.test(name);
}

// bucket spreads texts evenly over 0 to 99 (FNV-1a with a final mix).
function bucket(text) {
	let h = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) {
		h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
	}
	h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
	h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
	return ((h ^ (h >>> 16)) >>> 0) % 100;
}

// cohort is the visitor's side of the running experiment, "name.a" or "name.b":
// that of the cookie, or else by address. Empty without an experiment.
function cohort(rules, cookie, ip) {
	const e = rules.experiment;
	if (!e) {
		return '';
	}
	if (cookie === e.name + '.a' || cookie === e.name + '.b') {
		return cookie;
	}
	return e.name + (bucket(e.name + ':' + ip) < e.percent ? '.b' : '.a');
}

// same compares in a time that does not tell where two texts differ.
function same(a, b) {
	let difference = a.length ^ b.length;
	for (let i = 0; i < a.length; i++) {
		difference |= a.charCodeAt(i) ^ b.charCodeAt(i % (b.length || 1));
	}
	return difference === 0;
}

// keyOf is the id of a good API key, "id.expires.signature", and empty for a bad
// one. tools.secret(id) gives the id's secret or null, tools.hmac(secret, text)
// the HMAC-SHA256 in hex, tools.now the seconds since 1970.
async function keyOf(key, tools) {
	const parts = key.split('.');
	if (parts.length !== 3 || !/^[a-z0-9][a-z0-9-]{0,62}$/.test(parts[0]) || !/^[0-9]{1,12}$/.test(parts[1])) {
		return '';
	}
	if (Number(parts[1]) <= tools.now) {
		return '';
	}
	const secret = await tools.secret(parts[0]);
	if (!secret) {
		return '';
	}
	return same(await tools.hmac(secret, parts[0] + '.' + parts[1]), parts[2]) ? parts[0] : '';
}

function refuse(status, title) {
	return { status: status, title: title };
}

// decide says what becomes of a request {uri, country, ip, cookie, apiKey}: an
// answer {status, title} or {status, location}, or {set} with the headers that
// go on to the cache and the app.
async function decide(rules, req, tools) {
	const path = matched(req.uri);
	if (path === null) {
		return refuse(400, 'This is not a path.');
	}
	if ((rules.blocked || []).indexOf(req.country) >= 0) {
		return refuse(451, 'This service is not offered in your country.');
	}
	const to = (rules.redirects || {})[path];
	if (to) {
		return { status: 308, location: to };
	}
	const set = {};
	const wanted = (rules.keyPaths || []).some(function (prefix) { return below(path, prefix); });
	if (req.apiKey || wanted) {
		const id = req.apiKey ? await keyOf(req.apiKey, tools) : '';
		if (!id) {
			return refuse(401, 'A valid API key is needed.');
		}
		set[KEY_ID] = id;
	}
	const side = cohort(rules, req.cookie, req.ip);
	if (side) {
		set[COHORT] = side;
	}
	if ((rules.vary || []).indexOf(req.country) >= 0) {
		set[COUNTRY] = req.country;
	}
	return { set: set };
}

// cohortCookie is the value of Set-Cookie that keeps a visitor in a cohort for 30 days.
function cohortCookie(side) {
	return side + '; Max-Age=2592000; Path=/; Secure; HttpOnly; SameSite=Lax';
}

// problem is the body of a refusal, as the app writes its own (RFC 9457).
function problem(answer) {
	return JSON.stringify({ title: answer.title, status: answer.status });
}
