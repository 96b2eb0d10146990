"""The folder of a vault: made by `make` and by nothing else, and found again only where it is this user's alone.

DIR/            mode 700, and all files in it 600
  vault.json    which vault this is, and where its keys are
  policy.toml   what is allowed; a change of it counts once it is approved in the log
  policies/     every policy that was in force, by its hash
  records.db    states, times and wrapped keys
  jobs.db       what is to be read, where a service reads it
  blobs/        sealed artefacts
  log/          the audit log
  keys/         the key store, the tenant's key or where that is, and the log's key; or in a folder elsewhere
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cloister import policy as policies
from cloister.audit import log as logs
from cloister.audit.clock import Reading, now
from cloister.disk import sync_folder
from cloister.errors import (
    CloisterError,
    KeysExist,
    KeysNotAllowed,
    NoKeys,
    NotFound,
    NoVault,
    RecordsDamaged,
    VaultExists,
    VaultReadableByOthers,
)
from cloister.errors.met import while_writing
from cloister.events import Act, Draft, Id, Thing
from cloister.formats.save import save
from cloister.keys import passphrase
from cloister.keys.hands import Hands, Held, Here
from cloister.keys.places import FILE as PROVIDERS
from cloister.keys.places import LOCAL, Place, written
from cloister.keys.providers.local import STANDARD, Cost, Keyring
from cloister.keys.secret import Secret
from cloister.keys.store import KeyStore
from cloister.model import Sensitivity
from cloister.policy import Policy
from cloister.policy.values import KeyProvider
from cloister.sign import Key
from cloister.store import blobs, sqlite
from cloister.store.fences import Fences

SCHEMA = "cloister-vault/1"
JOBS = "jobs.db"
"""Made by `cloister init --service`; no other command looks at it."""
ABOUT, POLICY, POLICIES, RECORDS, BLOBS, LOG, KEYS = (
    "vault.json",
    "policy.toml",
    "policies",
    "records.db",
    "blobs",
    "log",
    "keys",
)
LOG_KEY = "log.pem"
_SMALL = 4096
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Vault:
    """A vault that was found: its folder, its id, the folder of its keys, and how often it was restored."""

    folder: Path
    id: Id
    keys: Path
    restored: int = 0

    @property
    def person(self) -> Id:
        """Who acts: this user, as a hash that means nothing in another vault."""
        return self.hashed(Thing.PERSON, str(os.geteuid()))

    @property
    def system(self) -> Id:
        """Cloister itself, in this vault."""
        return self.hashed(Thing.SYSTEM, "")

    def hashed(self, thing: Thing, what: str) -> Id:
        """The id in this vault of something that has a name."""
        said = f"{SCHEMA} {self.id} {thing.value} {what}"
        return Id(hashlib.sha256(said.encode()).hexdigest()[:32], thing)


def make(
    folder: Path,
    keys: Path | None,
    policy: str,
    secret: Secret,
    cost: Cost = STANDARD,
    clock: Callable[[], Reading] = now,
    place: Place = LOCAL,
    hands: Hands | None = None,
) -> Vault:
    """Make a vault in a new or empty folder, whole or not at all; its keys in `keys`, if that is not None.

    `place` is where the tenant's key is to be, `secret` what opens that, and `hands` what reaches it.
    `VaultExists`, `KeysExist`, `VaultReadableByOthers`, `KeysNotAllowed`, what is wrong with policy or passphrase, or
    what the provider says.
    """
    rules = policies.load(policy)
    require_provider(rules, place.provider)
    folder, elsewhere = folder.absolute(), keys.absolute() if keys else None
    vault = Vault(folder, Id.new(Thing.VAULT), elsewhere or folder / KEYS)
    require_free(folder, VaultExists)
    if elsewhere is not None:
        require_free(elsewhere, KeysExist)
    with _whole() as made, fresh(folder) as new, _keys_folder(new, elsewhere) as inside:
        if place.provider is KeyProvider.LOCAL:
            with closing(Keyring.make(inside, str(vault.id), secret, cost)) as ring:
                ring.make_tenant(rules.policy.tenant)
        KeyStore.make(inside, str(vault.id)).close()
        _make_log(new / LOG, inside / LOG_KEY, vault, rules, clock)
        blobs.make(new / BLOBS)
        database = sqlite.make(new / RECORDS)
        Fences(database).make_tables()
        database.engine.dispose()
        (new / POLICIES).mkdir(mode=0o700)
        for path in (new / POLICY, new / POLICIES / f"{policies.sha256(rules)}.toml"):
            save([policy.encode()], path)
        save([described(vault.id, elsewhere)], new / ABOUT)
        if place.provider is not KeyProvider.LOCAL:  # last, so that little can fail once it is made there
            made.append((hands or Here()).make(place, rules.policy.tenant, secret))
            save([written({rules.policy.tenant: made[-1].place})], inside / PROVIDERS)
    return vault


def described(vault: Id, keys: Path | None, restored: int = 0) -> bytes:
    """What `vault.json` says; `keys` is None where they lie in the vault."""
    about = {"schema": SCHEMA, "vault": str(vault), "keys": str(keys) if keys else None, "restored": restored}
    return json.dumps(about).encode()


def find(folder: Path) -> Vault:
    """The vault in a folder; `NoVault` or `VaultReadableByOthers` if it is not there, or not this user's alone."""
    folder = folder.absolute()
    _require_private(folder)
    try:
        held = json.loads((folder / ABOUT).read_bytes()[:_SMALL])
        keys = Path(held["keys"]) if held["keys"] is not None else folder / KEYS
        known, vault = held["schema"] == SCHEMA, Id.read(held["vault"])
        restored = int(held.get("restored", 0))
    except FileNotFoundError:
        raise NoVault from None
    except OSError as problem:
        raise while_writing(problem.errno) from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise RecordsDamaged from None
    if not known or vault.thing is not Thing.VAULT:
        raise RecordsDamaged
    return Vault(folder, vault, keys, restored)


