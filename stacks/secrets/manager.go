package secrets

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/smithy-go"
)

// Manager keeps secrets in Secrets Manager.
type Manager struct {
	client *secretsmanager.Client
	stack  string
}

var _ Store = (*Manager)(nil)

// Open reaches Secrets Manager in a region with the caller's credentials. New
// secrets carry the stack's tag.
func Open(ctx context.Context, region, stack string) (*Manager, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(region))
	if err != nil {
		return nil, fmt.Errorf("find AWS credentials: %w", err)
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return nil, fmt.Errorf("find AWS credentials: %w; sign in, or set AWS_PROFILE", err)
	}
	return &Manager{secretsmanager.NewFromConfig(cfg), stack}, nil
}

// Set puts a new version, or makes the secret.
func (m *Manager) Set(ctx context.Context, id, value string) error {
	_, err := m.client.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &id, SecretString: &value})
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		_, err = m.client.CreateSecret(ctx, &secretsmanager.CreateSecretInput{
			Name: &id, SecretString: &value, Description: aws.String("a secret of the app, kept by rung secret set"),
			Tags: []types.Tag{{Key: aws.String("rung:stack"), Value: &m.stack}},
		})
		return explained(err, "make the secret "+id, "secretsmanager:CreateSecret and secretsmanager:TagResource")
	}
	return explained(err, "set the secret "+id, "secretsmanager:PutSecretValue")
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
			list = append(list, Entry{aws.ToString(s.Name), aws.ToTime(s.LastChangedDate)})
		}
	}
	return list, nil
}

// explained says what was attempted and, where AWS refuses it, what right is missing.
func explained(err error, attempt, right string) error {
	var refused smithy.APIError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused) && refused.ErrorCode() == "AccessDeniedException":
		return fmt.Errorf("%s: %w; your role needs %s", attempt, err, right)
	}
	return fmt.Errorf("%s: %w", attempt, err)
}
