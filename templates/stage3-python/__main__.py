"""A fleet behind a load balancer, with PostgreSQL and a cache, by rung's components."""
import pulumi
import pulumi_aws as aws
import pulumi_rung as rung  # `pulumi package add ./pulumi-resource-rung` writes it

region = pulumi.Config("aws").require("region")
zones = [region + "a", region + "b"]
CIDR = "10.60.0.0/16"
# What may go with all data in it: name it, bring that up, and then remove it.
confirm = pulumi.Config().get_object("confirmDataLoss") or []


def in_zones(ids):
    return [{"id": ids[i], "zone": zone} for i, zone in enumerate(zones)]


network = rung.Network(
    "network",
    region=region,
    cidr=CIDR,
    zones=zones,
    private=True,
    data=True,
    nat="single",
)
database = rung.Database(
    "database",
    vpc_id=network.vpc_id,
    subnets=in_zones(network.data_subnet_ids),
    class_="db.t4g.medium",
    confirm_data_loss=confirm,
)
cache = rung.Cache(
    "cache",
    vpc_id=network.vpc_id,
    subnets=in_zones(network.data_subnet_ids),
    node_type="cache.t4g.small",
    confirm_data_loss=confirm,
)
artifacts = rung.Assets(
    "artifacts",
    purpose="artifacts",
    confirm_data_loss=confirm,
)
balancer = rung.LoadBalancer(
    "balancer",
    vpc_id=network.vpc_id,
    subnets=in_zones(network.public_subnet_ids),
    target_cidr=CIDR,
    target_port=9000,
    health={"path": "/"},
    confirm_data_loss=confirm,
)
image = aws.ssm.get_parameter_output(name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64")
web = rung.Fleet(
    "web",
    vpc_id=network.vpc_id,
    subnets=in_zones(network.private_subnet_ids),
    image_id=image.value,
    instance_types=["t4g.small"],
    min_size=2,
    max_size=6,
    clients=[{"name": "balancer", "security_group_id": balancer.security_group_id}],
    target_groups=[balancer.target_group_arn],
    files={"bucket": artifacts.bucket_name, "bucket_arn": artifacts.arn},
    permissions=[{
        "name": "secrets",
        "actions": ["secretsmanager:GetSecretValue"],
        "resources": [database.secret_arn, cache.secret_arn],
    }],
    program={
        "command": ["/usr/bin/python3", "-m", "http.server", "9000"],
        "port": 9000,
        "health_path": "/",
        "environment": [
            {"name": "PGHOST", "value": database.host},
            {"name": "DATABASE_SECRET", "value": database.secret_arn},
            {"name": "CACHE_HOST", "value": cache.host},
            {"name": "CACHE_SECRET", "value": cache.secret_arn},
        ],
    },
)
for name, to, port in [("database", database.security_group_id, 5432), ("cache", cache.security_group_id, 6379)]:
    aws.vpc.SecurityGroupIngressRule(
        "web-to-" + name,
        security_group_id=to,
        referenced_security_group_id=web.security_group_id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
    )

pulumi.export("url", pulumi.Output.concat("http://", balancer.dns_name))
