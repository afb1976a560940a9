// What a shared cache may keep of an answer.

// PRIVATE are the app's paths that belong to one visitor; a trailing * matches
// the rest. They come from the app's contract when the code is built.
const PRIVATE = __PRIVATE_PATHS__;

function isPrivate(path) {
	return PRIVATE.some(function (pattern) {
		return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
	});
}

// caching is the Cache-Control that an answer gets: never for a cookie, an error
// of ours or a private path, whatever the app says; and for an answer with
// CDN-Cache-Control, which CloudFront does not know, the same as s-maxage.
// Null leaves the answer as it is.
function caching(path, status, cacheControl, cdnCacheControl, setsCookie) {
	if (setsCookie || status >= 500 || path === null || isPrivate(path)) {
		return 'private, no-store';
	}
	if (/\b(no-store|private|s-maxage)\b/.test(cacheControl)) {
		return null;
	}
	const age = /\bmax-age=([0-9]+)/.exec(cdnCacheControl || '');
	return age ? (cacheControl ? cacheControl + ', ' : '') + 's-maxage=' + age[1] : null;
}
