package secrets_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/policies/secrets"
)

// Parts are put together here so that no scanner of repositories finds a
// credential in this file.
const (
	random = "Zk9fQ2v7" + "LmX4tR8w"
	hex    = "4f9d0c2b7a6e" + "4f9d0c2b7a6e"
	awsKey = "wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYEXAMPLEKEY"
)

func TestCredentialsAreFound(t *testing.T) {
	for _, text := range []string{
		"export DATABASE_URL=postgres://app:" + random + "@db.internal:5432/app\n",
		"postgres://user:password@db/app",
		"REDIS_URL=redis://:" + random + "@cache:6379",
		"mongodb+srv://root:" + random + "@c.example.net/",
		"git clone https://oauth2:" + random + "@git.example.com/x.git",
		"SECRET_KEY_BASE=" + hex,
		`Environment="SECRET_KEY_BASE=` + hex + `"`,
		"export DB_PASSWORD=" + random + "   # the database",
		"# DB_PASSWORD=" + random,
		"db_pass: '" + random + "'",
		`{"dbPassword": "` + random + `"}`,
		`{"clientSecret":"` + random + `"}`,
		"spring.datasource.password=" + random,
		"PGPASSWORD=" + random + " psql -h db",
		"docker login --username x --password " + random,
		"kubeadm join --token abcdef.0123456789abcdef",
		"CLIENT_SECRET=a1b2c3d4-e5f6-7890-abcd-ef1234567890",
		"AWS_SECRET_ACCESS_KEY=" + awsKey,
		"aws configure set aws_secret_access_key " + awsKey,
		"aws_access_key_id = AKIA" + "IOSFODNN7EXAMPLE",
		"PASSWORD=12345678",
		"password: correct-horse-battery",
		"API_KEY=/" + "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5",
		"-----BEGIN OPENSSH PRIVATE KEY-----",
		"-----BEGIN PGP PRIVATE KEY BLOCK-----",
		"ghp_" + strings.Repeat("a1B2", 9),
		"glpat-" + strings.Repeat("x", 20),
		"xoxb-" + strings.Repeat("1", 12),
		"sk_live_" + strings.Repeat("a1", 10),
		"curl -u deploy:" + random + " https://x.example.com",
		`curl -H "Authorization: Bearer ` + random + `"`,
		"echo 'root:" + random + "' | chpasswd",
		"echo " + random + " | docker login --password-stdin",
		"chpasswd:\n  list: |\n    ubuntu:" + random + "\n",
		"passwd: $6$rounds=4096$" + strings.Repeat("a1", 12),
		"mysql -u root -p" + random,
		"CREATE USER app IDENTIFIED BY '" + random + "'",
		"requirepass " + random,
		"machine x login y password " + random,
	} {
		assert.NotEmpty(t, secrets.In(text), text)
	}
}

