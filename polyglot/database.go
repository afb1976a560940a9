package polyglot

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/database"
)

// DatabaseEngine is the software of a database.
type DatabaseEngine string

// values are the engines.
func (DatabaseEngine) values() []enumValue {
	return []enumValue{
		{Name: "PostgreSQL", Value: string(database.PostgreSQL), Description: "PostgreSQL."},
		{Name: "MySQL", Value: string(database.MySQL), Description: "MySQL."},
	}
}

// DatabaseArgs are the inputs of a database.
type DatabaseArgs struct {
	VPCID             pulumi.StringInput `pulumi:"vpcId"`
	Subnets           []Subnet           `pulumi:"subnets"`
	Clients           []Client           `pulumi:"clients,optional"`
	Engine            DatabaseEngine     `pulumi:"engine,optional"`
	EngineVersion     string             `pulumi:"engineVersion,optional"`
	AllowMajorUpgrade bool               `pulumi:"allowMajorUpgrade,optional"`
	Class             string             `pulumi:"class,optional"`
	ReplicaClass      string             `pulumi:"replicaClass,optional"`
	AllocatedGiB      int                `pulumi:"allocatedGiB,optional"`
	MaxAllocatedGiB   int                `pulumi:"maxAllocatedGiB,optional"`
	SingleAZ          bool               `pulumi:"singleAz,optional"`
	Replicas          int                `pulumi:"replicas,optional"`
	BackupDays        int                `pulumi:"backupDays,optional"`
	Username          string             `pulumi:"username,optional"`
	DatabaseName      string             `pulumi:"databaseName,optional"`
	Parameters        map[string]string  `pulumi:"parameters,optional"`
	BackupWindow      string             `pulumi:"backupWindow,optional"`
	MaintenanceWindow string             `pulumi:"maintenanceWindow,optional"`
	WaitForWindow     bool               `pulumi:"waitForWindow,optional"`
	LogDays           int                `pulumi:"logDays,optional"`
	Tags              map[string]string  `pulumi:"tags,optional"`
	Alerts            pulumi.StringInput `pulumi:"alerts,optional"`
	ConfirmDataLoss   []string           `pulumi:"confirmDataLoss,optional"`
}

// Database is the outer component of a database.
type Database struct {
	pulumi.ResourceState
	Host            pulumi.StringOutput `pulumi:"host"`
	Port            pulumi.IntOutput    `pulumi:"port"`
	SecretARN       pulumi.StringOutput `pulumi:"secretArn"`
	ReaderHost      pulumi.StringOutput `pulumi:"readerHost"`
	ARN             pulumi.StringOutput `pulumi:"arn"`
	Identifier      pulumi.StringOutput `pulumi:"identifier"`
	SecurityGroupID pulumi.StringOutput `pulumi:"securityGroupId"`
}

func databaseComponent() component {
	return component{
		kind: "Database", folder: "database", args: DatabaseArgs{}, outputs: Database{}, construct: constructs(NewDatabase),
		constants: map[string]any{
			"DefaultEngineVersion": database.DefaultEngineVersion,
			"DefaultMySQLVersion":  database.DefaultMySQLVersion,
			"DefaultClass":         database.DefaultClass,
			"DefaultAllocatedGiB":  database.DefaultAllocatedGiB,
			"DefaultBackupDays":    database.DefaultBackupDays,
			"DefaultLogDays":       database.DefaultLogDays,
			"NoBackups":            database.NoBackups,
			"MaxReplicas":          database.MaxReplicas,
		},
		defaults: map[string]any{
			"class":             database.DefaultClass,
			"allocatedGiB":      database.DefaultAllocatedGiB,
			"backupDays":        database.DefaultBackupDays,
			"backupWindow":      database.DefaultBackupWindow,
			"maintenanceWindow": database.DefaultMaintenanceWindow,
			"logDays":           database.DefaultLogDays,
		},
		says: map[string]string{
			"host":      "The host to write to.",
			"port":      "The TCP port.",
			"secretArn": "The ARN of the secret with username and password as JSON, never its value.",
		},
	}
}

// NewDatabase builds a database.
func NewDatabase(ctx *pulumi.Context, name string, args DatabaseArgs, opts ...pulumi.ResourceOption) (*Database,
	error) {
	d := &Database{}
	c, err := register(ctx, "Database", name, d, common{args.Tags, args.Alerts, args.ConfirmDataLoss}, opts)
	if err != nil {
		return nil, err
	}
	made, err := database.New(ctx, name, database.Args{
		Common: c, VPCID: args.VPCID, Subnets: subnets(args.Subnets), Clients: clients(args.Clients),
		Engine: database.Engine(args.Engine), EngineVersion: args.EngineVersion, AllowMajorUpgrade: args.AllowMajorUpgrade,
		Class: args.Class, ReplicaClass: args.ReplicaClass, AllocatedGiB: args.AllocatedGiB,
		MaxAllocatedGiB: args.MaxAllocatedGiB, SingleAZ: args.SingleAZ, Replicas: args.Replicas, BackupDays: args.BackupDays,
		Username: args.Username, DatabaseName: args.DatabaseName, Parameters: args.Parameters,
		BackupWindow: args.BackupWindow, MaintenanceWindow: args.MaintenanceWindow, WaitForWindow: args.WaitForWindow,
		LogDays: args.LogDays,
	}, pulumi.Parent(d))
	if err != nil {
		return nil, err
	}
	d.Host, d.SecretARN, d.ReaderHost = made.Endpoint.Host, made.Endpoint.Secret, made.ReaderHost
	d.Port = pulumi.Int(made.Endpoint.Port).ToIntOutput()
	d.ARN, d.Identifier, d.SecurityGroupID = made.ARN, made.Identifier, made.SecurityGroupID
	return d, nil
}
