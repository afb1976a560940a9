package comment

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// mostAnswer bounds what is read of one answer: a hundred comments of the longest.
const mostAnswer = 16 << 20

// call asks the API once. An answer that is no success is an error with what the
// API says, and what usually helps.
func (p Place) call(ctx context.Context, client *http.Client, verb, address string, body []byte, into any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, verb, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set(p.host.header, p.host.scheme+p.token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, mostAnswer))
	if err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		return refused(answer.StatusCode, raw)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(raw, into)
}

// refused words an answer that is no success.
func refused(status int, raw []byte) error {
	var said struct{ Message any }
	text := ""
	if json.Unmarshal(raw, &said) == nil && said.Message != nil {
		text = fmt.Sprintf(": %.200v", said.Message)
	}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		text += "; the token may not write here (a pull request from a fork has one that only reads: use --summary, or " +
			"post " +
			"from workflow_run)"
	case http.StatusNotFound:
		text += "; the token may not see it, or it is not there"
	}
	return fmt.Errorf("the answer is %d %s%s", status, http.StatusText(status), text)
}
