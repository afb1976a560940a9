package site

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"

	"github.com/rung-dev/rung/app/edge"
	"github.com/rung-dev/rung/app/problem"
)

// maxField is the longest text of a form.
const maxField = MaxBody

// ReadForm reads what was typed, once, and hands a file over. What came before
// something went wrong is there afterwards.
func ReadForm(r *http.Request, file func(io.Reader) error) error {
	q := Of(r)
	if q.Typed != nil {
		return nil
	}
	q.Typed = map[string]string{}
	parts, err := r.MultipartReader()
	if errors.Is(err, http.ErrNotMultipart) {
		err = r.ParseForm()
		for _, name := range q.fields {
			q.Typed[name] = r.PostForm.Get(name)
		}
		return incomplete(err)
	}
	var failed error // the texts may come after the file
	for err == nil {
		var part *multipart.Part
		if part, err = parts.NextPart(); errors.Is(err, io.EOF) {
			return failed
		}
		if err != nil {
			break
		}
		if part.FormName() == "picture" {
			failed = errors.Join(failed, file(part))
		} else if slices.Contains(q.fields, part.FormName()) {
			var text []byte
			text, err = io.ReadAll(io.LimitReader(part, maxField))
			q.Typed[part.FormName()] = string(text)
		}
	}
	return errors.Join(failed, incomplete(err))
}

// incomplete is what to say of a form that has not come as a whole.
func incomplete(err error) error {
	var large *http.MaxBytesError
	if err == nil || errors.As(err, &large) || errors.Is(err, edge.ErrSlow) {
		return err
	}
	return problem.New(http.StatusBadRequest, "The form is not complete.")
}

// Typed is a field of a form.
func Typed(r *http.Request, name string) string {
	ReadForm(r, NoFile) //nolint:errcheck // what has not come is missing
	return Of(r).Typed[name]
}

// NoFile takes a file of which nothing is wanted: a browser that may not send
// it to the end shows no answer.
func NoFile(f io.Reader) error {
	_, err := io.Copy(io.Discard, f)
	return err
}
