package secrets

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFile(t *testing.T) {
	at := filepath.Join(t.TempDir(), "sub", "dev.json")
	f := File(at)
	list, err := f.List(t.Context(), "")
	require.NoError(t, err)
	assert.Empty(t, list)
	require.NoError(t, f.Set(t.Context(), "rung/dev/B", "two"))
	require.NoError(t, f.Set(t.Context(), "rung/dev/A", "one"))
	require.NoError(t, f.Set(t.Context(), "rung/dev/A", "another"))
	require.NoError(t, f.Set(t.Context(), "other", "x"))
	list, err = f.List(t.Context(), "rung/dev/")
	require.NoError(t, err)
	require.Len(t, list, 2)
	assert.Equal(t, "rung/dev/A", list[0].ID)
	assert.False(t, list[0].Changed.IsZero())
	values, err := f.Values()
	require.NoError(t, err)
	assert.Equal(t, "another", values["rung/dev/A"])
	require.NoError(t, f.Back(t.Context(), "rung/dev/A"))
	values, err = f.Values()
	require.NoError(t, err)
	assert.Equal(t, "one", values["rung/dev/A"])
	require.NoError(t, f.Back(t.Context(), "rung/dev/A"), "and forth")
	require.ErrorIs(t, f.Back(t.Context(), "rung/dev/B"), ErrNoneBefore)
	require.ErrorIs(t, f.Back(t.Context(), "nobody"), ErrNoneBefore)
	info, err := os.Stat(at)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	require.NoError(t, os.Chmod(at, 0o666))
	require.ErrorContains(t, f.Set(t.Context(), "a", "b"), "can be written by everybody")
	require.NoError(t, os.WriteFile(at, []byte("{"), 0o600))
	require.NoError(t, os.Chmod(at, 0o600))
	_, err = f.List(t.Context(), "")
	require.ErrorContains(t, err, "read the secrets of")
}

// service is Secrets Manager in this process.
type service struct {
	values map[string]string
	// labels are the versions of every secret with their labels.
	labels map[string][]string
	moved  map[string]string
	denied string // the action that is refused
	// says is the code and the message of what all are refused with; empty for none.
	says [2]string
	// replicas are the regions that secrets are in.
	replicas []string
}

func (s *service) ServeHTTP(res http.ResponseWriter, req *http.Request) {
	action := strings.TrimPrefix(req.Header.Get("X-Amz-Target"), "secretsmanager.")
	body, _ := io.ReadAll(req.Body)
	var in struct {
		SecretId, Name, SecretString string
		AddReplicaRegions            []struct{ Region string }
	}
	_ = json.Unmarshal(body, &in)
	refuse := func(code string) {
		res.WriteHeader(http.StatusBadRequest)
		_, _ = res.Write([]byte(`{"__type":"` + code + `","Message":"no: ` + s.says[1] + `"}`))
	}
	if s.says[0] != "" {
		refuse(s.says[0])
		return
	}
	if action != s.denied {
		for _, r := range in.AddReplicaRegions {
			s.replicas = append(s.replicas, r.Region)
		}
	}
	switch _, there := s.values[in.SecretId]; {
	case action == s.denied:
		refuse("AccessDeniedException")
	case action == "PutSecretValue" && !there:
		refuse("ResourceNotFoundException")
	case action == "PutSecretValue":
		s.values[in.SecretId] = in.SecretString
		_, _ = res.Write([]byte("{}"))
	case action == "DescribeSecret":
		var replicas []map[string]string
		for _, r := range s.replicas {
			replicas = append(replicas, map[string]string{"Region": r, "Status": "InSync"})
		}
		_ = json.NewEncoder(res).Encode(map[string]any{"VersionIdsToStages": s.labels, "ReplicationStatus": replicas})
	case action == "ReplicateSecretToRegions":
		_, _ = res.Write([]byte("{}"))
	case action == "UpdateSecretVersionStage":
		_ = json.Unmarshal(body, &s.moved)
		_, _ = res.Write([]byte("{}"))
	case action == "CreateSecret":
		s.values[in.Name] = in.SecretString
		_, _ = res.Write([]byte("{}"))
	default:
		var list []map[string]any
		for name := range s.values {
			list = append(list, map[string]any{"Name": name, "LastChangedDate": 1_700_000_000})
		}
		_ = json.NewEncoder(res).Encode(map[string]any{"SecretList": list})
	}
}

