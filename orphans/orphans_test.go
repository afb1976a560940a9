package orphans

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/resource/token"
)

const (
	stackURN  = "urn:pulumi:dev::rung::pulumi:pulumi:Stack::rung-dev"
	homeURN   = "urn:pulumi:dev::rung::pulumi:providers:aws::aws-us-east-1"
	awayURN   = "urn:pulumi:dev::rung::pulumi:providers:aws::aws-eu-west-1"
	serverURN = "urn:pulumi:dev::rung::rung:components:Server::server"
	volumeURN = "urn:pulumi:dev::rung::rung:components:Server$aws:ebs/volume:Volume::server-data"
	roleURN   = "urn:pulumi:dev::rung::rung:components:Server$aws:iam/role:Role::server"
	policyURN = "urn:pulumi:dev::rung::rung:components:Server$aws:iam/rolePolicy:RolePolicy::server-logs"
)

// of is an entry of a state; a component has no id.
func of(urn, id string) apitype.ResourceV3 {
	u := resource.URN(urn)
	r := apitype.ResourceV3{URN: u, Type: u.Type(), Custom: id != "", ID: resource.ID(id)}
	if r.Custom {
		r.Outputs = map[string]any{"id": id}
	}
	return r
}

func provider(urn, id, region string) apitype.ResourceV3 {
	r := of(urn, id)
	r.Inputs = map[string]any{"region": region}
	return r
}

// standing is a state with a server and a role, in two regions.
func standing(more ...apitype.ResourceV3) []apitype.ResourceV3 {
	server, role := of(serverURN, ""), of(roleURN, "server-1a2b3c4")
	server.Parent, role.Parent, role.Provider = stackURN, serverURN, homeURN+"::home"
	return append([]apitype.ResourceV3{
		of(stackURN, ""), provider(homeURN, "home", "us-east-1"), provider(awayURN, "away", "eu-west-1"), server, role,
	}, more...)
}

// creates is a step that makes a resource.
func creates(urn, parent, provider string, inputs map[string]any) apitype.StepEventMetadata {
	u := resource.URN(urn)
	return apitype.StepEventMetadata{Op: apitype.OpCreate, URN: urn, Type: string(u.Type()),
		New: &apitype.StepEventStateMetadata{
			URN: urn, Type: string(u.Type()), Custom: provider != "" || tokens.Type(u.Type()).String() == "pulumi:providers:aws",
			Parent: parent, Provider: provider, Inputs: inputs, Protect: urn == volumeURN,
		}}
}

func thing(urn, id string) Thing {
	u := resource.URN(urn)
	return Thing{URN: urn, ID: id, Type: string(u.Type()), Name: u.Name(), Provider: "aws", Region: "us-east-1"}
}

// holdsData knows that volumes do.
func holdsData(typ, _, _ string) bool { return typ == token.EBSVolume }

func TestUnknown(t *testing.T) {
	arn := "arn:aws:sqs:us-east-1:123456789012:jobs"
	queue := of(roleURN, "https://sqs/jobs")
	queue.Outputs["arn"] = arn
	topic := of(policyURN, "arn:aws:sns:us-east-1:123456789012:alerts")
	state := []apitype.ResourceV3{of(volumeURN, "vol-1"), queue, topic}
	for name, tt := range map[string]struct {
		give  Thing
		known bool
	}{
		"by URN and id":                      {Thing{URN: volumeURN, ID: "vol-1"}, true},
		"another id is another thing":        {Thing{URN: volumeURN, ID: "vol-2"}, false},
		"an id of another resource":          {Thing{URN: roleURN, ID: "vol-1"}, false},
		"by the ARN among the outputs":       {Thing{ARN: arn}, true},
		"by an id that is an ARN":            {Thing{ARN: "arn:aws:sns:us-east-1:123456789012:alerts"}, true},
		"an ARN that nobody has":             {Thing{ARN: arn + "-2"}, false},
		"nothing is known of the nameless":   {Thing{}, false},
		"an id that is no ARN proves no ARN": {Thing{ARN: "vol-1"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			want := []Thing{tt.give}
			if tt.known {
				want = []Thing{}
			}
			assert.Equal(t, want, Unknown([]Thing{tt.give}, state))
		})
	}
}

