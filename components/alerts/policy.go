package alerts

import "encoding/json"

// publishers are the services that notify the topic: alarms, and budgets.
func publishers() []string {
	return []string{"cloudwatch.amazonaws.com", "budgets.amazonaws.com"}
}

// who may publish, and on what condition.
type who struct {
	sid                  string
	principal, condition map[string]any
}

// publishers are those whom the topic is for, of one account. ElastiCache sends
// neither a service's name nor aws:SourceAccount ("Managing ElastiCache Amazon
// SNS notifications" in its guide).
func (a Args) publishers(account string) who {
	if a.FromCaches {
		return who{"AllowElastiCachePublish", map[string]any{"AWS": "*"},
			map[string]any{"StringEquals": map[string]any{"AWS:SourceOwner": account}}}
	}
	return who{"AllowAlarmsAndBudgets", map[string]any{"Service": publishers()}, ofAccount(account)}
}

// topicPolicy lets the publishers of this account, and only them, publish to
// the topic, and nobody without TLS.
func topicPolicy(arn string, from who) (string, error) {
	return document(
		map[string]any{
			"Sid": from.sid, "Effect": "Allow",
			"Principal": from.principal,
			"Action":    "sns:Publish", "Resource": arn,
			"Condition": from.condition,
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
