package contract

// The kinds of events that services tell one another.
const (
	TopicUserCreated = "user.created"
	TopicPostCreated = "post.created"
)

// The environment variables of the services of rung 4.
const (
	// EnvEventTopics are the topics that the service publishes to: pairs of a
	// kind and an ARN, "user.created=arn:…", separated by commas.
	EnvEventTopics = "EVENT_TOPICS"
	// EnvEventQueueURL is the SQS queue with the events that the service
	// takes; empty means that it takes none.
	EnvEventQueueURL = "EVENT_QUEUE_URL"
	// EnvEngineURL is the search engine's URL; empty means that searches go
	// to the database.
	EnvEngineURL = "SEARCH_ENGINE_URL"
	// EnvEngineSecret is the ARN of the secret with the search engine's
	// "username" and "password" as JSON.
	EnvEngineSecret = "SEARCH_ENGINE_SECRET_ARN"
)
