// A program of another people's shape: tenants by a loop, each a component with a bucket that tells a queue,
// tags that a transformation gives to everything, a second region, and a secret that is looked up again.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

pulumi.runtime.registerStackTransformation(args => {
    if (!args.type.startsWith("aws:s3/bucketV2:") && !args.type.startsWith("aws:sqs/queue:")) {
        return undefined;
    }
    return { props: { ...args.props, tags: { ...args.props.tags, owner: "tenants" } }, opts: args.opts };
});

class Tenant extends pulumi.ComponentResource {
    readonly bucket: aws.s3.BucketV2;
    readonly news: aws.sqs.Queue;

    constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
        super("theirs:index:Tenant", name, {}, opts);
        const inside = { parent: this };
        this.bucket = new aws.s3.BucketV2(name, { forceDestroy: true }, inside);
        this.news = new aws.sqs.Queue(name, { visibilityTimeoutSeconds: 60 }, inside);
        const policy = aws.iam.getPolicyDocumentOutput({
            statements: [{
                actions: ["sqs:SendMessage"],
                resources: [this.news.arn],
                principals: [{ type: "Service", identifiers: ["s3.amazonaws.com"] }],
                conditions: [{ test: "ArnLike", variable: "aws:SourceArn", values: [this.bucket.arn] }],
            }],
        }, inside);
        const may = new aws.sqs.QueuePolicy(name, { queueUrl: this.news.id, policy: policy.json }, inside);
        new aws.s3.BucketNotification(name, {
            bucket: this.bucket.id,
            queues: [{ queueArn: this.news.arn, events: ["s3:ObjectCreated:*"], filterSuffix: ".csv" }],
        }, { parent: this, dependsOn: may });
        this.registerOutputs({ bucket: this.bucket.bucket });
    }
}

const tenants = ["acme", "globex", "initech"].map(name => new Tenant(name));

const login = new aws.secretsmanager.Secret("login", { recoveryWindowInDays: 0 });
const kept = new aws.secretsmanager.SecretVersion("login", {
    secretId: login.id,
    secretString: JSON.stringify({ user: "app", password: "open" }),
});
const found = aws.secretsmanager.getSecretVersionOutput({ secretId: kept.secretId });
new aws.ssm.Parameter("user", {
    type: "String",
    value: pulumi.secret(found.secretString).apply(text => JSON.parse(text).user as string),
});

const west = new aws.Provider("west", { region: "us-west-2", defaultTags: { tags: { far: "yes" } } });
const copy = new aws.s3.BucketV2("copy", { forceDestroy: true }, { provider: west });

const role = new aws.iam.Role("events", {
    assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
const reads = new aws.lambda.Function("reads", {
    runtime: aws.lambda.Runtime.NodeJS22dX,
    handler: "index.handler",
    role: role.arn,
    code: new pulumi.asset.AssetArchive({
        "index.js": new pulumi.asset.StringAsset("exports.handler = async e => console.log(e)"),
    }),
}, { ignoreChanges: ["description"], aliases: [{ name: "reader" }] });
new aws.iam.RolePolicy("events", {
    role: role.id,
    policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [{
            Effect: "Allow",
            Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
            Resource: tenants.map(t => t.news.arn),
        }],
    }),
});

export const buckets = tenants.map(t => t.bucket.bucket);
export const far = copy.bucketRegionalDomainName;
export const handler = reads.arn;
