// Viewer response: after the cache, so that no cache keeps the cookie.
async function handler(event) {
	const request = event.request;
	const response = event.response;
	const side = valueOf(request.headers, COHORT) ||
		cohort(await readRules(), valueOf(request.cookies, COHORT_COOKIE), event.viewer.ip);
	const page = valueOf(response.headers, 'content-type').startsWith('text/html');
	if (side && page && valueOf(request.cookies, COHORT_COOKIE) !== side) {
		response.cookies = response.cookies || {};
		response.cookies[COHORT_COOKIE] = { value: side, attributes: cohortCookie('').slice(2) };
	}
	return response;
}