func TestUnread(t *testing.T) {
	taken := of(volumeURN, "vol-1")
	taken.Outputs = nil
	looked := taken
	looked.External = true
	home := provider(homeURN, "home", "us-east-1")
	home.Outputs = nil
	assert.Equal(t, []string{volumeURN},
		Unread([]apitype.ResourceV3{of(serverURN, ""), home, of(roleURN, "r"), looked, taken}))
}

// What the program is about to create is taken as that.
func TestPlannedIsTaken(t *testing.T) {
	got := Plan([]Thing{thing(volumeURN, "vol-1")}, Sources{
		State: standing(),
		Steps: []apitype.StepEventMetadata{creates(volumeURN, serverURN, homeURN+"::home", map[string]any{
			"size": 20.0, "kmsKeyId": "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "token": "[secret]", "role": "server-1a2b3c4",
		})},
		HoldsData: holdsData,
	})
	require.Empty(t, got.Left)
	require.Len(t, got.Adopt, 1)
	v := got.Adopt[0]
	assert.Equal(t, []any{resource.ID("vol-1"), resource.URN(serverURN), homeURN + "::home", true, true, false},
		[]any{v.ID, v.Parent, v.Provider, v.Custom, v.Protect, v.Delete})
	assert.Equal(t, map[string]any{"size": 20.0, "role": "server-1a2b3c4"}, v.Inputs, "without what the plan hides")
	assert.Nil(t, v.Outputs, "to be read")
	assert.Equal(t, []resource.URN{roleURN}, v.Dependencies, "deleted before what it names")
}

// Where even the state is lost, what stands above comes with it, in order.
func TestAncestorsComeFirst(t *testing.T) {
	got := Plan([]Thing{thing(policyURN, "server-1a2b3c4:logs"), thing(roleURN, "server-1a2b3c4")}, Sources{
		Steps: []apitype.StepEventMetadata{
			creates(stackURN, "", "", nil),
			creates(homeURN, stackURN, "", map[string]any{"region": "us-east-1"}),
			creates(serverURN, stackURN, "", nil),
			creates(roleURN, serverURN, homeURN+"::04da6b54-80e4-46f7-96ec-b56ff0331ba9", nil),
			creates(policyURN, serverURN, homeURN+"::04da6b54-80e4-46f7-96ec-b56ff0331ba9",
				map[string]any{"role": "server-1a2b3c4"}),
		},
	})
	require.Empty(t, got.Left)
	var urns []string
	for _, r := range got.Adopt {
		urns = append(urns, string(r.URN))
	}
	require.Equal(t, []string{stackURN, homeURN, serverURN, roleURN, policyURN}, urns)
	home, role, policy := got.Adopt[1], got.Adopt[3], got.Adopt[4]
	assert.NotEmpty(t, home.ID)
	assert.Equal(t, home.Inputs, home.Outputs, "a provider is not read")
	assert.Equal(t, homeURN+"::"+string(home.ID), role.Provider)
	assert.Equal(t, []resource.URN{roleURN}, policy.Dependencies)
	assert.False(t, got.Adopt[2].Custom)
}

func TestProviderWithHiddenSettingsIsNotMadeUp(t *testing.T) {
	got := Plan([]Thing{thing(roleURN, "r")}, Sources{Steps: []apitype.StepEventMetadata{
		creates(stackURN, "", "", nil), creates(serverURN, stackURN, "", nil),
		creates(homeURN, stackURN, "", map[string]any{"secretKey": "[secret]"}),
		creates(roleURN, serverURN, homeURN+"::04da6b54-80e4-46f7-96ec-b56ff0331ba9", nil),
	}})
	require.Len(t, got.Left, 1)
	assert.Contains(t, got.Left[0].Why, "provider")
}

