package load

import (
	"fmt"

	"github.com/rung-dev/rung/stacks/ladder"
)

// Part is a part of a load's requests, as whoever pays for them counts.
type Part struct {
	Requests int   `json:"requests"`
	Bytes    int64 `json:"bytes"`
	// Asked are those whose answer says whether the CDN had it, Hits those that it had.
	Asked int `json:"cdn_asked"`
	Hits  int `json:"cdn_hits"`
}

func (p *Part) add(s sent) {
	p.Requests++
	p.Bytes += int64(s.bytes)
	switch s.cache {
	case marksHit:
		p.Asked, p.Hits = p.Asked+1, p.Hits+1
	case marksMiss:
		p.Asked++
	}
}

// files reports whether a kind of request asks for a file.
func files(kind string) bool { return kind == kindAsset || kind == kindPicture }

// Changed is a figure of a profile in whose place a measured one has come.
type Changed struct {
	Name     string  `json:"figure"`
	Profile  float64 `json:"profile"`
	Measured float64 `json:"measured"`
}

// Into is a profile with what the load has shown in the place of what it takes, and
// which figures those are. How many people there are, how often they come and what part
// of it are files stays the profile's: that is whoever sends a load, and no property of
// what answers it.
func (r Result) Into(t ladder.Traffic) (ladder.Traffic, []Changed) {
	var all []Changed
	set := func(name string, to *float64, part, of float64) {
		if of > 0 {
			all = append(all, Changed{name, *to, part / of})
			*to = part / of
		}
	}
	f, o := r.Files, r.Others
	if f.Requests > 0 && o.Requests > 0 {
		file := t.StaticShare * float64(f.Bytes) / float64(f.Requests)
		other := (1 - t.StaticShare) * float64(o.Bytes) / float64(o.Requests)
		set("bytes of an active user in a day", &t.BytesPerActiveUserPerDay, (file+other)*t.RequestsPerActiveUserPerDay, 1)
		set("share of bytes that are files", &t.StaticByteShare, file, file+other)
	}
	set("files that the CDN had", &t.StaticHitRatio, float64(f.Hits), float64(f.Asked))
	set("other answers that the CDN had", &t.APIHitRatio, float64(o.Hits), float64(o.Asked))
	if share, ok := r.CacheHitShare(); ok {
		set("reads that the caches had", &t.CacheHitRatio, share, 1)
	}
	return t, all
}

// String is the change for people: shares in percent.
func (c Changed) String() string {
	if c.Profile <= 1 && c.Measured <= 1 {
		return fmt.Sprintf("%s: %.0f %% instead of %.0f %%", c.Name, 100*c.Measured, 100*c.Profile)
	}
	return fmt.Sprintf("%s: %.0f instead of %.0f", c.Name, c.Measured, c.Profile)
}
