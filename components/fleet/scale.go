package fleet

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/autoscaling"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The figures that the expressions below are made of.
const (
	idVisible = "visible"
	idTaken   = "taken"
	idRunning = "running"

	// backlogExpression is the number of jobs for each machine. Jobs in work
	// count too: while one is, the target needs at least one machine, so that
	// the group never shrinks to nothing under it. An empty group divides by
	// one, a figure that is missing is zero.
	backlogExpression = "(FILL(visible, 0) + FILL(taken, 0)) / IF(FILL(running, 0) < 1, 1, FILL(running, 0))"
	// wakeExpression is 1 while jobs wait and no machine runs.
	wakeExpression = "IF(FILL(visible, 0) > 0 AND FILL(running, 0) < 1, 1, 0)"
)

// scaling builds every policy that the args ask for.
func (f *Fleet) scaling(ctx *pulumi.Context, name string, args Args) error {
	for _, step := range []func(*pulumi.Context, string, Args) error{
		f.scaleOnCPU, f.scaleOnRequests, f.scaleOnBacklog, f.wake, f.predict,
	} {
		if err := step(ctx, name, args); err != nil {
			return err
		}
	}
	return nil
}

func (f *Fleet) track(ctx *pulumi.Context, name string, to *autoscaling.PolicyTargetTrackingConfigurationArgs) error {
	_, err := autoscaling.NewPolicy(ctx, name, &autoscaling.PolicyArgs{
		AutoscalingGroupName:        f.GroupName,
		PolicyType:                  pulumi.String("TargetTrackingScaling"),
		TargetTrackingConfiguration: to,
	}, pulumi.Parent(f))
	return err
}

func (f *Fleet) scaleOnCPU(ctx *pulumi.Context, name string, args Args) error {
	if args.CPUPercent == 0 {
		return nil
	}
	return f.track(ctx, name+"-cpu", &autoscaling.PolicyTargetTrackingConfigurationArgs{
		PredefinedMetricSpecification: &autoscaling.PolicyTargetTrackingConfigurationPredefinedMetricSpecificationArgs{
			PredefinedMetricType: pulumi.String("ASGAverageCPUUtilization"),
		},
		TargetValue: pulumi.Float64(args.CPUPercent),
	})
}

func (f *Fleet) scaleOnRequests(ctx *pulumi.Context, name string, args Args) error {
	if args.Requests == nil {
		return nil
	}
	return f.track(ctx, name+"-requests", &autoscaling.PolicyTargetTrackingConfigurationArgs{
		PredefinedMetricSpecification: &autoscaling.PolicyTargetTrackingConfigurationPredefinedMetricSpecificationArgs{
			PredefinedMetricType: pulumi.String("ALBRequestCountPerTarget"),
			ResourceLabel:        pulumi.Sprintf("%s/%s", args.Requests.LoadBalancerSuffix, args.Requests.TargetGroupSuffix),
		},
		TargetValue: pulumi.Float64(args.Requests.perMinute(args.MaxSize)),
	})
}

func (f *Fleet) scaleOnBacklog(ctx *pulumi.Context, name string, args Args) error {
	if args.Backlog == nil {
		return nil
	}
	metrics := autoscaling.PolicyTargetTrackingConfigurationCustomizedMetricSpecificationMetricArray{
		autoscaling.PolicyTargetTrackingConfigurationCustomizedMetricSpecificationMetricArgs{
			Id: pulumi.String("backlog"), Label: pulumi.String("Jobs for each machine"),
			Expression: pulumi.String(backlogExpression), ReturnData: pulumi.Bool(true),
		},
	}
	for _, m := range f.figures(args) {
		metrics = append(metrics, m.tracked())
	}
	return f.track(ctx, name+"-backlog", &autoscaling.PolicyTargetTrackingConfigurationArgs{
		CustomizedMetricSpecification: &autoscaling.PolicyTargetTrackingConfigurationCustomizedMetricSpecificationArgs{Metrics: metrics},
		TargetValue:                   pulumi.Float64(args.Backlog.perInstance()),
	})
}

// figure is one metric of an expression.
type figure struct {
	id, namespace, metric string
	// dimension is the one that picks the resource.
	dimension string
	of        pulumi.StringInput
}

