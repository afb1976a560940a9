package engine

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAWSNeedsCredentialsBackendAndPassphrase(t *testing.T) {
	const noCredentials, noBackend, noPassphrase = "no AWS credentials", "no Pulumi backend", "PULUMI_CONFIG_PASSPHRASE"
	tests := map[string]struct {
		env   map[string]string
		files map[string]string
		want  []string
	}{
		"nothing":              {want: []string{noCredentials, noBackend}},
		"keys and pulumi's":    {env: map[string]string{"AWS_ACCESS_KEY_ID": "k", "PULUMI_ACCESS_TOKEN": "t"}},
		"profile and bucket":   {env: map[string]string{"AWS_PROFILE": "p", "PULUMI_BACKEND_URL": "s3://state"}, want: []string{noPassphrase}},
		"passphrase":           {env: map[string]string{"AWS_PROFILE": "p", "PULUMI_BACKEND_URL": "s3://state", "PULUMI_CONFIG_PASSPHRASE": ""}},
		"KMS instead":          {env: map[string]string{"AWS_PROFILE": "p", "PULUMI_BACKEND_URL": "s3://state"}, files: map[string]string{"stack.yaml": "secretsprovider: awskms://key\n"}},
		"login on disk":        {env: map[string]string{"AWS_PROFILE": "p"}, files: map[string]string{"/home/ada/.pulumi/credentials.json": `{"current":"file://~"}`}, want: []string{noPassphrase}},
		"files of the AWS CLI": {env: map[string]string{"PULUMI_ACCESS_TOKEN": "t"}, files: map[string]string{"/home/ada/.aws/config": ""}},
		"instance role":        {env: map[string]string{"PULUMI_ACCESS_TOKEN": "t"}, files: map[string]string{"/sys/class/dmi/id/sys_vendor": "Amazon EC2\n"}},
		"damaged login":        {env: map[string]string{"AWS_PROFILE": "p"}, files: map[string]string{"/home/ada/.pulumi/credentials.json": "{"}, want: []string{noBackend}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := machine{home: "/home/ada",
				env:    func(k string) string { return tt.env[k] },
				set:    func(k string) bool { _, ok := tt.env[k]; return ok },
				exists: func(p string) bool { _, ok := tt.files[p]; return ok },
				read: func(p string) ([]byte, error) {
					if text, ok := tt.files[p]; ok {
						return []byte(text), nil
					}
					return nil, os.ErrNotExist
				}}
			err := m.check("stack.yaml")
			if len(tt.want) == 0 {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, ErrSetup)
			for _, w := range tt.want {
				assert.ErrorContains(t, err, w)
			}
		})
	}
}