def log_key(vault: Vault) -> Key:
    """The key that the log is signed with; `KeysReadableByOthers` if it is not this user's alone."""
    try:
        with passphrase.from_file(vault.keys / LOG_KEY) as held:
            return Key.from_pem(bytes(held.open()))
    except NotFound:
        raise NoKeys from None


def require_provider(policy: Policy, provider: KeyProvider) -> None:
    """Raise unless keys may live there for every level: any document can turn out to be of the strictest."""
    for level in Sensitivity:
        if provider not in policy.levels.of(level).keys:
            raise KeysNotAllowed(level=level)


def _make_log(folder: Path, key_file: Path, vault: Vault, rules: Policy, clock: Callable[[], Reading]) -> None:
    key, policy = Key.new(), policies.sha256(rules)
    save([key.pem()], key_file)
    logs.create(folder, key, f"cloister/{vault.id}")
    tenant = vault.hashed(Thing.TENANT, rules.policy.tenant)
    with logs.Log(folder, key, clock=clock) as log:
        log.append(
            Draft(vault.person, Act.VAULT_MADE, vault.id, policy), Draft(vault.person, Act.KEY_MADE, tenant, policy)
        )


def _require_private(folder: Path) -> None:
    """Raise unless nobody else may enter it, nor put another in its place."""
    try:
        found, above = folder.lstat(), folder.parent.stat()
    except FileNotFoundError:
        raise NoVault from None
    except OSError as problem:
        raise while_writing(problem.errno) from None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise VaultReadableByOthers
    if above.st_mode & _OTHERS_WRITE and not above.st_mode & stat.S_ISVTX:
        raise VaultReadableByOthers


def require_free(folder: Path, refused: type[CloisterError]) -> None:
    """Raise unless there is nothing here, or an empty folder that is private."""
    try:
        empty = not any(folder.iterdir())
    except FileNotFoundError:
        if not folder.parent.is_dir():
            raise NotFound from None
    except OSError as problem:
        raise while_writing(problem.errno) from None
    else:
        if not empty:
            raise refused
        _require_private(folder)


@contextmanager
def _whole() -> Iterator[list[Held]]:
    """Have keys that were made elsewhere taken back where the vault did not come to be."""
    made: list[Held] = []
    try:
        yield made
    except BaseException:
        for held in made:
            held.undo()
        raise
    finally:
        for held in made:
            held.close()


@contextmanager
def _keys_folder(new: Path, elsewhere: Path | None) -> Iterator[Path]:
    """Where the keys are made: inside the new vault, or elsewhere, which is in place before the vault is."""
    if elsewhere is not None:
        with fresh(elsewhere) as made:
            yield made
        return
    (new / KEYS).mkdir(mode=0o700)
    yield new / KEYS


@contextmanager
def fresh(folder: Path) -> Iterator[Path]:
    """A folder that is made beside its place, synced, and put there when the block ends well; else it is removed."""
    new = folder.with_name(f".{folder.name}.new")
    try:
        shutil.rmtree(new, ignore_errors=True)  # what a kill while making one has left was never a vault
        new.mkdir(mode=0o700)
        _require_private(new)
        yield new
        for below in (*(path for path in new.rglob("*") if path.is_dir()), new):
            sync_folder(below)
        new.rename(folder)
        sync_folder(folder.parent)
    except OSError as problem:
        shutil.rmtree(new, ignore_errors=True)
        raise while_writing(problem.errno) from None
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
