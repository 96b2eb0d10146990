"""What keys refuse: to open what is gone, what was changed, or what others could open too."""

from __future__ import annotations

from enum import Enum

from cloister.errors.places import FileAccess
from cloister.errors.refusal import CloisterError
from cloister.errors.reviews import DoesNotVerify
from cloister.errors.settings import BadSettings, Refused


class Harm(Enum):
    """What is wrong with something sealed, a key or a file of keys; chosen by us, never by who changed it."""

    UNFINISHED = "its commit record is missing or not of this content"
    CHANGED = "it was changed, cut short, or belongs somewhere else"
    STRANGE = "it is not of the form that was written"
    OTHER_VAULT = "it belongs to another vault"
    MISSING = "a part of it is missing"


class KeyAct(Enum):
    """What may be asked of a key provider."""

    WRAP = "wrap"
    UNWRAP = "unwrap"
    ROTATE = "rotate"
    DISABLE = "disable"
    DESTROY = "destroy"
    DESCRIBE = "describe"


class ProviderSetting(Enum):
    """What a key provider may have to be told, none of it a secret."""

    MODULE = "module"
    TOKEN_LABEL = "token-label"  # noqa: S105 - the name of a setting
    KEY_NAME = "key-name"
    REGION = "region"
    ENDPOINT = "endpoint"
    MOUNT = "mount"
    ACCESS_TOKEN = "access-token"  # noqa: S105 - the same


class KeyRefused(Refused):
    """The provider of a tenant's key said no; every error of its own counts as no."""

    code = "key-refused"
    says = (
        "The key provider refused to {act}. The key may be disabled or another's, the rights may be missing, "
        "or the wrapped key was changed."
    )


class KeyGone(Refused):
    """A key that was destroyed, or never was: nothing can open what it sealed."""

    code, status = "key-gone", 410
    says = "The key of this content is gone, so nobody can open it any more. Submit the document again if it is needed."


class Expired(KeyGone):
    """The time of the content is over, whether or not a sweep has run."""

    code = "expired"
    says = "The time for which this content is kept is over. Submit the document again if it is needed."


class LevelLowered(Refused):
    """A re-wrap that would lower a level, move content to another owner, or give it to another document."""

    code, status = "level-lowered", 409
    says = "A key can be bound to the same or a higher level of the same document only. Check its record."


class NotOffered(BadSettings):
    """A provider cannot do what was asked, whatever its rights."""

    code = "not-offered"
    says = "This key provider has no way to {act} a key. Use the tools of the provider, or another provider."


class BadProvider(BadSettings):
    """A setting of a key provider that is missing, means nothing to it, or cannot be."""

    code = "bad-provider"
    says = (
        "The setting {setting} is missing, means nothing to this key provider, or cannot be. "
        "docs/keys.md says what each provider needs."
    )


class WrongPassphrase(BadSettings):
    """The passphrase or key file does not open the local keys."""

    code = "wrong-passphrase"
    says = "This passphrase or key file does not open the local keys. Give the one that `cloister init` was given."


class PassphraseTooShort(BadSettings):
    """A new passphrase that could be guessed."""

    code = "passphrase-too-short"
    says = "A passphrase has at least {limit} characters. Choose a longer one, such as six random words."


class KeysReadableByOthers(BadSettings):
    """A file or folder of keys, a passphrase or a key file that is not its owner's alone."""

    code = "keys-readable-by-others"
    says = "Others may read these keys. Give the folder mode 700 and its files mode 600, both owned by this user."


class NoKeys(BadSettings):
    """There is no key store here, or no key of this tenant; none is made unless asked for."""

    code = "no-keys"
    says = "There are no keys here for this tenant. Check the folder and the name of the tenant."


class KeysExist(BadSettings):
    """Keys would be made where there are some already."""

    code = "keys-exist"
    says = "There are keys here already, and they are never overwritten. Choose another folder or tenant."


class KeyStoreFailed(FileAccess):
    """The medium failed under the key store; what was asked is not confirmed and may or may not have happened."""

    code = "key-store-failed"
    says = (
        "The key store could not be written or read (errno {errno}), and nothing is confirmed. "
        "Check the medium, then ask again."
    )


class KeyStoreBusy(FileAccess):
    """Another process has held the key store for too long."""

    code, status = "key-store-busy", 503
    says = "Another process has held the key store for {seconds} seconds. Wait for it, or find out why it is stuck."


class SealedDataDamaged(DoesNotVerify):
    """Sealed content, a wrapped key or a file of keys that is not what was written."""

    code = "sealed-data-damaged"
    says = "This sealed data does not open: {why}. Nothing of it was used; find out who changed it, or use a backup."


class KeyProviderUnreachable(CloisterError):
    """A key provider that did not answer; nothing is opened without it."""

    code, status = "key-provider-unreachable", 503
    says = "The key provider cannot be reached or did not answer in time. Check its address and the network; ask again."
