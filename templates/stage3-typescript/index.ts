import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as rung from "@pulumi/rung"; // `pulumi package add ./pulumi-resource-rung` writes it

const config = new pulumi.Config();
const region = new pulumi.Config("aws").require("region");
const zones = [region + "a", region + "b"];
const cidr = "10.60.0.0/16";
// What may go with all data in it: name it, bring that up, and then remove it.
const confirmDataLoss = config.getObject<string[]>("confirmDataLoss") ?? [];

const network = new rung.Network("network", {
    region: region,
    cidr: cidr,
    zones: zones,
    private: true,
    data: true,
    nat: "single",
});
const inZones = (ids: pulumi.Output<string[]>) => zones.map((zone, i) => ({ id: ids[i], zone }));

const database = new rung.Database("database", {
    vpcId: network.vpcId,
    subnets: inZones(network.dataSubnetIds),
    class: "db.t4g.medium",
    confirmDataLoss: confirmDataLoss,
});
const cache = new rung.Cache("cache", {
    vpcId: network.vpcId,
    subnets: inZones(network.dataSubnetIds),
    nodeType: "cache.t4g.small",
    confirmDataLoss: confirmDataLoss,
});
const artifacts = new rung.Assets("artifacts", {
    purpose: "artifacts",
    confirmDataLoss: confirmDataLoss,
});
const balancer = new rung.LoadBalancer("balancer", {
    vpcId: network.vpcId,
    subnets: inZones(network.publicSubnetIds),
    targetCidr: cidr,
    targetPort: 9000,
    health: { path: "/" },
    confirmDataLoss: confirmDataLoss,
});
const image = aws.ssm.getParameterOutput({
    name: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64",
});
const web = new rung.Fleet("web", {
    vpcId: network.vpcId,
    subnets: inZones(network.privateSubnetIds),
    imageId: image.value,
    instanceTypes: ["t4g.small"],
    minSize: 2,
    maxSize: 6,
    clients: [{ name: "balancer", securityGroupId: balancer.securityGroupId }],
    targetGroups: [balancer.targetGroupArn],
    files: { bucket: artifacts.bucketName, bucketArn: artifacts.arn },
    permissions: [{
        name: "secrets",
        actions: ["secretsmanager:GetSecretValue"],
        resources: [database.secretArn, cache.secretArn],
    }],
    program: {
        command: ["/usr/bin/python3", "-m", "http.server", "9000"],
        port: 9000,
        healthPath: "/",
        environment: [
            { name: "PGHOST", value: database.host },
            { name: "DATABASE_SECRET", value: database.secretArn },
            { name: "CACHE_HOST", value: cache.host },
            { name: "CACHE_SECRET", value: cache.secretArn },
        ],
    },
});
for (const [name, to, port] of [["database", database.securityGroupId, 5432], ["cache", cache.securityGroupId, 6379]] as const) {
    new aws.vpc.SecurityGroupIngressRule("web-to-" + name, {
        securityGroupId: to,
        referencedSecurityGroupId: web.securityGroupId,
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
    });
}

export const url = pulumi.interpolate`http://${balancer.dnsName}`;
