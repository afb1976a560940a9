package tagged

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/orphans"
)

// answering is the Tagging API in this process: it speaks its protocol and answers
// from a table by region and page.
type answering struct {
	mu sync.Mutex
	// pages are the ARNs of each page by region, each "ARN key=value …".
	pages map[string][][]string
	// throttle is how many requests are refused first, deny refuses all.
	throttle int
	deny     bool
	asked    []string
}

func (a *answering) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	region := strings.Split(r.Header.Get("Authorization"), "/")[2]
	var in struct {
		PaginationToken string
		TagFilters      []struct {
			Key    string
			Values []string
		}
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	a.asked = append(a.asked,
		fmt.Sprintf("%s %s %v page %q", r.Header.Get("X-Amz-Target"), region, in.TagFilters, in.PaginationToken))
	switch {
	case a.deny:
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"__type":"AccessDeniedException","message":"User: ada is not authorized"}`)
	case a.throttle > 0:
		a.throttle--
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"__type":"ThrottledException","message":"Rate exceeded"}`)
	default:
		a.page(w, region, in.PaginationToken)
	}
}

func (a *answering) page(w http.ResponseWriter, region, token string) {
	n := 0
	_, _ = fmt.Sscan(token, &n)
	type tag struct{ Key, Value string }
	type mapping struct {
		ResourceARN string
		Tags        []tag
	}
	var out struct {
		PaginationToken        string
		ResourceTagMappingList []mapping
	}
	pages := a.pages[region]
	if n < len(pages) {
		for _, line := range pages[n] {
			words := strings.Fields(line)
			m := mapping{ResourceARN: words[0]}
			for _, word := range words[1:] {
				key, value, _ := strings.Cut(word, "=")
				m.Tags = append(m.Tags, tag{key, value})
			}
			out.ResourceTagMappingList = append(out.ResourceTagMappingList, m)
		}
	}
	if n+1 < len(pages) {
		out.PaginationToken = fmt.Sprint(n + 1)
	}
	_ = json.NewEncoder(w).Encode(out)
}

// account is one whose API is the server in this process.
func account(t *testing.T, a *answering, regions ...string) *Account {
	t.Helper()
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	return &Account{Regions: regions, Config: aws.Config{
		BaseEndpoint: aws.String(server.URL), Credentials: credentials.NewStaticCredentialsProvider("id", "key", ""),
	}}
}

const here = "arn:aws:sqs:us-east-1:123456789012:"

func TestEveryPageOfEveryRegionIsRead(t *testing.T) {
	a := &answering{pages: map[string][][]string{
		"us-east-1": {{here + "b rung:component=jobs"}, {}, {here + "a Name=first rung:component=jobs"}},
		"eu-west-1": {{"arn:aws:ec2:eu-west-1:123456789012:volume/vol-1 Name=server-data"}},
	}}
	got, err := account(t, a, "eu-west-1").Holds(t.Context(), "dev")
	require.NoError(t, err)
	assert.Equal(t, []orphans.Thing{
		{ARN: "arn:aws:ec2:eu-west-1:123456789012:volume/vol-1", Name: "server-data", Provider: "aws", Region: "eu-west-1"},
		{ARN: here + "a", Name: "first", Provider: "aws", Region: "us-east-1"},
		{ARN: here + "b", Name: "jobs", Provider: "aws", Region: "us-east-1"},
	}, got)
	assert.Equal(t, []string{
		`ResourceGroupsTaggingAPI_20170126.GetResources eu-west-1 [{rung:stack [dev]}] page ""`,
		`ResourceGroupsTaggingAPI_20170126.GetResources us-east-1 [{rung:stack [dev]}] page ""`,
		`ResourceGroupsTaggingAPI_20170126.GetResources us-east-1 [{rung:stack [dev]}] page "1"`,
		`ResourceGroupsTaggingAPI_20170126.GetResources us-east-1 [{rung:stack [dev]}] page "2"`,
	}, a.asked)
}

func TestThrottlingIsWaitedOut(t *testing.T) {
	a := &answering{throttle: 2, pages: map[string][][]string{"us-east-1": {{here + "a"}}}}
	got, err := account(t, a).Holds(t.Context(), "dev")
	require.NoError(t, err)
	assert.Len(t, got, 1)
	assert.Len(t, a.asked, 3)
}

func TestRefusalNamesTheAction(t *testing.T) {
	_, err := account(t, &answering{deny: true}, "eu-west-1").Holds(t.Context(), "dev")
	require.Error(t, err)
	for _, want := range []string{"rung:stack=dev", "eu-west-1", "allow the caller the action tag:GetResources"} {
		assert.ErrorContains(t, err, want)
	}
}

func TestWhatServicesMakeIsLeftOut(t *testing.T) {
	for line, counts := range map[string]bool{
		"arn:aws:ec2:us-east-1:1:instance/i-1":                                        true,
		"arn:aws:ec2:us-east-1:1:instance/i-2 aws:autoscaling:groupName=web":          false,
		"arn:aws:ec2:us-east-1:1:volume/vol-1 Name=server-data rung:component=server": true,
		"arn:aws:ec2:us-east-1:1:volume/vol-2 Name=web rung:component=web":            false,
		"arn:aws:ec2:us-east-1:1:snapshot/snap-1":                                     false,
		"arn:aws:ec2:us-east-1:1:network-interface/eni-1":                             false,
		"arn:aws:rds:us-east-1:1:db:main":                                             true,
		"arn:aws:rds:us-east-1:1:snapshot:rds:main-2026":                              false,
		"arn:aws:elasticache:us-east-1:1:snapshot:cache":                              false,
		"arn:aws:backup:us-east-1:1:recovery-point:1":                                 false,
		"arn:aws:backup:us-east-1:1:backup-vault:main":                                true,
		"not-an-arn": true,
	} {
		t.Run(line, func(t *testing.T) {
			got, err := account(t, &answering{pages: map[string][][]string{"us-east-1": {{line}}}}).Holds(t.Context(), "dev")
			require.NoError(t, err)
			assert.Equal(t, counts, len(got) == 1)
		})
	}
}
