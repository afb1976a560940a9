// Viewer request: before the cache is asked.
async function handler(event) {
	const request = event.request;
	const headers = request.headers;
	const rules = await readRules();
	const answer = await decide(rules, {
		uri: request.uri, country: valueOf(headers, 'cloudfront-viewer-country'), ip: event.viewer.ip,
		cookie: valueOf(request.cookies, COHORT_COOKIE), apiKey: valueOf(headers, API_KEY),
	}, toolsNow());
	if (answer.status) {
		return respond(answer);
	}
	[COHORT, COUNTRY, KEY_ID, API_KEY].forEach(function (name) { delete headers[name]; });
	// The cohort is in the header; the cookie would divide the cache when no
	// experiment runs.
	delete request.cookies[COHORT_COOKIE];
	Object.keys(answer.set).forEach(function (name) { headers[name] = { value: answer.set[name] }; });
	Object.keys(request.querystring).filter(tracking).forEach(function (name) { delete request.querystring[name]; });
	return request;
}

function respond(answer) {
	const headers = { 'cache-control': { value: 'private, no-store' } };
	if (answer.location) {
		headers.location = { value: answer.location };
		return { statusCode: answer.status, statusDescription: 'Permanent Redirect', headers: headers };
	}
	headers['content-type'] = { value: 'application/problem+json' };
	return { statusCode: answer.status, statusDescription: answer.title, headers: headers, body: problem(answer) };
}
