// Origin response: the one place where what CloudFront keeps can still be
// changed. CloudFront Functions do not run there.
exports.handler = async function (event) {
	const record = event.Records[0].cf;
	const response = record.response;
	const value = caching(matched(record.request.uri), Number(response.status), first(response.headers, 'cache-control'),
		first(response.headers, 'cdn-cache-control'), Boolean(response.headers['set-cookie']));
	if (value !== null) {
		response.headers['cache-control'] = [{ key: 'Cache-Control', value: value }];
		delete response.headers.expires;
	}
	return response;
};

function first(headers, name) {
	return headers[name] ? headers[name][0].value : '';
}
