package plan

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/unit"
)

const home, abroad = "us-east-1", "eu-west-1"

// Two regions are two sets of servers, which reach one another by relays alone.
func TestStage5BecomesServersOfTwoRegions(t *testing.T) {
	out := until(t, input(recorded(t, "stage5")))
	in := map[string]map[string]int{home: {}, abroad: {}, "": {}}
	region := map[string]string{}
	for _, u := range out.Units {
		words := strings.Fields(u.What)
		in[u.Region][words[0]]++
		region[u.Address] = u.Region
	}
	assert.Equal(t, 10, in[home]["PostgreSQL"], "three pairs, a replica each, and what stands in for OpenSearch")
	assert.Equal(t, 4, in[abroad]["PostgreSQL"], "three copies, and what stands in for OpenSearch")
	assert.Equal(t, 17, in[home]["machine"], "four each of web, users, posts, search, and a worker")
	assert.Equal(t, 17, in[abroad]["machine"])
	assert.Equal(t, 1, in[""]["nginx"])
	for _, u := range out.Units {
		for address, there := range region {
			if address == "" || u.Region == "" || there == "" || there == u.Region || u.Name == "distance" {
				continue
			}
			text := strings.Join(u.Environment, "\n")
			for _, f := range u.Files {
				text += f.Content
			}
			assert.NotRegexp(t, `\b`+strings.ReplaceAll(address, ".", `\.`)+`\b`, text, "%s of %s", u.Name, u.Region)
		}
	}
}

func TestMachinesOfARegionUseItsOwnServices(t *testing.T) {
	out := until(t, input(recorded(t, "stage5")))
	inner := map[string]string{}
	for _, u := range out.Units {
		if strings.HasPrefix(u.What, "HAProxy for inner") {
			inner[u.Region] = u.Address
		}
	}
	require.Len(t, inner, 2)
	users := 0
	for _, u := range out.Units {
		if !strings.HasPrefix(u.What, "machine of users") {
			continue
		}
		users++
		text := strings.Join(u.Environment, "\n")
		assert.Contains(t, text, "POSTS_URL=http://"+inner[u.Region]+"\n", u.Region)
		assert.NotContains(t, text, "rds.amazonaws.com", u.Region)
		if u.Region == abroad {
			assert.Contains(t, u.After, "distance", "its writes go home by a relay")
		}
	}
	assert.Equal(t, 8, users)
}

// Nothing waits for itself by way of others: whatever starts, can.
func TestNothingOfStage5WaitsForItself(t *testing.T) {
	out := until(t, input(recorded(t, "stage5")))
	after := map[string][]string{}
	for _, u := range out.Units {
		after[u.Name] = u.After
	}
	ready := map[string]bool{}
	for range out.Units {
		for _, u := range out.Units {
			waits := false
			for _, name := range u.After {
				_, wanted := after[name]
				waits = waits || wanted && !ready[name]
			}
			ready[u.Name] = ready[u.Name] || !waits
		}
	}
	for _, u := range out.Units {
		assert.True(t, ready[u.Name], "%s waits for %v", u.Name, u.After)
	}
}

// What stage 5 comes to is settled, and a database that changes places tells no machine
// of it.
func TestStage5IsSettled(t *testing.T) {
	in := input(recorded(t, "stage5"))
	first := until(t, in)
	in.Machines, in.Well = first.Machines, map[string]bool{}
	for _, u := range first.Units {
		in.Well[u.Name] = true
	}
	again, err := Decide(in)
	require.NoError(t, err)
	require.Len(t, again.Units, len(first.Units))
	for i, u := range again.Units {
		assert.Equal(t, first.Units[i].Starting(), u.Starting(), u.Name)
	}
	primary := ""
	for name := range first.Pairs {
		if strings.HasPrefix(name, "rds/") {
			primary = name
		}
	}
	before := first.Pairs[primary]
	before.Second, before.Epoch = true, 1
	in.Pairs = first.Pairs
	in.Pairs[primary] = before
	swapped, err := Decide(in)
	require.NoError(t, err)
	started := map[string]string{}
	for _, u := range first.Units {
		started[u.Name] = u.Starting()
	}
	for _, u := range swapped.Units {
		if strings.HasPrefix(u.What, "machine of") {
			assert.Equal(t, started[u.Name], u.Starting(), "%s starts anew", u.Name)
		}
	}
	assert.NotEmpty(t, units(swapped, "PostgreSQL"))
}

func units(out Output, what string) (all []unit.Unit) {
	for _, u := range out.Units {
		if strings.HasPrefix(u.What, what) {
			all = append(all, u)
		}
	}
	return all
}

// Who makes tables starts before who only uses them, and at home before abroad, where each
// statement takes its time.
func TestTablesAreMadeFirst(t *testing.T) {
	out := until(t, input(recorded(t, "stage5")))
	lastMaker, firstUser, firstFar := 0, len(out.Units), len(out.Units)
	for n, u := range out.Units {
		if !strings.HasPrefix(u.What, "machine of") {
			continue
		}
		switch far := slices.Contains(u.After, "distance"); {
		case far:
			firstFar = min(firstFar, n)
		case len(u.Prepare) > 0:
			lastMaker = n
		default:
			firstUser = min(firstUser, n)
		}
	}
	assert.Less(t, lastMaker, firstUser)
	assert.Less(t, firstUser, firstFar)
	assert.Less(t, firstFar, len(out.Units))
}
