package engine

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// Open are the steps, by URN, that this run or one before it began and whose good
// end nobody saw: a step that failed may have happened all the same, and the engine
// forgets what it was doing when it survives and a provider does not. It is empty
// without a Hold, after a TakeUp, and where rung itself was killed.
func (s *Stack) Open() map[string]apitype.OpType {
	if s.hold == nil {
		return nil
	}
	s.hold.mu.Lock()
	defer s.hold.mu.Unlock()
	return maps.Clone(s.hold.run.Open)
}

// leave notes the steps that a failed operation has left open.
func (h *hold) leave(all []events.EngineEvent) error {
	open := openSteps(all)
	if h == nil || len(open) == 0 {
		return nil
	}
	h.mu.Lock()
	if h.run.Open == nil {
		h.run.Open = map[string]apitype.OpType{}
	}
	maps.Copy(h.run.Open, open)
	h.mu.Unlock()
	return h.write()
}

// settle notes that nothing is open any more.
func (h *hold) settle() error {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	h.run.Open = nil
	h.mu.Unlock()
	return h.write()
}

// openSteps are the steps among events that began and did not end well.
func openSteps(all []events.EngineEvent) map[string]apitype.OpType {
	open := map[string]apitype.OpType{}
	for _, e := range all {
		switch {
		case e.ResourcePreEvent != nil && !e.ResourcePreEvent.Planning:
			open[e.ResourcePreEvent.Metadata.URN] = e.ResourcePreEvent.Metadata.Op
		case e.ResOutputsEvent != nil && !e.ResOutputsEvent.Planning:
			delete(open, e.ResOutputsEvent.Metadata.URN)
		case e.ResOpFailedEvent != nil:
			open[e.ResOpFailedEvent.Metadata.URN] = e.ResOpFailedEvent.Metadata.Op
		}
	}
	return open
}