// figures are what the backlog is made of.
func (f *Fleet) figures(args Args) []figure {
	return []figure{
		{idVisible, "AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", args.Backlog.QueueName},
		{idTaken, "AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "QueueName", args.Backlog.QueueName},
		{idRunning, "AWS/AutoScaling", "GroupInServiceInstances", "AutoScalingGroupName", f.GroupName},
	}
}

func (m figure) tracked() autoscaling.PolicyTargetTrackingConfigurationCustomizedMetricSpecificationMetricArgs {
	return autoscaling.PolicyTargetTrackingConfigurationCustomizedMetricSpecificationMetricArgs{
		Id: pulumi.String(m.id), ReturnData: pulumi.Bool(false),
		MetricStat: &autoscaling.PolicyTargetTrackingConfigurationCustomizedMetricSpecificationMetricMetricStatArgs{
			Stat: pulumi.String("Maximum"),
			Metric: autoscaling.PolicyTargetTrackingConfigurationCustomizedMetricSpecificationMetricMetricStatMetricArgs{
				Namespace: pulumi.String(m.namespace), MetricName: pulumi.String(m.metric),
				Dimensions: autoscaling.PolicyTargetTrackingConfigurationCustomizedMetricSpecificationMetricMetricStatMetricDimensionArray{
					autoscaling.PolicyTargetTrackingConfigurationCustomizedMetricSpecificationMetricMetricStatMetricDimensionArgs{
						Name: pulumi.String(m.dimension), Value: m.of,
					},
				},
			},
		},
	}
}

func (m figure) alarmed() cloudwatch.MetricAlarmMetricQueryArgs {
	return cloudwatch.MetricAlarmMetricQueryArgs{
		Id: pulumi.String(m.id), ReturnData: pulumi.Bool(false),
		Metric: &cloudwatch.MetricAlarmMetricQueryMetricArgs{
			Namespace: pulumi.String(m.namespace), MetricName: pulumi.String(m.metric),
			Dimensions: pulumi.StringMap{m.dimension: m.of},
			Period:     pulumi.Int(secondsPerMinute), Stat: pulumi.String("Maximum"),
		},
	}
}

// wake starts the first machine of an empty group. Target tracking cannot:
// any multiple of no machines is none.
func (f *Fleet) wake(ctx *pulumi.Context, name string, args Args) error {
	if args.MinSize > 0 || args.Backlog == nil {
		return nil
	}
	policy, err := autoscaling.NewPolicy(ctx, name+"-wake", &autoscaling.PolicyArgs{
		AutoscalingGroupName: f.GroupName,
		PolicyType:           pulumi.String("StepScaling"),
		AdjustmentType:       pulumi.String("ExactCapacity"),
		StepAdjustments: autoscaling.PolicyStepAdjustmentArray{autoscaling.PolicyStepAdjustmentArgs{
			MetricIntervalLowerBound: pulumi.String("0"), ScalingAdjustment: pulumi.Int(1),
		}},
	}, pulumi.Parent(f))
	if err != nil {
		return err
	}
	queries := cloudwatch.MetricAlarmMetricQueryArray{cloudwatch.MetricAlarmMetricQueryArgs{
		Id: pulumi.String("wake"), Label: pulumi.String("Jobs wait, no machine runs"),
		Expression: pulumi.String(wakeExpression), ReturnData: pulumi.Bool(true),
	}}
	for _, m := range f.figures(args) {
		if m.id != idTaken {
			queries = append(queries, m.alarmed())
		}
	}
	_, err = cloudwatch.NewMetricAlarm(ctx, name+"-asleep", &cloudwatch.MetricAlarmArgs{
		AlarmDescription:   pulumi.String("Jobs wait and no machine runs: starts the first one. Nobody need do anything."),
		ComparisonOperator: pulumi.String("GreaterThanOrEqualToThreshold"),
		Threshold:          pulumi.Float64(1),
		EvaluationPeriods:  pulumi.Int(1),
		TreatMissingData:   pulumi.String("notBreaching"),
		MetricQueries:      queries,
		AlarmActions:       pulumi.Array{policy.Arn},
		Tags:               args.TagsFor(ctx, name),
	}, pulumi.Parent(f))
	return err
}

// predict forecasts CPU, which target tracking also follows.
func (f *Fleet) predict(ctx *pulumi.Context, name string, args Args) error {
	if args.Predictive == "" {
		return nil
	}
	target := args.CPUPercent
	if target == 0 {
		target = DefaultCPUPercent
	}
	_, err := autoscaling.NewPolicy(ctx, name+"-forecast", &autoscaling.PolicyArgs{
		AutoscalingGroupName: f.GroupName,
		PolicyType:           pulumi.String("PredictiveScaling"),
		PredictiveScalingConfiguration: &autoscaling.PolicyPredictiveScalingConfigurationArgs{
			Mode: pulumi.String(string(args.Predictive)),
			MetricSpecification: autoscaling.PolicyPredictiveScalingConfigurationMetricSpecificationArgs{
				TargetValue: pulumi.Float64(target),
				PredefinedMetricPairSpecification: &autoscaling.PolicyPredictiveScalingConfigurationMetricSpecificationPredefinedMetricPairSpecificationArgs{
					PredefinedMetricType: pulumi.String("ASGCPUUtilization"),
				},
			},
		},
	}, pulumi.Parent(f))
	return err
}
