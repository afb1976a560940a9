package main

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/orphans"
)

func stateOf(urn string) apitype.ResourceV3 {
	u := resource.URN(urn)
	return apitype.ResourceV3{URN: u, Type: u.Type(), Custom: true, ID: "id", Outputs: map[string]any{"id": "id"}}
}

// What may have happened unseen is read again; what holds data only when it was
// being deleted: a look into the wrong account must not lose it.
func TestSuspects(t *testing.T) {
	const volume = "urn:pulumi:dev::rung::aws:ebs/volume:Volume::server-data"
	const role = "urn:pulumi:dev::rung::aws:iam/role:Role::server"
	state := apitype.DeploymentV3{Resources: []apitype.ResourceV3{stateOf(volume), stateOf(role)}}
	for name, tt := range map[string]struct {
		pending map[string]apitype.OperationType
		open    map[string]apitype.OpType
		want    []string
	}{
		"nothing was broken off":                {},
		"an update that failed":                 {open: map[string]apitype.OpType{role: apitype.OpUpdate}, want: []string{role}},
		"an update of data that failed":         {open: map[string]apitype.OpType{volume: apitype.OpUpdate}},
		"a deletion of data that failed":        {open: map[string]apitype.OpType{volume: apitype.OpDelete}, want: []string{volume}},
		"an update that the engine never saw":   {pending: map[string]apitype.OperationType{role: apitype.OperationTypeUpdating}, want: []string{role}},
		"an update of data, never seen":         {pending: map[string]apitype.OperationType{volume: apitype.OperationTypeUpdating}},
		"a deletion of data, never seen":        {pending: map[string]apitype.OperationType{volume: apitype.OperationTypeDeleting}, want: []string{volume}},
		"a creation is not in the state":        {pending: map[string]apitype.OperationType{"urn:pulumi:dev::rung::aws:iam/role:Role::new": apitype.OperationTypeCreating}},
		"a failure of what is not in the state": {open: map[string]apitype.OpType{"urn:pulumi:dev::rung::aws:iam/role:Role::new": apitype.OpCreate}},
	} {
		t.Run(name, func(t *testing.T) {
			s := state
			for urn, typ := range tt.pending {
				s.PendingOperations = append(s.PendingOperations, apitype.OperationV2{Resource: stateOf(urn), Type: typ})
			}
			assert.Equal(t, tt.want, suspects(s, tt.open))
		})
	}
	unread := stateOf(volume)
	unread.Outputs = nil
	assert.Equal(t, []string{volume}, suspects(apitype.DeploymentV3{Resources: []apitype.ResourceV3{unread}}, nil),
		"what was taken up and not read yet")
}

func TestRegionsAreThoseOfTheProviders(t *testing.T) {
	home := stateOf("urn:pulumi:dev::rung::pulumi:providers:aws::aws-eu-west-1")
	home.Inputs = map[string]any{"region": "eu-west-1"}
	bucket := stateOf("urn:pulumi:dev::rung::aws:s3/bucketV2:BucketV2::b")
	bucket.Inputs = map[string]any{"region": "us-west-2"}
	assert.Equal(t, []string{"eu-west-1"}, regionsOf([]apitype.ResourceV3{home, bucket}))
}

func TestRetainedIsWhatTheStackHasLetGoOf(t *testing.T) {
	const role = "urn:pulumi:dev::rung::aws:iam/role:Role::kept"
	kept := stateOf(role)
	kept.RetainOnDelete, kept.Outputs = true, map[string]any{"arn": "arn:aws:iam::1:role/kept"}
	last := []apitype.ResourceV3{kept, stateOf("urn:pulumi:dev::rung::aws:iam/role:Role::gone")}
	assert.True(t, retained(orphans.Thing{URN: role}, last))
	assert.True(t, retained(orphans.Thing{ARN: "arn:aws:iam::1:role/kept"}, last))
	assert.False(t, retained(orphans.Thing{URN: "urn:pulumi:dev::rung::aws:iam/role:Role::gone"}, last))
	assert.False(t, retained(orphans.Thing{}, last))
}
