package account

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/preflight"
)

// pages reads all pages of a listing.
func (l *look) pages(ctx context.Context, list listing, region string) ([]awswire.Node, error) {
	token, parameter := list.token, list.parameter
	if own, ok := tokens[list.service.Name]; ok && parameter == "" {
		token, parameter = own[0], own[1]
	}
	r := awswire.Request{Service: list.service, Region: region, Action: list.action, Path: list.path, Form: url.Values{}}
	for k, v := range list.params {
		r.Form[k] = v
	}
	var all []awswire.Node
	for {
		answer, err := l.client.Ask(ctx, r)
		if err != nil {
			return nil, err
		}
		tree, err := awswire.Parse(answer)
		if err != nil {
			return nil, err
		}
		all = append(all, tree.All(list.list)...)
		next := tree.Find(token).Text()
		if next == "" || next == r.Form.Get(parameter) {
			return all, nil
		}
		r.Form.Set(parameter, next)
	}
}

// itemsOf are holdings that a service lists in JSON.
func itemsOf(s awswire.Service, permission, path, list, id string) func(*look, preflight.Place) question {
	return func(l *look, place preflight.Place) question {
		return question{"what the account has of " + s.Name, place.Region, permission,
			func(ctx context.Context) (func(*preflight.Account), error) {
				held := []preflight.Held{}
				r := awswire.Request{Service: s, Region: place.Region, Path: path, Form: url.Values{}}
				for {
					page, next, err := l.page(ctx, r, list)
					if err != nil {
						return nil, err
					}
					for _, item := range page {
						name, _ := item[id].(string)
						held = append(held, preflight.Held{ID: name, Amount: 1})
					}
					if next == "" {
						return func(a *preflight.Account) { a.Held[place] = held }, nil
					}
					r.Form.Set("nextToken", next)
				}
			}}
	}
}

// page reads one page of a list in JSON.
func (l *look) page(ctx context.Context, r awswire.Request, list string) (items []map[string]any, next string,
	err error) {
	answer, err := l.client.Ask(ctx, r)
	if err != nil {
		return nil, "", err
	}
	var found map[string]json.RawMessage
	if err := json.Unmarshal(answer, &found); err != nil {
		return nil, "", err
	}
	for _, key := range []string{"nextToken", "NextToken"} {
		if raw, ok := found[key]; ok {
			_ = json.Unmarshal(raw, &next) // null is no further page
		}
	}
	if raw, ok := found[list]; ok {
		err = json.Unmarshal(raw, &items)
	}
	return items, next, err
}
