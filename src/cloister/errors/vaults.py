"""What a vault refuses: to be found, to take a document in, to give it out."""

from __future__ import annotations

from enum import Enum

from cloister.errors.documents import BadArguments
from cloister.errors.places import FileAccess
from cloister.errors.reviews import DoesNotVerify
from cloister.errors.settings import BadSettings, Refused


class NoVault(BadSettings):
    """There is no vault here; none is made unless asked for."""

    code = "no-vault"
    says = "There is no vault here. Say where it is with --vault or CLOISTER_VAULT, or make one with `cloister init`."


class VaultExists(BadSettings):
    """A vault would be made where there is something already."""

    code = "vault-exists"
    says = "There is something in this folder already, and nothing is overwritten. Name a new folder, or an empty one."


class RestoredSince(BadSettings):
    """A copy of a vault whose keys answer to one that was restored later."""

    code = "restored-since"
    says = (
        "The keys of this vault answer to a copy of it that was restored later, so that the two never destroy each "
        "other's keys. Use that copy; this one opens nothing any more."
    )


class VaultReadableByOthers(BadSettings):
    """A folder of a vault that others may enter or change."""

    code = "vault-readable-by-others"
    says = (
        "Others may enter or replace this folder. Give it mode 700, owned by this user, in a folder that others may "
        "not change."
    )


class KeysNotAllowed(BadSettings):
    """The vault's keys live where the policy does not let those of a level live."""

    code = "keys-not-allowed"
    says = (
        "Any document can turn out to be of level {level}, and the policy does not let its keys live where those of "
        "this vault do. Use another provider, or ask the policy owner."
    )


class NotConfirmed(BadArguments):
    """What cannot be undone was asked for without the word that confirms it."""

    code = "not-confirmed"
    says = "This is not the word that was given, or it is older than {seconds} seconds. Ask again without --confirm."


class OtherPolicy(BadArguments):
    """A policy was to be approved that is not the one in the vault's folder."""

    code = "other-policy"
    says = (
        "The policy in the vault's folder is another one than that, or it is in force already. See what it changes "
        "with `cloister policy approve`, then name the hash that it prints."
    )


class UnknownDocument(Refused):
    """No document of this id, or none any more."""

    code, status = "unknown-document", 404
    says = "There is no document of this id. `cloister list` shows those that there are."


class NotAllowed(Refused):
    """The policy gives this to other roles."""

    code, status = "not-allowed", 403
    says = "The policy does not allow you this, for a document of level {level}. Ask the policy owner who may."


class NotAdmitted(Refused):
    """The policy does not take this document in."""

    code, status = "not-admitted", 422
    says = "The policy does not take this document in. `cloister policy explain` shows what it takes."


class AboveLimit(NotAdmitted):
    """More bytes than a document of this kind may have."""

    code, status = "above-limit", 413
    says = "This file has {size} bytes; a document of its kind may have {limit}. Split it, or ask the policy owner."


class PagesAboveLimit(NotAdmitted):
    """More pages than a document of this kind may have."""

    code, status = "pages-above-limit", 413
    says = "This document has {number} pages; one of its kind may have {limit}. Split it, or ask the policy owner."


class TypeNotAllowed(NotAdmitted):
    """A type of file that documents of this kind may not be."""

    code, status = "type-not-allowed", 415
    says = "A document of this kind may not be a file of type {type}. Convert it, or ask the policy owner."


class OriginNotAllowed(NotAdmitted):
    """Documents of this kind may not come this way."""

    code, status = "origin-not-allowed", 403
    says = (
        "The policy does not let documents of this kind come this way. `cloister policy explain` shows which it does."
    )


class NotPlaced(Refused):
    """No placement is allowed, available, and as confined as was asked."""

    code = "not-placed"
    says = "This document may be read nowhere that is available and as confined as was asked. Ask the policy owner."


class NotRead(Refused):
    """The text of a document was asked for that was not read yet, or could not be."""

    code, status = "not-read", 409
    says = "This document was not read yet, or could not be read. Its state says which; what is kept can be deleted."


class PolicyChanged(Refused):
    """Another policy came into force while a document came in."""

    code, status = "policy-changed", 409
    says = "Another policy came into force while this document came in, and nothing of it was kept. Submit it again."


class RunsUsedUp(Refused):
    """A document was read as often as it may be."""

    code, status = "runs-used-up", 409
    says = "This document was read {number} times, as often as its kind may be. Submit it again when its time is over."


class TakenOver(Refused):
    """A run of a job that is no longer the one whose result counts."""

    code, status = "taken-over", 409
    says = "Another run has taken this job over, or it was cancelled. Nothing of this one counts; leave it."


class JobsLedElsewhere(BadSettings):
    """A variable that would have the library of jobs follow somebody else."""

    code = "jobs-led-elsewhere"
    says = "A variable whose name begins with DBOS_ is set, and could lead jobs elsewhere. Unset it."


class RecordsFailed(FileAccess):
    """The records could not be read or written; what was asked is not confirmed."""

    code = "records-failed"
    says = "The records could not be read or written, and nothing is confirmed. Check the medium, then ask again."


class DatabaseFlaw(Enum):
    """Why a database cannot hold the records."""

    ADDRESS = "its address is not postgresql://USER@HOST/NAME, with sslmode and certificates after it at most"
    TELLS = "its address holds a password, which others can read; put it into the file that PGPASSFILE names"
    HIDDEN = "one of PGPASSWORD, PGHOSTADDR, PGSERVICE, PGSERVICEFILE and PGOPTIONS is set; say it in the address"
    UNENCRYPTED = "it is on another machine, and its address does not ask for sslmode=verify-full"
    POWERFUL = "row-level security does not bind its role; use one without SUPERUSER and BYPASSRLS"
    LOSSY = "it runs without fsync or full_page_writes, and can lose what it has confirmed"
    OLD = "it is older than PostgreSQL 15"
    EMPTY = "the tables of the records are not there"


class BadDatabase(BadSettings):
    """A database that records are not trusted to."""

    code = "bad-database"
    says = "This database cannot hold the records: {why}."


class BadBucket(BadSettings):
    """A bucket that blobs are not trusted to."""

    code = "bad-bucket"
    says = "This bucket cannot hold sealed documents: name it, its region, and an endpoint that is https://."


class BlobsFailed(FileAccess):
    """Sealed bytes could not be read or written; what was asked is not confirmed."""

    code = "blobs-failed"
    says = "The bucket could not be read or written, and nothing is confirmed. Check it, then ask again."


class RecordsDamaged(DoesNotVerify):
    """Records that are not of the form that was written."""

    code, status = "records-damaged", 500
    says = "The records of this vault are damaged, and nothing of them was used. Keep a copy, and restore a backup."


class RecordsOutdated(DoesNotVerify):
    """Records that lack documents which the log says are kept."""

    code, status = "records-outdated", 500
    says = (
        "The records lack {number} documents that the log says are kept: an old copy of them was put here. Nothing was "
        "destroyed. Put the newest back, or restore a backup. `cloister sweep --confirm-lost` gives the documents up."
    )


class BackupDamaged(DoesNotVerify):
    """A file that is no whole backup of the vault whose keys were named."""

    code, status = "backup-damaged", 422
    says = (
        "This is no whole backup that was signed with the key of this vault's log, and nothing of it was used. Take "
        "another copy of the backup, or name the keys that belong to it."
    )