// What the engine was making is known best.
func TestPendingIsTakenAsItWas(t *testing.T) {
	pending := of(roleURN, "")
	pending.Custom, pending.Parent, pending.Provider, pending.Inputs =
		true, stackURN, awayURN+"::away", map[string]any{"secret": "value"}
	state := standing()
	state = state[:len(state)-1] // without the role
	got := Plan([]Thing{thing(roleURN, "r-1")}, Sources{
		State: state, Pending: []apitype.ResourceV3{pending},
		Steps: []apitype.StepEventMetadata{creates(roleURN, serverURN, homeURN+"::home", nil)},
	})
	require.Len(t, got.Adopt, 1)
	assert.Equal(t, pending.Inputs, got.Adopt[0].Inputs)
	assert.Equal(t, awayURN+"::away", got.Adopt[0].Provider)
	assert.Equal(t, resource.ID("r-1"), got.Adopt[0].ID)
}

func TestCopies(t *testing.T) {
	volume := of(volumeURN, "vol-1")
	volume.Parent, volume.Provider, volume.Protect = serverURN, homeURN+"::home", true
	gone := of(roleURN, "gone")
	gone.PendingReplacement = true
	for name, tt := range map[string]struct {
		give      []Thing
		state     []apitype.ResourceV3
		holdsData func(typ, name, urn string) bool
		stays     func(string) bool
		adopt     map[string]bool // by id, true for those to be deleted
		left      int
	}{
		"one that holds nothing goes":                    {give: []Thing{thing(roleURN, "r-2")}, state: standing(), adopt: map[string]bool{"r-2": true}},
		"one that may hold data is the user's to judge":  {give: []Thing{thing(volumeURN, "vol-2")}, state: standing(volume), holdsData: holdsData, left: 1},
		"one whose data may go goes":                     {give: []Thing{thing(volumeURN, "vol-2")}, state: standing(volume), adopt: map[string]bool{"vol-2": true}},
		"an earlier one that stays by design is no copy": {give: []Thing{thing(roleURN, "r-2")}, state: standing(), stays: func(string) bool { return true }},
		"the place of one that was deleted is free": {
			give: []Thing{thing(roleURN, "r-2")}, state: standing()[:4:4], adopt: map[string]bool{"r-2": false},
		},
	} {
		t.Run(name, func(t *testing.T) {
			from := Sources{State: tt.state, HoldsData: tt.holdsData, Stays: tt.stays}
			if len(tt.state) == 4 {
				from.State = append(tt.state, gone)
				from.Steps = []apitype.StepEventMetadata{creates(roleURN, serverURN, homeURN+"::home", nil)}
			}
			got := Plan(tt.give, from)
			var adopt map[string]bool
			for _, r := range got.Adopt {
				if adopt == nil {
					adopt = map[string]bool{}
				}
				adopt[string(r.ID)] = r.Delete
				assert.False(t, r.Delete && r.Protect)
			}
			assert.Equal(t, tt.adopt, adopt)
			assert.Len(t, got.Left, tt.left)
		})
	}
}

// Of several lives the last one is gone on with.
func TestTheLastLifeCounts(t *testing.T) {
	first, second := thing(roleURN, "r-1"), thing(roleURN, "r-2")
	second.Number = 1
	state := standing()
	got := Plan([]Thing{first, second}, Sources{
		State: state[:len(state)-1], Steps: []apitype.StepEventMetadata{creates(roleURN, serverURN, homeURN+"::home", nil)},
	})
	require.Len(t, got.Adopt, 2)
	assert.Equal(t, []any{resource.ID("r-2"), false}, []any{got.Adopt[0].ID, got.Adopt[0].Delete})
	assert.Equal(t, []any{resource.ID("r-1"), true}, []any{got.Adopt[1].ID, got.Adopt[1].Delete})
}

