"""AWS KMS passes the contract on moto, which shows the calls and their semantics.

Moto's KMS still decrypts with a disabled or dying key, so the death of a key is not shown here.
"""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from cloister.errors import KeyProviderUnreachable
from cloister.keys.providers import Ending, Word
from cloister.keys.providers.aws_kms import SOONEST, AwsKey, client
from tests.keys.contract import BOUND, ProviderContract
from tests.keys.setup import NOW


@pytest.fixture(scope="module")
def credentials():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


@pytest.fixture(scope="module")
def kms(credentials):  # noqa: ARG001 - the client reads them from the environment
    with mock_aws():
        yield client("eu-central-1")


class TestAws(ProviderContract):
    dies = stops = False

    @pytest.fixture
    def key(self, kms):
        return AwsKey(kms, kms.create_key()["KeyMetadata"]["Arn"], "north")

    @pytest.fixture
    def other(self, kms):
        return AwsKey(kms, kms.create_key()["KeyMetadata"]["Arn"], "south")

    def test_deletion_is_scheduled_and_said_so(self, kms, key):
        end = key.destroy(NOW)
        state = kms.describe_key(KeyId=key._arn)["KeyMetadata"]
        assert state["KeyState"] == "PendingDeletion"
        assert (end.ending, end.by) == (Ending.SCHEDULED, Word.SERVICE)
        assert end.irrecoverable_at == int(state["DeletionDate"].timestamp())

    def test_a_disabled_key_is_disabled_there(self, kms, key):
        key.disable(NOW)
        assert kms.describe_key(KeyId=key._arn)["KeyMetadata"]["KeyState"] == "Disabled"


@pytest.mark.usefixtures("credentials")
def test_no_answer_is_told_as_unreachable():
    once = Config(retries={"total_max_attempts": 1})
    kms = boto3.client("kms", region_name="eu-central-1", endpoint_url="http://127.0.0.1:9", config=once)
    with pytest.raises(KeyProviderUnreachable):
        AwsKey(kms, "arn:aws:kms:eu-central-1:1:key/1", "north").wrap(b"k" * 32, BOUND)


def test_seven_days_is_the_soonest():
    assert SOONEST == 7
