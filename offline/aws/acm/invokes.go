package acm

import (
	"slices"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Invokes are ACM's functions.
func Invokes() map[string]sim.Invoke { return map[string]sim.Invoke{token.ACMGetCertificate: lookup} }

// lookup finds a certificate by its domain. Only those that were issued count, unless others are asked for.
func lookup(o *sim.Op) (sim.Props, error) {
	var found []sim.Found
	statuses := o.In.Strs("statuses")
	for _, c := range o.All(token.ACMCertificate) {
		status := "PENDING_VALIDATION"
		if Issued(o, c.ID) {
			status = "ISSUED"
		}
		wanted := status == "ISSUED" && len(statuses) == 0 || slices.Contains(statuses, status)
		if wanted && (!o.In.Has("domain") || c.Props.Str("domainName") == o.In.Str("domain")) {
			c.Props = c.Props.Copy()
			c.Props["status"] = status
			found = append(found, c)
		}
	}
	switch {
	case len(found) == 0:
		return nil, sim.Refuse("ResourceNotFoundException", "no matching ACM Certificate found",
			"Offline, certificates that a program made are known, once an acm.CertificateValidation has seen them issued.")
	case len(found) > 1 && !o.In.Bool("mostRecent"):
		return nil, sim.Refuse("ResourceNotFoundException", "multiple ACM Certificates matched",
			"Set mostRecent, or ask for less.")
	}
	c, out := found[len(found)-1], o.In.Copy()
	out["id"], out["arn"], out["domain"], out["status"] = c.ID, c.ID, c.Props.Str("domainName"), c.Props.Str("status")
	out["tags"], out["certificate"], out["certificateChain"] = map[string]any(c.Props.Map("tags")), "", ""
	return out, nil
}
