package secrets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/smithy-go"
)

// Manager keeps secrets in Secrets Manager: in the stack's region, with a replica in each
// further one, whose machines read it there.
type Manager struct {
	client  *secretsmanager.Client
	stack   string
	further []string
}

var _ Store = (*Manager)(nil)

// Open reaches Secrets Manager in the first of the stack's regions with the caller's
// credentials. New secrets carry the stack's tag.
func Open(ctx context.Context, regions []string, stack string) (*Manager, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(regions[0]))
	if err != nil {
		return nil, fmt.Errorf("find AWS credentials: %w", err)
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return nil, fmt.Errorf("find AWS credentials: %w; sign in, or set AWS_PROFILE", err)
	}
	return &Manager{secretsmanager.NewFromConfig(cfg), stack, regions[1:]}, nil
}

// Set puts a new version, or makes the secret.
func (m *Manager) Set(ctx context.Context, id, value string) error {
	_, err := m.client.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &id, SecretString: &value})
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		_, err = m.client.CreateSecret(ctx, &secretsmanager.CreateSecretInput{
			Name: &id, SecretString: &value, Description: aws.String("a secret of the app, kept by rung secret set"),
			Tags: []types.Tag{{Key: aws.String("rung:stack"), Value: &m.stack}}, AddReplicaRegions: replicas(m.further),
		})
		return explained(err, "make the secret "+id, "secretsmanager:CreateSecret, secretsmanager:TagResource and, in "+
			"several regions, secretsmanager:ReplicateSecretToRegions")
	}
	if err != nil {
		return explained(err, "set the secret "+id, "secretsmanager:PutSecretValue")
	}
	return m.spread(ctx, id)
}

func replicas(regions []string) (list []types.ReplicaRegionType) {
	for _, r := range regions {
		list = append(list, types.ReplicaRegionType{Region: &r})
	}
	return list
}

// spread puts a secret into the stack's further regions, where it is not there yet.
func (m *Manager) spread(ctx context.Context, id string) error {
	missing, err := m.missing(ctx, id)
	if err != nil || len(missing) == 0 {
		return err
	}
	_, err = m.client.ReplicateSecretToRegions(ctx, &secretsmanager.ReplicateSecretToRegionsInput{SecretId: &id,
		AddReplicaRegions: replicas(missing)})
	return explained(err, "put the secret "+id+" into "+strings.Join(missing, ", "),
		"secretsmanager:ReplicateSecretToRegions")
}

// missing are the stack's further regions in which a secret has no replica.
func (m *Manager) missing(ctx context.Context, id string) ([]string, error) {
	if len(m.further) == 0 {
		return nil, nil
	}
	got, err := m.client.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &id})
	if err != nil {
		return nil, explained(err, "look where the secret "+id+" is", "secretsmanager:DescribeSecret")
	}
	return slices.DeleteFunc(slices.Clone(m.further), func(region string) bool {
		return slices.ContainsFunc(got.ReplicationStatus, func(r types.ReplicationStatusType) bool {
			return aws.ToString(r.Region) == region && r.Status != types.StatusTypeFailed
		})
	}), nil
}

// Back moves the label of the current version to the previous one; Secrets Manager moves
// AWSPREVIOUS the other way by itself.
func (m *Manager) Back(ctx context.Context, id string) error {
	got, err := m.client.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &id})
	if err != nil {
		return explained(err, "look for the value of before of "+id, "secretsmanager:DescribeSecret")
	}
	const current, previous = "AWSCURRENT", "AWSPREVIOUS"
	now, before := "", ""
	for version, labels := range got.VersionIdsToStages {
		if slices.Contains(labels, current) {
			now = version
		}
		if slices.Contains(labels, previous) {
			before = version
		}
	}
	if now == "" || before == "" {
		return fmt.Errorf("put the value of %s back: %w", id, ErrNoneBefore)
	}
	_, err = m.client.UpdateSecretVersionStage(ctx, &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: &id, VersionStage: aws.String(current), MoveToVersionId: &before, RemoveFromVersionId: &now})
	return explained(err, "put the value of "+id+" back", "secretsmanager:UpdateSecretVersionStage")
}

// List asks for the names that begin so.
func (m *Manager) List(ctx context.Context, prefix string) ([]Entry, error) {
	pages := secretsmanager.NewListSecretsPaginator(m.client, &secretsmanager.ListSecretsInput{
		Filters: []types.Filter{{Key: types.FilterNameStringTypeName, Values: []string{prefix}}},
		SortBy:  types.SortByTypeName, SortOrder: types.SortOrderTypeAsc,
	})
	var list []Entry
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explained(err, "list the secrets", "secretsmanager:ListSecrets")
		}
		for _, s := range page.SecretList {
			missing, err := m.missing(ctx, aws.ToString(s.Name))
			if err != nil {
				return nil, err
			}
			list = append(list, Entry{aws.ToString(s.Name), aws.ToTime(s.LastChangedDate), missing})
		}
	}
	return list, nil
}

// unknown are the codes of credentials that Secrets Manager does not take, or no longer.
var unknown = []string{"ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException"}

// explained says what was attempted and, where AWS refuses it, what is missing.
func explained(err error, attempt, right string) error {
	var refused smithy.APIError
	if err == nil || !errors.As(err, &refused) {
		return wrapped(err, attempt)
	}
	switch code := refused.ErrorCode(); {
	case code == "AccessDeniedException":
		return fmt.Errorf("%s: %w; your role needs %s", attempt, err, right)
	case slices.Contains(unknown, code):
		return fmt.Errorf("%s: %w; AWS does not take these credentials, or no longer: sign in again, or set AWS_PROFILE",
			attempt, err)
	case code == "InvalidRequestException" && strings.Contains(refused.ErrorMessage(), "marked for deletion"):
		return fmt.Errorf("%s: %w; `aws secretsmanager restore-secret --secret-id` brings it back", attempt, err)
	}
	return wrapped(err, attempt)
}

func wrapped(err error, attempt string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", attempt, err)
}
