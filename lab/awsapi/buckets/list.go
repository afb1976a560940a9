package buckets

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"github.com/rung-dev/rung/lab/awsapi/answer"
)

const maxKeys = 1000

type listed struct {
	Key          string
	LastModified string
	ETag         string
	Size         int64
	StorageClass string
}

type prefix struct{ Prefix string }

type list struct {
	XMLName               xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
	Name                  string
	Prefix                string
	Delimiter             string `xml:",omitempty"`
	EncodingType          string `xml:",omitempty"`
	Marker                string `xml:",omitempty"`
	NextMarker            string `xml:",omitempty"`
	StartAfter            string `xml:",omitempty"`
	ContinuationToken     string `xml:",omitempty"`
	NextContinuationToken string `xml:",omitempty"`
	KeyCount              int
	MaxKeys               int
	IsTruncated           bool
	Contents              []listed
	CommonPrefixes        []prefix
}

// page is what one answer holds.
type page struct {
	prefix, delimiter, after string
	most                     int
}

// list answers both versions of S3's list, which differ in how one goes on.
func (s *Service) list(w http.ResponseWriter, q url.Values, bucket string) error {
	p := page{prefix: q.Get("prefix"), delimiter: q.Get("delimiter"), after: q.Get("marker"), most: maxKeys}
	out := list{Name: bucket, Prefix: p.prefix, Delimiter: p.delimiter, EncodingType: q.Get("encoding-type")}
	second := q.Get("list-type") == "2"
	if second {
		p.after, out.StartAfter, out.ContinuationToken = q.Get("start-after"), q.Get("start-after"),
			q.Get("continuation-token")
		if out.ContinuationToken != "" {
			after, err := base64.URLEncoding.DecodeString(out.ContinuationToken)
			if err != nil {
				return answer.Errorf("InvalidArgument", "The continuation token provided is incorrect")
			}
			p.after = string(after)
		}
	}
	if text := q.Get("max-keys"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return answer.Errorf("InvalidArgument", "max-keys: got %q, want a number", text)
		}
		p.most = min(n, maxKeys)
	}
	last, err := s.fill(&out, bucket, p)
	if err != nil {
		return err
	}
	out.MaxKeys, out.KeyCount = p.most, len(out.Contents)+len(out.CommonPrefixes)
	switch {
	case out.IsTruncated && second:
		out.NextContinuationToken = base64.URLEncoding.EncodeToString([]byte(last))
	case out.IsTruncated:
		out.NextMarker = last
	}
	out.encode()
	answer.XML(w, http.StatusOK, out)
	return nil
}

// fill puts a page into the list and returns its last key or common prefix.
func (s *Service) fill(out *list, bucket string, p page) (last string, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket(objectsRoot).Bucket([]byte(bucket))
		if b == nil {
			return nil
		}
		c := b.Cursor()
		for k, v := c.Seek([]byte(max(p.prefix, p.after))); k != nil && strings.HasPrefix(string(k), p.prefix); k,
			v = c.Next() {
			key := string(k)
			name, common := p.fold(key)
			if key <= p.after || common && (name == last || name <= p.after) {
				continue
			}
			if out.size() == p.most {
				out.IsTruncated = p.most > 0
				return nil
			}
			last = name
			if common {
				out.CommonPrefixes = append(out.CommonPrefixes, prefix{name})
				continue
			}
			var o object
			if err := json.Unmarshal(v, &o); err != nil {
				return err
			}
			out.Contents = append(out.Contents, listed{key, o.Modified.Format(time.RFC3339), `"` + o.ETag + `"`, o.Size, "STANDARD"})
		}
		return nil
	})
	return last, err
}

func (l *list) size() int { return len(l.Contents) + len(l.CommonPrefixes) }

// fold is a key, or the prefix that it has in common with others up to a delimiter.
func (p page) fold(key string) (name string, common bool) {
	if p.delimiter == "" {
		return key, false
	}
	at := strings.Index(key[len(p.prefix):], p.delimiter)
	if at < 0 {
		return key, false
	}
	return key[:len(p.prefix)+at+len(p.delimiter)], true
}

// encode writes keys as in URLs where that was asked for, as AWS's command does.
func (l *list) encode() {
	if l.EncodingType != "url" {
		return
	}
	escape := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "%2F", "/") }
	l.Prefix, l.Marker, l.NextMarker, l.StartAfter = escape(l.Prefix), escape(l.Marker), escape(l.NextMarker),
		escape(l.StartAfter)
	for i := range l.Contents {
		l.Contents[i].Key = escape(l.Contents[i].Key)
	}
	for i := range l.CommonPrefixes {
		l.CommonPrefixes[i].Prefix = escape(l.CommonPrefixes[i].Prefix)
	}
}

type owned struct {
	XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListAllMyBucketsResult"`
	Names   []string `xml:"Buckets>Bucket>Name"`
}

func (s *Service) listBuckets(w http.ResponseWriter) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out owned
	for name := range s.buckets {
		out.Names = append(out.Names, name)
	}
	slices.Sort(out.Names)
	answer.XML(w, http.StatusOK, out)
}
