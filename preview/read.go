package preview

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/rung-dev/rung/outside/figure"
)

// maxReport is how large a report may be, in bytes. That of 2,000 resources has 4 MB.
const maxReport = 256 << 20

// ErrNoReport says that a document is no report of rung's.
var ErrNoReport = errors.New("it is no report of rung preview or rung diff with --format json")

// UnmarshalJSON reads an amount as it is written, "1234.50", within the bounds of what
// comes from outside.
func (m *Money) UnmarshalJSON(raw []byte) error {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return fmt.Errorf("an amount: got %.40s, want text such as \"12.50\"", raw)
	}
	d, err := figure.Parse(text)
	if err != nil {
		return fmt.Errorf("an amount: got %.40q: %w", text, err)
	}
	m.Decimal = d
	return nil
}

// reportFile is what is read of a report again: all but the lines of the estimate.
type reportFile struct {
	From      *int       `json:"from"`
	To        *int       `json:"to"`
	Resources *Resources `json:"resources"`
	Cost      *struct {
		From    Money `json:"from"`
		To      Money `json:"to"`
		Delta   Money `json:"delta"`
		Low     Money `json:"low"`
		High    Money `json:"high"`
		NoPrice int   `json:"noPrice"`
	} `json:"cost"`
	Budget   *Budget     `json:"budget"`
	Blocked  []Blocked   `json:"blocked"`
	Policies []Violation `json:"policies"`
}

// ReadReport reads a report as `rung preview` and `rung diff` write it with --format
// json, but for the lines of its estimate. It fails with ErrNoReport for any other
// document.
func ReadReport(r io.Reader) (Report, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxReport+1))
	if err != nil {
		return Report{}, err
	}
	if len(raw) > maxReport {
		return Report{}, fmt.Errorf("%w: it has more than %d bytes", ErrNoReport, maxReport)
	}
	var f reportFile
	if err := json.Unmarshal(raw, &f); err != nil {
		return Report{}, fmt.Errorf("%w: %w", ErrNoReport, err)
	}
	if f.Resources == nil || f.Cost == nil || f.Resources.Changes == nil {
		return Report{}, ErrNoReport
	}
	return Report{From: f.From, To: f.To, Resources: *f.Resources, Budget: f.Budget, Blocked: f.Blocked,
		Policies: f.Policies,
		Cost: Cost{Currency: Currency, From: f.Cost.From, To: f.Cost.To, Delta: f.Cost.Delta, Low: f.Cost.Low, High: f.Cost.High,
			NoPrice: f.Cost.NoPrice}}, nil
}

// Bill is the report's month as the bill of a change.
func (r Report) Bill(of string) Bill {
	b := Bill{Of: of, Stage: r.To, Cost: r.Cost, Budget: r.Budget, Compared: true}
	for _, c := range r.Resources.Changes {
		if change := c.After.Minus(c.Before); !change.Free() {
			b.Changes = append(b.Changes, Delta{URN: c.URN, Type: c.Type, Name: c.Name, Component: c.Component,
				From: c.Before, To: c.After, Delta: change})
		}
	}
	byChange(b.Changes)
	return b
}
