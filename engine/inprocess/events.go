package inprocess

import (
	"encoding/json"
	"time"

	"github.com/pulumi/pulumi/pkg/v3/backend/display"
	"github.com/pulumi/pulumi/pkg/v3/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// pass gives each event to take, and to do in the form of the Automation API, up to
// the last one, which the engine sends in any case.
func pass(said <-chan engine.Event, take func(engine.Event), do func(events.EngineEvent)) {
	for number := 1; ; number++ {
		e := <-said
		take(e)
		if do != nil {
			do(converted(e, number))
		}
		if e.Type == engine.CancelEvent {
			return
		}
	}
}

// converted is an event as a CLI would send it: through JSON, so that values have
// the types that JSON has.
func converted(e engine.Event, number int) (out events.EngineEvent) {
	api, err := display.ConvertEngineEvent(e, false)
	if err != nil {
		return events.EngineEvent{Error: err}
	}
	api.Sequence, api.Timestamp = number, int(time.Now().Unix())
	text, err := json.Marshal(api)
	if err != nil {
		return events.EngineEvent{Error: err}
	}
	var plain apitype.EngineEvent
	if err := json.Unmarshal(text, &plain); err != nil {
		return events.EngineEvent{Error: err}
	}
	return events.EngineEvent{EngineEvent: plain}
}
