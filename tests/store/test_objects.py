"""Blobs in a bucket, over HTTP to moto, an emulation of S3 on this machine: the contract, and what is S3's own."""

from __future__ import annotations

import threading
import time
from itertools import count

import boto3
import pytest
from moto.server import ThreadedMotoServer

from cloister.errors import BadBucket, BlobsFailed, NotFound
from cloister.store import objects
from tests.store.blobs import MEGABYTE, BlobsContract, put

_NUMBERS = count()
REGION = "eu-central-1"


@pytest.fixture(scope="module")
def endpoint():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def client(endpoint, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    return boto3.client("s3", endpoint_url=endpoint, region_name=REGION)


@pytest.fixture
def bucket(client):
    name = f"bucket{next(_NUMBERS)}"
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return name


@pytest.fixture
def blobs(bucket, endpoint):
    return objects.opened(bucket, REGION, endpoint)


def unfinished(client, bucket) -> int:
    return len(client.list_multipart_uploads(Bucket=bucket).get("Uploads", []))


class TestObjects(BlobsContract):
    """All of the contract."""


def test_what_is_given_up_is_aborted_and_leaves_no_part(blobs, client, bucket):
    with blobs.incoming() as incoming:
        incoming.file.write(bytes(30 * MEGABYTE))
        until = time.monotonic() + 20
        while not unfinished(client, bucket):
            assert time.monotonic() < until
    assert unfinished(client, bucket) == 0
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_an_object_is_not_there_before_it_is_kept(blobs, client, bucket):
    with blobs.incoming() as incoming:
        incoming.file.write(bytes(30 * MEGABYTE))
        assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
        incoming.keep()
        assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


def test_what_is_not_ours_stays(blobs, client, bucket):
    client.put_object(Bucket=bucket, Key="reports/2026", Body=b"x")
    put(blobs)
    assert blobs.delete_but(frozenset()) == 1
    assert [each["Key"] for each in client.list_objects_v2(Bucket=bucket)["Contents"]] == ["reports/2026"]


def test_more_objects_than_a_page_lists_are_seen_and_deleted(blobs, client, bucket):
    names = [f"{number:032x}" for number in range(1100)]
    for name in names:
        client.put_object(Bucket=bucket, Key=name, Body=b"x")
    assert blobs.names() == set(names)
    assert blobs.delete_but(frozenset(names[:3])) == 1097
    assert blobs.names() == set(names[:3])


@pytest.mark.parametrize("size", [1, 30 * MEGABYTE])
def test_a_bucket_that_is_not_there_keeps_nothing_and_nobody_waits_forever(endpoint, size):
    blobs = objects.opened("nowhere", REGION, endpoint)
    done = []

    def keep():
        with pytest.raises(BlobsFailed), blobs.incoming() as incoming:  # noqa: PT012 - a write or the end of it fails
            for _ in range(size // MEGABYTE + 1):
                incoming.file.write(bytes(min(size, MEGABYTE)))
            incoming.keep()
        done.append(True)

    thread = threading.Thread(target=keep, daemon=True)
    thread.start()
    thread.join(60)
    assert done
    with pytest.raises((BlobsFailed, NotFound)):
        blobs.names()


@pytest.mark.parametrize(
    "endpoint",
    ["http://192.0.2.7", "http://localhost:9000", "ftp://127.0.0.1", "s3.example", "http://127.0.0.1@192.0.2.7"],
)
def test_an_endpoint_without_tls_that_is_not_this_machine_is_refused(endpoint):
    with pytest.raises(BadBucket):
        objects.opened("bucket", REGION, endpoint)
