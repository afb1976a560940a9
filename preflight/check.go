package preflight

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

func whose(n Need, a Account) []Finding {
	f := Finding{Key: "account", Found: a.ID, Needed: n.Account}
	switch {
	case a.ID == "":
		return nil // what could not be asked says so
	case n.Account == "":
		f.Level, f.Text = Well, fmt.Sprintf("the credentials are those of account %s, in which the stack will stand", a.ID)
	case n.Account == a.ID:
		f.Level, f.Text = Well, fmt.Sprintf("the credentials are those of account %s, in which the stack stands", a.ID)
	default:
		f.Level, f.Text = Stops, fmt.Sprintf("the stack stands in account %s, and the credentials are those of %s", n.Account,
			a.ID)
		f.Do = fmt.Sprintf("use the credentials of %s (AWS_PROFILE)", n.Account)
	}
	return []Finding{f}
}

// quota compares an amount with a limit. What the stack holds itself is part of
// what it needs, so that only what others hold is added.
func (n Need) quota(want Amount, a Account) []Finding {
	q, known := QuotaOf(want.Key)
	limit, found := a.Limits[Place{Key: want.Key, Region: want.Region}]
	if !known || !found {
		return nil
	}
	others, counted := n.others(want.Place, a)
	f := Finding{
		Level: Well, Key: want.Key, Region: want.Region, Needed: strconv.Itoa(want.AtMost), Allowed: strconv.Itoa(limit),
		Link: q.Link(want.Region),
	}
	if counted {
		f.Found = strconv.Itoa(others)
	}
	where := place(want)
	f.Text = fmt.Sprintf("%s %s: the stack needs %s, %s, and the account may have %d", q.Noun, where, needs(want),
		holds(counted, others), limit)
	switch {
	case others+want.AtOnce > limit:
		f.Level, f.Do = Stops, fmt.Sprintf("have the quota raised to %d or more, or choose less", others+want.AtMost)
	case others+want.AtMost > limit:
		f.Level = Warns
		f.Do = fmt.Sprintf("the stack can be made, and cannot grow to its full size: have the quota raised to %d or more",
			others+want.AtMost)
	}
	return []Finding{f}
}

// place is where a quota counts, for people.
func place(want Amount) string {
	if want.Scope == "" {
		return "in " + want.Region
	}
	return fmt.Sprintf("in %s (%s)", want.Scope, want.Region)
}

func needs(want Amount) string {
	if want.AtOnce == want.AtMost {
		return strconv.Itoa(want.AtMost)
	}
	return fmt.Sprintf("%d at once and up to %d", want.AtOnce, want.AtMost)
}

func holds(counted bool, others int) string {
	if !counted {
		return "what others hold is not known"
	}
	return fmt.Sprintf("others hold %d", others)
}

// alone are the quotas that count within what is the stack's own.
var alone = []string{GroupRules, Interfaces, Peerings}

// others is what everybody but the stack holds in a place, and whether that is
// known.
func (n Need) others(p Place, a Account) (sum int, known bool) {
	if slices.Contains(alone, p.Key) {
		return 0, true
	}
	held, known := a.Held[p]
	if !known && p.Scope != "" { // an account that was asked about a region, and has none in this zone
		_, known = a.Held[Place{Key: p.Key, Region: p.Region}]
	}
	for _, h := range held {
		if !n.own[h.ID] && (h.Stack == "" || h.Stack != n.Stack) {
			sum += h.Amount
		}
	}
	return sum, known
}

// zones finds those of the plan that the account cannot use.
func zones(n Need, a Account) []Finding {
	wanted := map[string]map[string]bool{}
	for _, o := range n.Offers {
		if wanted[o.Region] == nil {
			wanted[o.Region] = map[string]bool{}
		}
		for _, z := range o.Zones {
			wanted[o.Region][z] = true
		}
	}
	var all []Finding
	for _, region := range slices.Sorted(maps.Keys(wanted)) {
		has, known := a.Zones[region]
		if !known || len(wanted[region]) == 0 {
			continue
		}
		all = append(all, missingZones(region, slices.Sorted(maps.Keys(wanted[region])), has))
	}
	return all
}

