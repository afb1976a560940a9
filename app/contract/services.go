package contract

import "strings"

// The kinds of events that services tell one another.
const (
	TopicUserCreated = "user.created"
	TopicUserDeleted = "user.deleted"
	TopicPostCreated = "post.created"
	TopicPostUpdated = "post.updated"
	TopicPostDeleted = "post.deleted"
)

// Topics lists the kinds of events.
func Topics() []string {
	return []string{TopicUserCreated, TopicUserDeleted, TopicPostCreated, TopicPostUpdated, TopicPostDeleted}
}

// Carrier is the kind whose topic carries events of a kind for which none is
// given: what is created is told over the same topic as what becomes of it.
func Carrier(kind string) string {
	about, _, _ := strings.Cut(kind, ".")
	return about + ".created"
}

// The environment variables of the services of stage 4.
const (
	// EnvEventTopics are the topics that the service publishes to: pairs of a
	// kind and an ARN, "user.created=arn:…", separated by commas. A kind that
	// is not among them travels over the topic of its [Carrier].
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
