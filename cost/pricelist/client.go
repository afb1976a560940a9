package pricelist

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Home is where AWS publishes its offer files.
const Home = "https://pricing.us-east-1.amazonaws.com"

// patience is how long an answer may take to begin. How long a file then takes
// depends on the line, so that has no limit.
const patience = time.Minute

// patient is a client that gives up where nobody answers.
func patient() *http.Client {
	transport, ok := http.DefaultTransport.(*http.Transport)
	if !ok { // a program that embeds this one has put its own there
		return http.DefaultClient
	}
	transport = transport.Clone()
	transport.ResponseHeaderTimeout = patience
	return &http.Client{Transport: transport}
}

// list is the Price List at an address.
type list struct {
	base   string
	client *http.Client
}

// get opens a file of the list.
func (l list) get(ctx context.Context, path string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(l.base, "/")+path, nil)
	if err != nil {
		return nil, err
	}
	answer, err := l.client.Do(req)
	if err != nil {
		var about *url.Error // says the whole address once more
		if errors.As(err, &about) {
			err = about.Err
		}
		return nil, fmt.Errorf("no answer: %w; check the network and the proxy, or name a mirror", err)
	}
	if answer.StatusCode != http.StatusOK {
		answer.Body.Close()
		return nil, fmt.Errorf("it answered %s", answer.Status)
	}
	return answer.Body, nil
}

// errNoRegion says that an offer has no file for a region.
var errNoRegion = errors.New("AWS does not offer it in this region")

// path is where the newest file of an offer is: of all regions at once, else as
// the offer's index of regions says.
func (l list) path(ctx context.Context, f file) (string, error) {
	current := "/offers/v1.0/aws/" + f.offer + "/current/"
	if f.region == allRegions {
		return current + "index.json", nil
	}
	body, err := l.get(ctx, current+"region_index.json")
	if err != nil {
		return "", err
	}
	defer body.Close()
	var index struct {
		Regions map[string]struct{ CurrentVersionURL string }
	}
	if err := json.NewDecoder(body).Decode(&index); err != nil {
		return "", fmt.Errorf("its index of regions is not as AWS documents it: %w", err)
	}
	if len(index.Regions) == 0 {
		return "", errors.New("its index of regions is not as AWS documents it: it names none")
	}
	at, ok := index.Regions[f.region]
	if !ok {
		return "", errNoRegion
	}
	if !strings.HasPrefix(at.CurrentVersionURL, "/") {
		return "", fmt.Errorf("its index of regions is not as AWS documents it: %q is no path", at.CurrentVersionURL)
	}
	return at.CurrentVersionURL, nil
}

// read reads what queries ask of a file of the list.
func (l list) read(ctx context.Context, f file, queries []query) (offer, error) {
	path, err := l.path(ctx, f)
	if err != nil {
		return offer{}, err
	}
	body, err := l.get(ctx, path)
	if err != nil {
		return offer{}, err
	}
	defer body.Close()
	o, err := readOffer(body, queries)
	if err == nil && o.code != f.offer {
		err = fmt.Errorf("it is the file of %q", o.code)
	}
	return o, err
}
