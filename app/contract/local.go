package contract

// EnvEventSubscribers are the services that are told of events where there is
// no SNS: pairs of a kind and the base URL of a service's internal port,
// "post.created=http://127.0.0.1:9092", separated by commas.
const EnvEventSubscribers = "EVENT_SUBSCRIBERS"
