package alerts

import "encoding/json"

// publishers are the services that notify the topic: alarms, and budgets.
func publishers() []string {
	return []string{"cloudwatch.amazonaws.com", "budgets.amazonaws.com"}
}

// topicPolicy lets the publishers of this account, and only them, publish to
// the topic, and nobody without TLS.
func topicPolicy(arn, account string) (string, error) {
	return document(
		map[string]any{
			"Sid": "AllowAlarmsAndBudgets", "Effect": "Allow",
			"Principal": map[string]any{"Service": publishers()},
			"Action":    "sns:Publish", "Resource": arn,
			"Condition": ofAccount(account),
		},
		map[string]any{
			"Sid": "DenyPlainHTTP", "Effect": "Deny", "Principal": "*",
			"Action": "sns:Publish", "Resource": arn,
			"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
		},
	)
}

// keyPolicy lets the account administer the key and the publishers use it:
// without the second statement CloudWatch's messages vanish without an error.
func keyPolicy(account string) (string, error) {
	return document(
		map[string]any{
			"Sid": "AllowAccount", "Effect": "Allow",
			"Principal": map[string]any{"AWS": "arn:aws:iam::" + account + ":root"},
			"Action":    "kms:*", "Resource": "*",
		},
		map[string]any{
			"Sid": "AllowAlarmsAndBudgets", "Effect": "Allow",
			"Principal": map[string]any{"Service": publishers()},
			"Action":    []string{"kms:Decrypt", "kms:GenerateDataKey*"}, "Resource": "*",
			"Condition": ofAccount(account),
		},
	)
}

func ofAccount(account string) map[string]any {
	return map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": account}}
}

func document(statements ...any) (string, error) {
	policy, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	return string(policy), err
}
