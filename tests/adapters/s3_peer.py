"""A real S3 server on localhost (moto, in its own process), that checks signatures and rights."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import boto3

BUCKET = "segurnum-essais"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
        }
    ],
}
CALLS_OF_THE_ACCOUNT = 4  # after them, every call is authenticated


@dataclass
class Peer:
    """Where it listens, and the account it knows."""

    endpoint: str
    key: str
    secret: str

    @property
    def url(self) -> str:
        return f"s3://{BUCKET}/portail?endpoint={self.endpoint}"

    def environment(self, **over: str) -> dict[str, str]:
        known = {"AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret, "AWS_REGION": "eu-west-3"}
        return known | over


@contextmanager
def running() -> Iterator[Peer]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = os.environ | {"INITIAL_NO_AUTH_ACTION_COUNT": str(CALLS_OF_THE_ACCOUNT)}
    with tempfile.TemporaryFile() as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            env=settings,
            stdout=said,
            stderr=said,
        )
        try:
            _wait(port)
            yield _with_account(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait(timeout=10)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _with_account(endpoint: str) -> Peer:
    place = {
        "endpoint_url": endpoint,
        "region_name": "eu-west-3",
        "aws_access_key_id": "essai",
        "aws_secret_access_key": "essai",
    }
    boto3.client("s3", **place).create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"}
    )
    iam = boto3.client("iam", **place)
    iam.create_user(UserName="portail")
    iam.put_user_policy(UserName="portail", PolicyName="fichiers", PolicyDocument=json.dumps(POLICY))
    made = iam.create_access_key(UserName="portail")["AccessKey"]
    return Peer(endpoint, made["AccessKeyId"], made["SecretAccessKey"])