// What nobody wants any more is placed by type and region, to be deleted.
func TestUnwantedIsPlacedByItsType(t *testing.T) {
	other := of("urn:pulumi:dev::rung::rung:components:Server::server-blue", "")
	blue := "urn:pulumi:dev::rung::rung:components:Server$aws:ebs/volume:Volume::server-blue-data"
	for name, tt := range map[string]struct {
		give           Thing
		region         string
		parent, source string
		hooked         bool
	}{
		"in its region":                     {thing(policyURN, "p"), "eu-west-1", serverURN, awayURN + "::away", false},
		"below the component of its name":   {thing(blue, "vol-9"), "us-east-1", string(other.URN), homeURN + "::home", true},
		"anywhere, when it is global":       {thing(policyURN, "p"), "global", serverURN, homeURN + "::home", false},
		"below the stack, without a parent": {thing("urn:pulumi:dev::rung::aws:iam/role:Role::own", "own"), "us-east-1", stackURN, homeURN + "::home", false},
	} {
		t.Run(name, func(t *testing.T) {
			tt.give.Region = tt.region
			got := Plan([]Thing{tt.give}, Sources{State: standing(other), HoldsData: holdsData, Hook: "guard"})
			require.Len(t, got.Adopt, 1)
			r := got.Adopt[0]
			assert.Equal(t, []string{tt.parent, tt.source}, []string{string(r.Parent), r.Provider})
			assert.Equal(t, tt.hooked, len(r.ResourceHooks[resource.BeforeDelete]) == 1)
			assert.False(t, r.Protect, "the guard asks; protection would outlast the answer")
		})
	}
	for name, give := range map[string]Thing{
		"no provider of its region":  {URN: policyURN, Type: token.IAMRolePolicy, ID: "p", Provider: "aws", Region: "sa-east-1"},
		"no provider of its package": {URN: policyURN, Type: token.IAMRolePolicy, ID: "p", Provider: "cloudflare"},
		"no name":                    {ID: "p", Provider: "aws", Region: "us-east-1"},
	} {
		t.Run(name, func(t *testing.T) {
			got := Plan([]Thing{give}, Sources{State: standing()})
			assert.Empty(t, got.Adopt)
			require.Len(t, got.Left, 1)
			assert.NotEmpty(t, got.Left[0].Why)
		})
	}
}

// What stays by design is taken only where the program asks for it.
func TestWhatStaysByDesign(t *testing.T) {
	from := Sources{State: standing(), Stays: func(string) bool { return true }}
	got := Plan([]Thing{thing(policyURN, "p")}, from)
	assert.Empty(t, got.Adopt)
	assert.Empty(t, got.Left)
	from.Steps = []apitype.StepEventMetadata{creates(policyURN, serverURN, homeURN+"::home", nil)}
	assert.Len(t, Plan([]Thing{thing(policyURN, "p")}, from).Adopt, 1)
}

// A cloud that knows no URN is understood by name and type.
func TestNamesStandForURNs(t *testing.T) {
	steps := []apitype.StepEventMetadata{creates(volumeURN, serverURN, homeURN+"::home", nil)}
	byName := Thing{Name: "server-data", Type: token.EBSVolume, ID: "vol-1", Provider: "aws", Region: "us-east-1"}
	got := Plan([]Thing{byName}, Sources{State: standing(), Steps: steps})
	require.Len(t, got.Adopt, 1)
	assert.Equal(t, resource.URN(volumeURN), got.Adopt[0].URN)
	other := byName
	other.Type = token.EC2Instance
	got = Plan([]Thing{other}, Sources{State: standing(), Steps: steps})
	assert.Empty(t, got.Adopt)
	assert.Len(t, got.Left, 1)
}

func TestThingsHaveNames(t *testing.T) {
	for want, give := range map[string]Thing{
		"server-data (vol-1)":       {Name: "server-data", ID: "vol-1"},
		"jobs (arn:aws:sqs:::jobs)": {Name: "jobs", ID: "https://sqs/jobs", ARN: "arn:aws:sqs:::jobs"},
		"aws:iam/role:Role (web)":   {Type: token.IAMRole, ID: "web"},
		"arn:aws:sqs:::jobs":        {ARN: "arn:aws:sqs:::jobs"},
	} {
		assert.Equal(t, want, give.String())
	}
}
