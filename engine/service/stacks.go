package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/pulumi/pulumi/pkg/v3/resource/stack"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/rung-dev/rung/engine/store"
)

// journalVersion is the form of the notes: the only one that there is.
const journalVersion = 1

func (s *Server) create(r *http.Request) (any, error) {
	var q apitype.CreateStackRequest
	if err := read(r, &q); err != nil {
		return nil, err
	}
	return apitype.CreateStackResponse{}, s.options.Stack(r.PathValue("project"), q.StackName).Create()
}

func (s *Server) get(r *http.Request) (any, error) {
	stack := s.of(r)
	if packed, err := stack.Compressed(); packed || err != nil {
		return nil, errors.Join(err, failure{http.StatusUnprocessableEntity, "the state is compressed " +
			"(PULUMI_DIY_BACKEND_GZIP), and no journal can be kept of it: leave RUNG_JOURNAL out"})
	}
	if _, err := stack.Stamp(); err != nil {
		return nil, missing(err)
	}
	return apitype.Stack{ID: r.PathValue("stack"), OrgName: r.PathValue("org"), ProjectName: r.PathValue("project"),
		StackName: tokens.QName(r.PathValue("stack")), Tags: map[apitype.StackTagName]string{}}, nil
}

// export is the state, with what a broken-off run has noted.
func (s *Server) export(r *http.Request) (any, error) {
	d, err := s.of(r).Read()
	if err != nil {
		return nil, missing(err)
	}
	if d.Deployment == nil {
		d.Deployment = &apitype.DeploymentV3{}
	}
	if d.Version == 0 {
		d.Version = apitype.DeploymentSchemaVersionCurrent
	}
	text, err := json.Marshal(d.Deployment)
	return apitype.ExportStackResponse{Version: d.Version, Features: d.Features, Deployment: text}, err
}

// replace is `pulumi stack import`, and what the CLI does where it edits a state.
func (s *Server) replace(r *http.Request) (any, error) {
	var d apitype.UntypedDeployment
	if err := read(r, &d); err != nil {
		return nil, err
	}
	typed, err := stack.UnmarshalUntypedDeployment(context.Background(), &d)
	if err != nil {
		return nil, failure{http.StatusBadRequest, err.Error()}
	}
	u := &update{stack: s.of(r)}
	if err := s.hold(u); err != nil {
		return nil, err
	}
	err = u.stack.Write(apitype.TypedDeployment{Version: d.Version, Features: d.Features, Deployment: typed})
	return apitype.ImportStackResponse{UpdateID: id()}, errors.Join(err, u.end())
}

// request is an operation that is asked for; it begins with begin.
func (s *Server) request(r *http.Request) (any, error) {
	if _, err := nothing(r); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	name := id()
	s.updates[name] = &update{stack: s.of(r)}
	return apitype.UpdateProgramResponse{UpdateID: name}, nil
}

// hold locks a stack and takes up what its last run has noted.
func (s *Server) hold(u *update) error {
	over, err := u.stack.TakeOver(s.options.Gone)
	for _, h := range over {
		s.options.Say(fmt.Sprintf("took over the lock of process %d of %s@%s, which no longer runs", h.PID, h.Username,
			h.Hostname))
	}
	if err != nil {
		return err
	}
	unlock, err := u.stack.Lock()
	if errors.Is(err, store.ErrHeld) {
		return failure{http.StatusConflict, "Another update is currently in progress. " + err.Error()}
	}
	if err != nil {
		return err
	}
	said, err := u.stack.Recover()
	if err != nil {
		return errors.Join(err, unlock())
	}
	if said != "" {
		s.options.Say(said)
	}
	u.unlock = unlock
	return nil
}

// begin opens the journal of what is no preview.
func (s *Server) begin(r *http.Request) (any, error) {
	var q apitype.StartUpdateRequest
	if err := read(r, &q); err != nil {
		return nil, err
	}
	if q.JournalVersion < journalVersion {
		return nil, failure{http.StatusBadRequest, "this CLI sends no notes of its steps: it is too old, or " +
			"PULUMI_DISABLE_JOURNALING is set"}
	}
	u, err := s.update(r)
	if err != nil {
		return nil, err
	}
	answer := apitype.StartUpdateResponse{Version: 1, Token: s.token, JournalVersion: journalVersion,
		TokenExpiration: time.Now().Add(leaseLasts).Unix()}
	if r.PathValue("kind") == "preview" {
		return answer, nil
	}
	if err := s.hold(u); err != nil {
		return nil, err
	}
	base, err := u.stack.Read()
	if err == nil {
		u.journal, err = u.stack.Begin(base, nil)
	}
	if err != nil {
		return nil, errors.Join(err, u.unlock())
	}
	return answer, nil
}

func (s *Server) update(r *http.Request) (*update, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.updates[r.PathValue("id")]
	if u == nil {
		return nil, failure{http.StatusNotFound, "no such update"}
	}
	return u, nil
}

// note answers when the notes are kept.
func (s *Server) note(r *http.Request) (any, error) {
	var q apitype.JournalEntries
	u, err := s.update(r)
	if err == nil {
		err = read(r, &q)
	}
	if err != nil {
		return nil, err
	}
	if u.journal == nil {
		return nil, failure{http.StatusBadRequest, "nothing is noted of a preview"}
	}
	return struct{}{}, u.journal.Note(q.Entries...)
}

func (s *Server) renew(r *http.Request) (any, error) {
	if _, err := nothing(r); err != nil {
		return nil, err
	}
	return apitype.RenewUpdateLeaseResponse{Token: s.token, TokenExpiration: time.Now().Add(leaseLasts).Unix()}, nil
}

// complete writes the state.
func (s *Server) complete(r *http.Request) (any, error) {
	if _, err := nothing(r); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	name := r.PathValue("id")
	u := s.updates[name]
	if u == nil {
		return nil, failure{http.StatusNotFound, "no such update"}
	}
	delete(s.updates, name)
	return struct{}{}, u.end()
}