func TestReferencesAreNone(t *testing.T) {
	for _, text := range []string{
		"DB_PASSWORD=/shop/prod/db-password   # name of an SSM parameter\n",
		"DB_PASSWORD_FILE=/run/secrets/db",
		"DATABASE_SECRET_ARN=arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf",
		"DB_PASSWORD=arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf",
		"DB_PASSWORD={{resolve:secretsmanager:db:SecretString:password}}",
		"postgres://app:{{resolve:ssm-secure:/shop/db}}@db/app",
		"postgres://app:${DB_PASSWORD}@db/app",
		"postgres://app:$DB_PASSWORD@db/app",
		"postgres://app:$(cat /run/secrets/db)@db/app",
		"postgres://app:<password>@db/app",
		"postgres://app:****@db/app",
		"postgres://app:%DB_PASSWORD%@db/app",
		"set PASSWORD=%DB_PASSWORD%",
		"postgres://app@db:5432/app",
		"PASSWORD=$(aws secretsmanager get-secret-value --secret-id shop/db --query SecretString)",
		"PASSWORD=`cat /run/secrets/db`",
		`PASSWORD="$PW" TOKEN=$TOKEN12345 SECRET=${SECRET:-default}`,
		`TOKEN=$(curl -s -X PUT "http://169.254.169.254/latest/api/token" -H "X-aws-ec2-metadata-token-ttl-seconds: 21600")`,
		`curl -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/latest/meta-data/`,
		`curl -H "Authorization: Bearer $TOKEN" https://x.example.com`,
		"curl -u deploy:$PASS https://x.example.com",
		`echo "$TOKEN" | docker login --username AWS --password-stdin`,
		"aws ssm get-parameter --name /shop/db-password --with-decryption",
		"DB_SECRET=shop-db-credentials",
		"DB_SECRET=shop/prod/db",
		"DB_PASSWORD=shop-prod-db-password",
		"SECRET_NAME=ShopDatabase",
		"API_KEY=https://keys.example.com/shop",
		"TOKEN_URL=https://login.example.com/oauth2/token",
		"MAX_TOKENS=100000",
		"password: process.env.DB_PASSWORD",
		`password = os.environ["DB_PASSWORD"]`,
		"ssh_pwauth: false\nlock_passwd: true\nchpasswd: {expire: false}",
		"PasswordAuthentication no",
		"DB_PASSWORD=changeme",
		"DB_PASSWORD=",
		"LoadCredential=db:/etc/credstore/db",
		"ssl_certificate_key /etc/ssl/private/site.key;",
		"private_key: /etc/ssl/private/site.key",
		"#!/bin/sh\necho hello\n",
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me@example.com",
		"sha256sum: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	} {
		assert.Empty(t, secrets.In(text), text)
	}
}

func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func TestPackedTextIsOpened(t *testing.T) {
	secret := "#!/bin/sh\nexport DB_PASSWORD=" + random + "\n"
	code := base64.StdEncoding.EncodeToString
	lines := code([]byte(secret))
	for name, text := range map[string]string{
		"base64":               lines,
		"base64 in lines":      lines[:20] + "\n" + lines[20:],
		"without its end":      strings.TrimRight(lines, "="),
		"gzip":                 zipped(t, secret),
		"gzip in base64":       code([]byte(zipped(t, secret))),
		"a file of cloud-init": "#cloud-config\nwrite_files:\n- path: /etc/app.env\n  encoding: b64\n  content: " + lines + "\n",
		"all of it again":      code([]byte("#cloud-config\nwrite_files:\n- encoding: gz+b64\n  content: " + code([]byte(zipped(t, secret))) + "\n")),
	} {
		assert.Equal(t, []string{"a password or token"}, secrets.In(text), name)
	}
}

// TestWhatIsFoundIsNotShown: what comes back names a kind and nothing of the text.
func TestWhatIsFoundIsNotShown(t *testing.T) {
	for _, what := range secrets.In("DB_PASSWORD=" + random + " https://a:" + random + "@b AKIA" + "IOSFODNN7EXAMPLE") {
		assert.NotContains(t, what, random)
	}
}

// TestRandomPasswordsAreFound: whatever characters a generator uses, in each
// way of writing.
func TestRandomPasswordsAreFound(t *testing.T) {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!#%^&*_+="
	random := rand.New(rand.NewPCG(1, 2))
	for range 2_000 {
		password := make([]byte, 12+random.IntN(20))
		for i := range password {
			password[i] = letters[random.IntN(len(letters))]
		}
		password[0], password[1] = 'K', '7' // a letter first: signs have a meaning of their own there
		for _, form := range []string{"DB_PASSWORD=%", "export API_TOKEN='%'", `"client_secret": "%",`, "secret_key: %",
			"--password=%"} {
			text := strings.Replace(form, "%", string(password), 1)
			require.NotEmpty(t, secrets.In(text), text)
		}
	}
}

func FuzzIn(f *testing.F) {
	for _, s := range []string{"", "H4sIAAAAAAAA/w==", "a://b:c@d", "password='", "${", "`", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, text string) { secrets.In(text) })
}
