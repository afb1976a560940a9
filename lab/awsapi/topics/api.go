package topics

import (
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rung-dev/rung/lab/awsapi/answer"
	"github.com/rung-dev/rung/lab/awsapi/queues"
)

const maxBatch = 10

// Serve answers a call of SNS, which is a form.
func (s *Service) Serve(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		answer.FailQuery(w, answer.Errorf("MalformedInput", "%v", err))
		return
	}
	out, err := s.answer(r.PostForm)
	if err != nil {
		answer.FailQuery(w, err)
		return
	}
	answer.XML(w, http.StatusOK, out)
}

func (s *Service) answer(form url.Values) (any, error) {
	switch action := form.Get("Action"); action {
	case "Publish":
		id, err := s.publish(form.Get("TopicArn"), readNotice(form, ""))
		return published{ID: id}, err
	case "PublishBatch":
		return s.publishBatch(form)
	case "ListTopics":
		return s.list(), nil
	default:
		return nil, answer.Errorf("InvalidAction", "the lab's SNS has no %s", action)
	}
}

type published struct {
	XMLName xml.Name `xml:"PublishResponse"`
	ID      string   `xml:"PublishResult>MessageId"`
}

type done struct {
	ID        string `xml:"Id"`
	MessageID string `xml:"MessageId"`
}

type failed struct {
	ID          string `xml:"Id"`
	Code        string
	Message     string
	SenderFault bool
}

type batchPublished struct {
	XMLName    xml.Name `xml:"PublishBatchResponse"`
	Successful []done   `xml:"PublishBatchResult>Successful>member"`
	Failed     []failed `xml:"PublishBatchResult>Failed>member"`
}

func (s *Service) publishBatch(form url.Values) (any, error) {
	arn := form.Get("TopicArn")
	if _, ok := s.subscriptions(arn); !ok {
		return nil, &answer.Error{Status: http.StatusNotFound, Code: "NotFound", Message: "Topic does not exist"}
	}
	entries, bytes := map[string]notice{}, 0
	var ids []string
	for i := 1; form.Has(fmt.Sprintf("PublishBatchRequestEntries.member.%d.Id", i)); i++ {
		at := fmt.Sprintf("PublishBatchRequestEntries.member.%d.", i)
		id := form.Get(at + "Id")
		ids, entries[id] = append(ids, id), readNotice(form, at)
		bytes += entries[id].size()
	}
	switch {
	case len(ids) == 0:
		return nil, answer.Errorf("EmptyBatchRequest", "The batch request doesn't contain any entries.")
	case len(ids) > maxBatch:
		return nil, answer.Errorf("TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible.")
	case len(entries) < len(ids):
		return nil, answer.Errorf("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.")
	case bytes > maxBytes:
		return nil, answer.Errorf("BatchRequestTooLong",
			"The length of all the messages put together is more than the limit.")
	}
	var out batchPublished
	for _, id := range ids {
		message, err := s.publish(arn, entries[id])
		if err == nil {
			out.Successful = append(out.Successful, done{id, message})
			continue
		}
		why := answer.From(err)
		out.Failed = append(out.Failed, failed{id, why.Code, why.Message, why.Status < http.StatusInternalServerError})
	}
	return out, nil
}

// readNotice reads what stands in a form's fields that begin with at.
func readNotice(form url.Values, at string) notice {
	n := notice{Subject: form.Get(at + "Subject"), Message: form.Get(at + "Message"),
		Attributes: map[string]queues.Attribute{}}
	for i := 1; ; i++ {
		entry := fmt.Sprintf("%sMessageAttributes.entry.%d.", at, i)
		if !form.Has(entry + "Name") {
			return n
		}
		a := queues.Attribute{DataType: form.Get(entry + "Value.DataType")}
		if value := entry + "Value.StringValue"; form.Has(value) {
			text := form.Get(value)
			a.StringValue = &text
		}
		a.BinaryValue, _ = base64.StdEncoding.DecodeString(form.Get(entry + "Value.BinaryValue")) // none is empty
		n.Attributes[form.Get(entry+"Name")] = a
	}
}

type listed struct {
	XMLName xml.Name `xml:"ListTopicsResponse"`
	ARNs    []string `xml:"ListTopicsResult>Topics>member>TopicArn"`
}

func (s *Service) list() any {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out listed
	for arn := range s.topics {
		out.ARNs = append(out.ARNs, arn)
	}
	slices.SortFunc(out.ARNs, strings.Compare)
	return out
}
