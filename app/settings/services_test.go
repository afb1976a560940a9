package settings

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
)

func gatewayEnv(change map[string]string) func(string) string {
	env := map[string]string{contract.EnvUsersURL: "http://a:1, http://b:2/",
		contract.EnvPostsURL: "http://posts.internal:8080", contract.EnvSearchURL: "https://search"}
	for k, v := range change {
		env[k] = v
	}
	return func(name string) string { return env[name] }
}

func TestServicesAndEvents(t *testing.T) {
	s, err := Read(contract.RoleGateway, gatewayEnv(map[string]string{
		contract.EnvEventTopics:   "user.created=arn:aws:sns:us-east-1:1:a,post.created=arn:aws:sns:us-east-1:1:b",
		contract.EnvEventQueueURL: "https://sqs.us-east-1.amazonaws.com/1/q"}))
	require.NoError(t, err)
	assert.Equal(t, []string{"http://a:1", "http://b:2"}, s.Services.Users)
	assert.Equal(t, map[string]string{"user.created": "arn:aws:sns:us-east-1:1:a",
		"post.created": "arn:aws:sns:us-east-1:1:b"}, s.Events.Topics)
	assert.Equal(t, "https://sqs.us-east-1.amazonaws.com/1/q", s.Events.QueueURL)

	s, err = Read(contract.RoleGateway,
		gatewayEnv(map[string]string{contract.EnvEventSubscribers: "post.created=http://a:1,post.created=http://b:2"}))
	require.NoError(t, err)
	assert.Equal(t, map[string][]string{"post.created": {"http://a:1", "http://b:2"}}, s.Events.Subscribers)
}

func TestServicesAndEventsRefuse(t *testing.T) {
	for name, give := range map[string]map[string]string{
		"a path":           {contract.EnvUsersURL: "http://a:1/x"},
		"a password":       {contract.EnvUsersURL: "http://u:secret@a:1"},
		"no scheme":        {contract.EnvUsersURL: "a:1"},
		"unknown kind":     {contract.EnvEventTopics: "user.gone=arn:aws:sns:us-east-1:1:a"},
		"no ARN":           {contract.EnvEventTopics: "user.created=topic"},
		"no pair":          {contract.EnvEventSubscribers: "user.created"},
		"no URL":           {contract.EnvEventSubscribers: "user.created=somewhere"},
		"two ways at once": {contract.EnvEventSubscribers: "user.created=http://a:1", contract.EnvEventTopics: "user.created=arn:aws:sns:us-east-1:1:a"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(contract.RoleGateway, gatewayEnv(give))
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "secret")
			for k := range give {
				if k != contract.EnvEventTopics {
					assert.ErrorContains(t, err, k)
				}
			}
		})
	}
}
