package program

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/part"
)

func artifact() *part.Artifact {
	return &part.Artifact{Bucket: pulumi.String("b"), BucketARN: pulumi.String("arn"), Key: pulumi.String("app/1"),
		SHA256: strings.Repeat("a", 64)}
}

func TestCheck(t *testing.T) {
	for name, tt := range map[string]struct {
		give Spec
		want []string // parts of the error; none means that it is good
	}{
		"an image that starts itself": {give: Spec{}},
		"a binary that serves":        {give: Spec{Artifact: artifact(), Port: 9000, HealthPath: "/healthz"}},
		"a binary with arguments":     {give: Spec{Artifact: artifact(), Command: []string{"serve", "--name=a b"}, Setup: []string{"migrate"}}},
		"a program of the image":      {give: Spec{Command: []string{"/usr/bin/java", "-jar", "/srv/shop.jar"}, Port: 8080}},
		"a queue's worker":            {give: Spec{Artifact: artifact(), FinishesWork: true, StopSeconds: 600}},
		"a relative program":          {give: Spec{Command: []string{"java"}}, want: []string{`Program.Command: got "java"`, "absolute path"}},
		"a relative setup": {give: Spec{Command: []string{"/bin/a"}, Setup: []string{"migrate"}},
			want: []string{`Program.Setup: got "migrate"`}},
		"a word of two lines":     {give: Spec{Artifact: artifact(), Command: []string{"a\nb"}}, want: []string{"Program.Command[0]"}},
		"nobody's work":           {give: Spec{FinishesWork: true}, want: []string{"need a Command or an Artifact"}},
		"an artifact of nothing":  {give: Spec{Artifact: &part.Artifact{}}, want: []string{"Bucket, BucketARN and Key", `SHA256: got ""`}},
		"a port beyond":           {give: Spec{Port: 70_000}, want: []string{"Program.Port: got 70000"}},
		"a port of root's":        {give: Spec{Command: []string{"/bin/a"}, Port: 80}, want: []string{"Program.Port: got 80"}},
		"health without a port":   {give: Spec{HealthPath: "/health"}, want: []string{"Program.HealthPath", "and a Port"}},
		"health that is no path":  {give: Spec{Port: 1, HealthPath: "it's"}, want: []string{"Program.HealthPath"}},
		"metrics of nowhere":      {give: Spec{Metrics: &Metrics{Names: []string{"a-b"}}}, want: []string{"Program.Metrics: got port 0", `Names[0]: got "a-b"`}},
		"a name that breaks unit": {give: Spec{Name: "a\nb"}, want: []string{"Program.Name"}},
		"boots for a day":         {give: Spec{BootSeconds: 86_400, StopSeconds: -1}, want: []string{"BootSeconds: got 86400", "StopSeconds: got -1"}},
		"secrets of an artifact":  {give: Spec{Artifact: artifact(), Installs: true, Secrets: []Secret{{Name: "A", ID: pulumi.String("a")}}}},
		"secrets of nobody": {
			give: Spec{Secrets: []Secret{{Name: "a", ID: pulumi.String("a")}, {Name: "B"}, {Name: "C", ID: pulumi.String("")}, {Name: "C", ID: pulumi.String("")}}},
			want: []string{`Secrets[0]: got name "a"`, "Secrets[1]", `Secrets[3]: got name "C"`, "need an Artifact"},
		},
		"a bad environment": {
			give: Spec{Environment: []part.Variable{{Name: "a b", Value: pulumi.String("")}, {Name: "A"}, {Name: "A", Value: pulumi.String("")}}},
			want: []string{`Environment[0]: got name "a b"`, "Environment[1]: A has no value", "Environment[2]: A stands twice"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := tt.give.WithDefaults("web").Check()
			if len(tt.want) == 0 {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func TestCommandLine(t *testing.T) {
	for name, tt := range map[string]struct {
		give        Spec
		line, setup []string
	}{
		"the image's own":      {},
		"a binary":             {give: Spec{Artifact: artifact()}, line: []string{"/opt/app"}},
		"a binary's arguments": {give: Spec{Artifact: artifact(), Command: []string{"web"}, Setup: []string{"migrate"}}, line: []string{"/opt/app", "web"}, setup: []string{"/opt/app", "migrate"}},
		"of the image":         {give: Spec{Command: []string{"/bin/a", "b"}}, line: []string{"/bin/a", "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.line, tt.give.CommandLine("/opt/app"))
			assert.Equal(t, tt.setup, tt.give.SetupLine("/opt/app"))
		})
	}
}

func TestDefaults(t *testing.T) {
	s := Spec{}.WithDefaults("web")
	assert.Equal(t, "web", s.Name)
	assert.Equal(t, DefaultBootSeconds, s.BootSeconds)
	assert.Equal(t, DefaultStopSeconds, s.StopSeconds)
	assert.Equal(t, "shop", Spec{Name: "shop"}.WithDefaults("web").Name)
}
