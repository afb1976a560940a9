package report

import (
	"strings"

	"github.com/rung-dev/rung/handover/inside/api"
	"github.com/rung-dev/rung/lab/paper"
)

// Calls is the document of a dry run: what AWS would be asked, in this order.
func Calls(calls []api.Call) paper.Document {
	t := paper.Table{Caption: "Calls", Head: []string{"action", "on", "with"}, Words: true}
	d := paper.Document{Title: "A dry run: AWS was not asked anything", Value: calls}
	for _, c := range calls {
		action, on := c.Action, c.On
		for line := range strings.SplitSeq(c.With, "\n") { // a script is read line by line
			t.Rows = append(t.Rows, []string{action, on, line})
			action, on = "", ""
		}
	}
	d.Tables = []paper.Table{t}
	d.Notes = []string{"What AWS would answer is assumed: names in capitals, a mover that does not lie in the bucket " +
		"yet, a command that succeeds at once. ssm:GetCommandInvocation and s3:GetObject of the journal come again every " +
		"two seconds while a command runs."}
	return d
}
