package region_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/region"
)

func TestTableIsSound(t *testing.T) {
	names, codes := map[string]bool{}, map[string]bool{}
	for i, r := range region.All() {
		assert.Regexp(t, regexp.MustCompile(`^[a-z]{2}-[a-z]+-[1-9]$`), r.Name)
		assert.False(t, names[r.Name] || codes[r.Code], "%s stands twice", r.Name)
		names[r.Name], codes[r.Code] = true, true
		slot, ok := region.Slot(r.Name)
		assert.True(t, ok && slot == i, r.Name)
		for _, letter := range r.Slots {
			assert.True(t, strings.ContainsRune(r.Zones, letter), "%s: stacks use %c, which accounts do not see", r.Name, letter)
		}
		assert.True(t, r.Slots == "" || len(r.Slots) >= 3, "%s: a stack needs up to three zones", r.Name)
		assert.NotEmpty(t, r.EdgeArea, r.Name)
		assert.NotEmpty(t, r.CheckedFrom, r.Name)
		if r.Shield != "" {
			home, ok := region.Get(r.Shield)
			assert.True(t, ok && home.Shield == r.Shield, "%s: %s has no shield", r.Name, r.Shield)
		}
	}
}

// Addresses, zones and names of stacks that stand follow from these.
func TestWhatStacksHoldIsFrozen(t *testing.T) {
	var all []string
	for _, r := range region.All() {
		all = append(all, r.Code+":"+r.Slots)
	}
	assert.Equal(t, "use1:abcd use2:abc usw1: usw2:abcd euw1:abc euw2:abc euw3:abc euc1:abc euc2: eun1:abc eus1: eus2: "+
		"apne1:acd apne2:abcd apne3: apse1:abc apse2:abc apse3: apse4: apse5: apse7: aps1:abc aps2: ape1: "+
		"cac1:abd caw1: mxc1: sae1:abc mes1: mec1: ilc1: afs1:", strings.Join(all,
		" "), "a row may be added at the end, never moved")
}

func TestLookUps(t *testing.T) {
	r, ok := region.ByCode("apne1")
	assert.True(t, ok)
	assert.Equal(t, []string{"ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"}, r.SlotZones())
	assert.Equal(t, "us-east-1", region.Supported()[0])
	_, ok = region.Get("mars-north-1")
	assert.False(t, ok)
}
