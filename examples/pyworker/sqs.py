"""SQS with the standard library: requests in AWS's JSON protocol, signed (SigV4)."""
import datetime
import hashlib
import hmac
import json
import os
import urllib.parse
import urllib.request

METADATA = "http://169.254.169.254/latest/"


def credentials():
    """The key, secret and token of the environment, or of the machine's role."""
    if "AWS_ACCESS_KEY_ID" in os.environ:
        return os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"], os.environ.get("AWS_SESSION_TOKEN")
    put = urllib.request.Request(METADATA + "api/token", method="PUT", headers={"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    token = urllib.request.urlopen(put, timeout=5).read().decode()

    def get(path):
        asked = urllib.request.Request(METADATA + "meta-data/iam/security-credentials/" + path, headers={"X-aws-ec2-metadata-token": token})
        return urllib.request.urlopen(asked, timeout=5).read().decode()

    role = json.loads(get(get("").strip()))
    return role["AccessKeyId"], role["SecretAccessKey"], role["Token"]


def sign(host, region, target, body, now=None):
    """The headers of a request to SQS."""
    key, secret, token = credentials()
    now = now or datetime.datetime.now(datetime.timezone.utc)
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    headers = {"content-type": "application/x-amz-json-1.0", "host": host, "x-amz-date": stamp, "x-amz-target": "AmazonSQS." + target}
    if token:
        headers["x-amz-security-token"] = token
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join(["POST", "/", "", lines, names, hashlib.sha256(body).hexdigest()])
    scope = f"{day}/{region}/sqs/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
    k = ("AWS4" + secret).encode()
    for part in (day, region, "sqs", "aws4_request"):
        k = hmac.new(k, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(k, text.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return headers


def call(target, **fields):
    """Calls SQS about the queue QUEUE_URL and returns the answer."""
    queue = os.environ["QUEUE_URL"]
    endpoint = urllib.parse.urlsplit(os.environ.get("AWS_ENDPOINT_URL") or queue)
    body = json.dumps({"QueueUrl": queue, **fields}).encode()
    headers = sign(endpoint.netloc, os.environ.get("AWS_REGION", "us-east-1"), target, body)
    url = f"{endpoint.scheme}://{endpoint.netloc}/"
    with urllib.request.urlopen(urllib.request.Request(url, data=body, headers=headers), timeout=30) as answer:
        return json.loads(answer.read() or b"{}")