func missingZones(region string, want []string, has []Zone) Finding {
	var found, missing, ids []string
	for _, z := range has {
		found = append(found, z.Name)
	}
	for _, name := range want {
		i := slices.IndexFunc(has, func(z Zone) bool { return z.Name == name })
		if i < 0 {
			missing = append(missing, name)
			continue
		}
		ids = append(ids, fmt.Sprintf("%s (%s)", name, has[i].ID))
	}
	f := Finding{Level: Well, Key: "zones", Region: region, Found: strings.Join(found, ", "),
		Needed: strings.Join(want, ", "),
		Text:   fmt.Sprintf("the account can use the zones of the plan: %s", strings.Join(ids, ", "))}
	if len(missing) > 0 {
		f.Level = Stops
		f.Text = fmt.Sprintf("the account cannot use %s, only %s", strings.Join(missing, " and "), f.Found)
		f.Do = "take another region, or ask AWS's support for the zone"
	}
	return f
}

// services are what the offers are called.
var services = map[string]string{
	EC2: "machine type", RDS: "database class", ElastiCache: "cache node type", OpenSearch: "search node type", VPCLink: "", RDSProxy: "",
}

// offered finds zones without any of the types that would do.
func offered(o Offer, a Account) []Finding {
	f := Finding{Level: Well, Key: o.Service + ".offers", Region: o.Region, Needed: strings.Join(o.AnyOf, " or ")}
	missing, known := lacking(o, a)
	if !known {
		return nil
	}
	noun := strings.TrimSpace(services[o.Service] + " " + f.Needed)
	f.Text = fmt.Sprintf("%s: there is in %s", noun, strings.Join(o.Zones, ", "))
	if len(missing) == 0 {
		return []Finding{f}
	}
	f.Level, f.Found = Stops, "none in "+strings.Join(missing, ", ")
	f.Text = fmt.Sprintf("%s: there is none in %s", noun, strings.Join(missing, ", "))
	f.Do = "choose another type, or another region; `rung config` names the keys"
	return []Finding{f}
}

// lacking are the zones that have none of an offer's types. Nothing is known where
// one of the types was not asked about.
func lacking(o Offer, a Account) (missing []string, known bool) {
	has := map[string]bool{}
	for _, name := range o.AnyOf {
		zones, asked := a.Offered[Type{o.Service, o.Region, o.Engine, name}]
		if !asked {
			return nil, false
		}
		for _, z := range zones {
			has[z] = true
		}
	}
	for _, z := range o.Zones {
		if !has[z] {
			missing = append(missing, z)
		}
	}
	return missing, true
}

func version(v Version, a Account) []Finding {
	has, known := a.Versions[Engine{v.Service, v.Region, v.Engine}]
	if !known {
		return nil
	}
	f := Finding{Level: Well, Key: v.Service + ".versions", Region: v.Region, Needed: v.Engine + " " + v.Version,
		Text: fmt.Sprintf("%s %s can be made", v.Engine, v.Version)}
	if !slices.ContainsFunc(has, func(h string) bool { return h == v.Version || strings.HasPrefix(h, v.Version+".") }) {
		f.Level, f.Found = Stops, strings.Join(has, ", ")
		f.Text = fmt.Sprintf("%s %s cannot be made any more: AWS has %s", v.Engine, v.Version, cmp.Or(f.Found, "none"))
		f.Do = "choose one of them; `rung config` names the keys"
	}
	return []Finding{f}
}

// taken finds names that somebody else holds.
func (n Need) taken(a Account) []Finding {
	var all []Finding
	for _, name := range n.Names {
		held := slices.ContainsFunc(a.Held[name.Place], func(h Held) bool { return h.ID == name.Name })
		if n.own[name.Name] || !held && !a.Taken[name] {
			continue
		}
		q, _ := QuotaOf(name.Key)
		all = append(all, Finding{
			Level: Stops, Key: "names", Region: name.Region, Found: name.Name, Needed: name.Name,
			Text: fmt.Sprintf("the name %s is taken among the %s, and not by this stack", name.Name, q.Noun),
			Do:   "name the stack otherwise (--stack), or take away what has the name",
		})
	}
	return all
}
