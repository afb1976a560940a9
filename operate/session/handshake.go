package session

import (
	"encoding/json"
	"fmt"
)

// asked is what an agent asks of the client before the session begins.
type asked struct {
	AgentVersion           string
	RequestedClientActions []struct {
		ActionType       string
		ActionParameters json.RawMessage
	}
}

// answered is what came of one thing that was asked.
type answered struct {
	ActionType   string
	ActionStatus int
	ActionResult any
	Error        string
}

// What may come of it.
const (
	succeeded   = 1
	unsupported = 3
)

// shake answers the agent: every session is of a type, and one with a key of the user's own
// is encrypted, which this client does not do.
func (c *Channel) shake(payload []byte) error {
	var request asked
	if err := json.Unmarshal(payload, &request); err != nil {
		return fmt.Errorf("read what the agent asks before the session: %w", err)
	}
	response := struct {
		ClientVersion          string
		ProcessedClientActions []answered
		Errors                 []string
	}{ClientVersion: clientVersion, ProcessedClientActions: []answered{}, Errors: []string{}}
	var wrong error
	for _, a := range request.RequestedClientActions {
		one := answered{ActionType: a.ActionType, ActionStatus: succeeded}
		if a.ActionType != "SessionType" {
			one.ActionStatus, one.Error = unsupported, "not supported"
			response.Errors = append(response.Errors, a.ActionType+" is not supported")
			wrong = fmt.Errorf("the account's sessions ask for %s, which rung does not speak: use `aws ssm start-session`",
				a.ActionType)
		}
		response.ProcessedClientActions = append(response.ProcessedClientActions, one)
	}
	text, err := json.Marshal(response)
	if err != nil {
		return err
	}
	if err := c.send(handshakeResponse, text); err != nil {
		return err
	}
	return wrong
}
