package sigv4

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSignaturesAreRead(t *testing.T) {
	const good = "AWS4-HMAC-SHA256 Credential=AKID/20261130/us-east-1/sqs/aws4_request, " +
		"SignedHeaders=host;x-amz-date, Signature=00"
	for name, tt := range map[string]struct {
		url, header, date string
		want              error
	}{
		"in a header":              {header: good, date: "20261130T101112Z"},
		"in the URL":               {url: "?X-Amz-Credential=AKID/20261130/us-east-1/sqs/aws4_request&X-Amz-SignedHeaders=host&X-Amz-Signature=00&X-Amz-Date=20261130T101112Z&X-Amz-Expires=60"},
		"none":                     {want: ErrMissing},
		"another algorithm":        {header: "Bearer x", want: ErrMalformed},
		"another day":              {header: good, date: "20261129T101112Z", want: ErrMalformed},
		"no date":                  {header: good, want: ErrMalformed},
		"half a scope":             {header: strings.Replace(good, "/sqs", "", 1), date: "20261130T101112Z", want: ErrMalformed},
		"too long a life":          {url: "?X-Amz-Credential=A/20261130/r/s3/aws4_request&X-Amz-SignedHeaders=host&X-Amz-Signature=00&X-Amz-Date=20261130T101112Z&X-Amz-Expires=700000", want: ErrMalformed},
		"a life that is no number": {url: "?X-Amz-Credential=A/20261130/r/s3/aws4_request&X-Amz-SignedHeaders=host&X-Amz-Signature=00&X-Amz-Date=20261130T101112Z", want: ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "http://lab/"+tt.url, nil)
			r.Header.Set("Authorization", tt.header)
			r.Header.Set("X-Amz-Date", tt.date)
			got, err := Read(r)
			if tt.want != nil {
				assert.ErrorIs(t, err, tt.want)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, "AKID us-east-1 sqs", got.Key+" "+got.Region+" "+got.Service)
		})
	}
}

func TestSignaturesEnd(t *testing.T) {
	at := time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		claim Claim
		now   time.Time
		fresh bool
	}{
		"just signed":            {Claim{at: at}, at, true},
		"a clock a little ahead": {Claim{at: at}, at.Add(-10 * time.Minute), true},
		"a clock far ahead":      {Claim{at: at}, at.Add(-20 * time.Minute), false},
		"old":                    {Claim{at: at}, at.Add(20 * time.Minute), false},
		"presigned for an hour":  {Claim{at: at, Presigned: true, life: time.Hour}, at.Add(50 * time.Minute), true},
		"presigned, and over":    {Claim{at: at, Presigned: true, life: time.Hour}, at.Add(61 * time.Minute), false},
	} {
		assert.Equal(t, tt.fresh, tt.claim.fresh(tt.now) == nil, name)
	}
}

func TestBodiesAreThoseThatWereSigned(t *testing.T) {
	for want, sum := range map[string]string{
		"":              "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
		ErrBody.Error(): "0000",
	} {
		r := httptest.NewRequest("PUT", "http://lab/k", strings.NewReader("hello"))
		r.Header.Set("X-Amz-Content-Sha256", sum)
		got, err := Claim{Service: "s3"}.Payload(r)
		require.NoError(t, err)
		assert.Equal(t, sum, got)
		_, err = io.ReadAll(r.Body)
		if want == "" {
			assert.NoError(t, err)
		} else {
			assert.ErrorIs(t, err, ErrBody)
		}
	}
	r := httptest.NewRequest("POST", "http://lab/", strings.NewReader("hello"))
	got, err := Claim{Service: "sqs"}.Payload(r)
	require.NoError(t, err)
	assert.Equal(t, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", got)
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	assert.Equal(t, "hello", string(body), "it can be read again")
	_, err = Claim{Service: "sqs"}.Payload(httptest.NewRequest("POST", "http://lab/", strings.NewReader(strings.Repeat("x",
		maxCall+1))))
	assert.ErrorIs(t, err, ErrMalformed)
}
