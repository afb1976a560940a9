package buckets

import (
	"crypto/md5" //nolint:gosec // the API's own checksum
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/rung-dev/rung/lab/awsapi/answer"
)

type named struct {
	PartNumber int
	ETag       string
}

type completed struct {
	XMLName xml.Name `xml:"CompleteMultipartUploadResult"`
	Bucket  string
	Key     string
	ETag    string
}

// complete puts the named parts together.
func (s *Service) complete(w http.ResponseWriter, r *http.Request, b Bucket, key, id string) error {
	var in struct {
		Parts []named `xml:"Part"`
	}
	if err := xml.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&in); err != nil || len(in.Parts) == 0 {
		return answer.Errorf("MalformedXML",
			"The XML you provided was not well-formed or did not validate against our published schema")
	}
	u, err := s.upload(b.Name, key, id)
	if err != nil {
		return err
	}
	parts, err := u.choose(in.Parts)
	if err != nil {
		return err
	}
	o, err := s.join(b.Name, parts)
	if err != nil {
		return err
	}
	o.Header = u.Header
	if err := s.keep(b.Name, key, o, conditionOf(r)); err != nil {
		return err
	}
	if err := s.change(b.Name, id, func(*upload) (*upload, error) { return nil, nil }); err != nil {
		return err
	}
	s.dropParts(b.Name, u)
	if err := s.replicate(b, key); err != nil {
		return err
	}
	answer.XML(w, http.StatusOK, completed{Bucket: b.Name, Key: key, ETag: `"` + o.ETag + `"`})
	return nil
}

// choose are the parts that were named, which must be there, in order and large enough.
func (u *upload) choose(names []named) ([]object, error) {
	var parts []object
	for i, n := range names {
		if i > 0 && n.PartNumber <= names[i-1].PartNumber {
			return nil, answer.Errorf("InvalidPartOrder", "The list of parts was not in ascending order.")
		}
		p, ok := u.Parts[n.PartNumber]
		if !ok || p.ETag != strings.Trim(n.ETag, `"`) {
			return nil, answer.Errorf("InvalidPart", "One or more of the specified parts could not be found.")
		}
		if i < len(names)-1 && p.Size < minPart {
			return nil, answer.Errorf("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// join makes one body of several. Its tag is that of the parts' tags, as with S3.
func (s *Service) join(bucket string, parts []object) (object, error) {
	var readers []io.Reader
	digest := md5.New() //nolint:gosec // the API's own checksum
	for _, p := range parts {
		f, err := os.Open(s.path(bucket, p.File))
		if err != nil {
			return object{}, err
		}
		defer f.Close()
		readers = append(readers, f)
		sum, err := hex.DecodeString(p.ETag)
		if err != nil {
			return object{}, err
		}
		digest.Write(sum)
	}
	file, size, err := s.body(bucket, io.MultiReader(readers...))
	return object{File: file, Size: size, ETag: fmt.Sprintf("%x-%d", digest.Sum(nil), len(parts)),
		Modified: s.now().UTC().Truncate(time.Second)}, err
}