func TestManager(t *testing.T) {
	aws1 := &service{values: map[string]string{}}
	m := managerOf(t, aws1)
	require.NoError(t, m.Set(t.Context(), "rung/prod/KEY", "one"))
	require.NoError(t, m.Set(t.Context(), "rung/prod/KEY", "two"))
	assert.Equal(t, map[string]string{"rung/prod/KEY": "two"}, aws1.values)
	list, err := m.List(t.Context(), "rung/prod/")
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.Equal(t, "rung/prod/KEY", list[0].ID)
	for action, want := range map[string]string{"PutSecretValue": "secretsmanager:PutSecretValue",
		"CreateSecret": "secretsmanager:CreateSecret"} {
		aws1.denied = action
		require.ErrorContains(t, m.Set(t.Context(), "rung/prod/"+action, "x"), "your role needs "+want)
	}
	aws1.denied = "ListSecrets"
	_, err = m.List(t.Context(), "")
	require.ErrorContains(t, err, "your role needs secretsmanager:ListSecrets")
}

// Machines of a further region read their own region's secrets.
func TestSecretsAreInEachRegion(t *testing.T) {
	aws1 := &service{values: map[string]string{"rung/prod/OLD": "x"}}
	m := managerOf(t, aws1)
	m.further = []string{"us-east-1", "ap-south-1"}
	require.NoError(t, m.Set(t.Context(), "rung/prod/KEY", "one"))
	assert.Equal(t, m.further, aws1.replicas, "made with them")
	require.NoError(t, m.Set(t.Context(), "rung/prod/KEY", "two"))
	assert.Len(t, aws1.replicas, 2, "once")
	aws1.replicas = []string{"us-east-1"}
	list, err := m.List(t.Context(), "rung/prod/")
	require.NoError(t, err)
	assert.Equal(t, []string{"ap-south-1"}, list[0].Missing)
	require.NoError(t, m.Set(t.Context(), "rung/prod/OLD", "y"))
	assert.Equal(t, m.further, aws1.replicas, "one of before comes there")
	aws1.replicas, aws1.denied = nil, "ReplicateSecretToRegions"
	require.ErrorContains(t, m.Set(t.Context(), "rung/prod/OLD", "z"),
		"your role needs secretsmanager:ReplicateSecretToRegions")
}

func TestWhatSecretsManagerRefuses(t *testing.T) {
	for says, want := range map[[2]string]string{
		{"ExpiredTokenException", ""}: "sign in again, or set AWS_PROFILE",
		{"InvalidRequestException", "You can't perform this: it was marked for deletion."}: "restore-secret",
		{"InternalServiceError", ""}: "set the secret KEY: ",
	} {
		m := managerOf(t, &service{values: map[string]string{}, says: says})
		require.ErrorContains(t, m.Set(t.Context(), "KEY", "x"), want)
	}
}

// The label of the current version goes to the previous one, and nothing else is touched.
func TestManagerGoesBack(t *testing.T) {
	aws1 := &service{values: map[string]string{}, labels: map[string][]string{"v1": {"AWSPREVIOUS"},
		"v2": {"AWSCURRENT", "mine"}, "v0": nil}}
	m := managerOf(t, aws1)
	require.NoError(t, m.Back(t.Context(), "rung/prod/KEY"))
	assert.Equal(t, map[string]string{"SecretId": "rung/prod/KEY", "VersionStage": "AWSCURRENT", "MoveToVersionId": "v1",
		"RemoveFromVersionId": "v2"}, aws1.moved)
	aws1.labels = map[string][]string{"v2": {"AWSCURRENT"}}
	require.ErrorIs(t, m.Back(t.Context(), "rung/prod/KEY"), ErrNoneBefore)
	aws1.labels["v1"] = []string{"AWSPREVIOUS"}
	for _, action := range []string{"DescribeSecret", "UpdateSecretVersionStage"} {
		aws1.denied = action
		require.ErrorContains(t, m.Back(t.Context(), "rung/prod/KEY"), "your role needs secretsmanager:"+action)
	}
}

// managerOf is one for whom Secrets Manager is this process.
func managerOf(t *testing.T, s *service) *Manager {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return &Manager{stack: "prod", client: secretsmanager.New(secretsmanager.Options{
		Region: "eu-west-1", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""),
		Retryer: aws.NopRetryer{},
	})}
}

// The lab's databases run as another user, who has to come through the lab's folder, also
// where a secret was set before there was a lab.
func TestFoldersAboveSecretsLetOthersThrough(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("folders have no such modes")
	}
	lab := filepath.Join(t.TempDir(), ".rung", "lab")
	require.NoError(t, File(filepath.Join(lab, "secrets", "dev.json")).Set(t.Context(), "rung/dev/KEY", "v"))
	for folder, want := range map[string]fs.FileMode{
		filepath.Dir(lab): 0o755, lab: 0o755, filepath.Join(lab, "secrets"): 0o700,
	} {
		info, err := os.Stat(folder)
		require.NoError(t, err)
		assert.Equal(t, want, info.Mode().Perm(), folder)
	}
}
