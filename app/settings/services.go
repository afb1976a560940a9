package settings

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/rung-dev/rung/app/contract"
)

// links reads URLs of services, separated by commas.
func (d *decoder) links(name string) []string {
	var out []string
	for _, v := range d.list(name) {
		if v, ok := d.base(name, v); ok {
			out = append(out, v)
		}
	}
	return out
}

// base is a URL of a scheme and a host alone, without a slash at the end.
func (d *decoder) base(name, v string) (string, bool) {
	v = strings.TrimSuffix(v, "/")
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" || u.User != nil ||
		u.RawQuery != "" {
		d.errs = append(d.errs, fmt.Errorf("%s: want http://host:port, several with commas between", name))
		return "", false
	}
	return v, true
}

func (d *decoder) events() Events {
	e := Events{Topics: map[string]string{}, Subscribers: map[string][]string{},
		QueueURL: d.link(contract.EnvEventQueueURL, "http", "https")}
	d.pairs(contract.EnvEventTopics, "kind=ARN", func(kind, arn string) bool {
		e.Topics[kind] = arn
		return strings.HasPrefix(arn, "arn:")
	})
	d.pairs(contract.EnvEventSubscribers, "kind=http://host:port", func(kind, v string) bool {
		v, ok := d.base(contract.EnvEventSubscribers, v)
		e.Subscribers[kind] = append(e.Subscribers[kind], v)
		return ok
	})
	if len(e.Topics) > 0 && len(e.Subscribers) > 0 {
		d.errs = append(d.errs,
			fmt.Errorf("%s: want nothing because %s is set", contract.EnvEventSubscribers, contract.EnvEventTopics))
	}
	return e
}

// Told are the kinds of events that are told to anybody.
func (e Events) Told() []string {
	var out []string
	for _, kind := range contract.Topics() {
		for _, k := range []string{kind, contract.Carrier(kind)} {
			if e.Topics[k] != "" || len(e.Subscribers[k]) > 0 {
				out = append(out, kind)
				break
			}
		}
	}
	return out
}

// pairs reads kind=value, separated by commas.
func (d *decoder) pairs(name, form string, take func(kind, v string) bool) {
	known := contract.Topics()
	for _, pair := range d.list(name) {
		kind, v, ok := strings.Cut(pair, "=")
		if !ok || !slices.Contains(known, kind) || !take(kind, v) {
			d.wrong(name, pair, fmt.Sprintf("%s with a kind of %s", form, strings.Join(known, ", ")))
		}
	}
}
