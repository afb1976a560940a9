#!/bin/bash
# rung-watch waits for the end of this machine and lets the app finish first.
#
# The end is announced by the metadata service: AWS takes a spot instance back,
# or the machine's group ends it. A program that finishes its work also
# stops at the advice to rebalance, which comes before a spot notice: what it has
# not begun goes to others. One that serves does so until the load balancer has
# drained it.
#
# It reads RUNG_HOOK from its environment. RUNG_HOOK is the
# lifecycle hook that holds the end back until we say that we are done; empty
# means that nothing waits for us.
set -euo pipefail

metadata=http://169.254.169.254/latest

# ask prints one piece of metadata. It fails where there is none.
ask() {
	local token
	token=$(curl -fsS --max-time 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$metadata/api/token") &&
		curl -fsS --max-time 2 -H "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/$1" 2>/dev/null
}

ended_by_group() { [ "$(ask autoscaling/target-lifecycle-state)" = Terminated ]; }

# announced prints why the machine will end. It fails while it will not.
announced() {
	if ask spot/instance-action >/dev/null; then
		echo "AWS takes this spot instance back"
	elif ended_by_group; then
		echo "the group ends this machine"
	elif [ -n "${RUNG_HOOK:-}" ] && ask events/recommendations/rebalance >/dev/null; then
		echo "AWS advises to rebalance"
	else
		return 1
	fi
}

# release tells the group that it need not wait any longer.
release() {
	aws autoscaling complete-lifecycle-action \
		--region "$(ask placement/region)" \
		--auto-scaling-group-name "$(ask tags/instance/aws:autoscaling:groupName)" \
		--lifecycle-hook-name "$RUNG_HOOK" \
		--instance-id "$(ask instance-id)" \
		--lifecycle-action-result CONTINUE
}

until why=$(announced); do
	sleep 5
done
echo "rung-watch: $why; stopping the app"
systemctl stop rung-app.service

[ -n "${RUNG_HOOK:-}" ] || exit 0
# The group only listens once it has begun to end the machine.
until ended_by_group && release; do
	sleep 5
done
echo "rung-watch: released"
