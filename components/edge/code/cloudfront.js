import cf from 'cloudfront';
const crypto = require('crypto');

const store = cf.kvs();

// A store that cannot be read is an error, and CloudFront answers 503: without
// the rules, countries and keys would stand open.
function readRules() {
	return store.get('rules', { format: 'json' });
}

function toolsNow() {
	return {
		now: Math.floor(Date.now() / 1000),
		secret: async function (id) {
			return await store.exists('key:' + id) ? await store.get('key:' + id) : null;
		},
		hmac: async function (secret, text) {
			return crypto.createHmac('sha256', secret).update(text).digest('hex');
		},
	};
}

function valueOf(map, name) {
	return map[name] ? map[name].value : '';
}
