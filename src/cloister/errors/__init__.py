"""Every way Cloister says no, and the only words it says it with.

CloisterError                     exit 15
├── BadArguments                  exit 1    the command line asks for something that does not exist
│   ├── UnknownFormat             exit 1
│   ├── NoSlot                    exit 1    a command under review that does not say where its input goes
│   ├── NoProgram                 exit 1    a command under review whose program is not there
│   ├── UnknownLanguage           exit 1
│   ├── UnreadableLanguage        exit 1    a language whose script no shipped model reads
│   ├── BadPageRange              exit 1
│   ├── SamePlace                 exit 1    an output would replace its own source
│   ├── OneOutput                 exit 1    one output was named for several inputs
│   ├── NotConfirmed              exit 1    what cannot be undone, without the word that confirms it
│   ├── UnknownServiceKey         exit 1    no service key of this id
│   ├── OtherPolicy               exit 1    a policy would be approved that is not the one in the vault's folder
│   ├── NotAFolder                exit 1    the folder for outputs is a file
│   ├── NotForATerminal           exit 1    an output that is no text would go to a terminal
│   └── BadRequest                exit 1    a request to the service that is not well formed
│       ├── AmbiguousLength       exit 1    two statements of where the body ends
│       ├── HeadersTooLarge       exit 1    more headers than are taken
│       ├── NoSuchAddress         exit 1    nothing answers at a path
│       ├── WrongMethod           exit 1    a path has other methods
│       ├── InvalidRequest        exit 1    fields or parameters that cannot be
│       ├── WrongMediaType        exit 1    a body of another type or coding
│       ├── FormRefused           exit 1    a form that is not one file after a few fields
│       ├── UploadCutShort        exit 1    the client went away in the middle
│       ├── UploadTooSlow         exit 1    an upload that came too slowly
│       ├── WrongOffset           exit 1    a part of an upload that does not go on where it stands
│       └── WrongUploadVersion    exit 1    another version of tus, or none
├── BadInput                      exit 2    the file is not a document that can be read
│   ├── NotADocument              exit 2    of no type that is read
│   │   └── EmptyFile             exit 2    no bytes at all
│   ├── Damaged                   exit 2    the parser gave up
│   │   └── DamagedPage           exit 2    on one page
│   ├── FontMissing               exit 2    a page cannot be drawn without fonts that the PDF leaves out
│   ├── NothingToRead             exit 2    a folder that holds no file
│   ├── NoPages                   exit 2
│   ├── TooLarge                  exit 2    bytes, pages or pixels above the ceiling
│   ├── PageTooLarge              exit 2
│   ├── TooManyPages              exit 2
│   ├── SignedDocument            exit 2    writing would break a signature
│   └── UnreadableScript          exit 2    no installed engine reads this script
├── MissingPart                   exit 3    a component of the installation is not there
├── BadOutput                     exit 4    what was made did not pass its own check
├── FileAccess                    exit 5    the file system said no
│   ├── NotFound                  exit 5
│   ├── NoPermission              exit 5
│   ├── DiskFull                  exit 5
│   ├── OutputExists              exit 5
│   ├── KeyStoreFailed            exit 5    the medium failed under the key store
│   ├── KeyStoreBusy              exit 5    another process has held it for too long
│   ├── LogBusy                   exit 5    another process writes the log
│   ├── LogStopped                exit 5    an earlier write to the log failed
│   ├── BlobsFailed               exit 5    a bucket could not be read or written
│   ├── RecordsFailed             exit 5    the records could not be read or written
│   └── IsAFolder                 exit 5
│       ├── FolderNotFile         exit 5    where only a file makes sense
│       └── OutputIsAFolder       exit 5
├── JailFailed                    exit 7    a jailed process died, hung, lied or fell silent
│   ├── JailDied                  exit 7
│   ├── JailNotStarted            exit 7
│   ├── JailLied                  exit 7
│   └── TimedOut                  exit 7
├── Encrypted                     exit 8    a password is needed
│   └── WrongPassword             exit 8    the one given does not open the file
├── BadSettings                   exit 9
│   ├── WrongSetting              exit 9    a setting of the deployment that it cannot have
│   │   └── WrongNumber           exit 9    a number that is none, or out of its bounds
│   ├── SecretInSetting           exit 9    a password in an address
│   ├── UnknownVariable           exit 9    a CLOISTER_ variable that means nothing
│   ├── UnknownSetting            exit 9    a key of the settings file that means nothing
│   ├── SettingsNotToml           exit 9    a settings file that cannot be read at all
│   ├── BadSettingsFile           exit 9    one that is not there, or that others could have written
│   ├── SettingsClash             exit 9    settings that cannot hold together
│   ├── ModelTampered             exit 9    a model file does not have the hash it shipped with
│   ├── RefusesRoot               exit 9    a service that somebody would run as root
│   ├── BadKey                    exit 9    no key to sign with, or one that others may read
│   ├── WrongPassphrase           exit 9    the local keys stay shut
│   ├── PassphraseTooShort        exit 9
│   ├── KeysReadableByOthers      exit 9    a file or folder of keys that is not its owner's alone
│   ├── NoKeys                    exit 9    no key store here, or no key of this tenant
│   ├── KeysExist                 exit 9    keys would be made where there are some already
│   ├── NotOffered                exit 9    a key provider that cannot do what was asked
│   ├── BadProvider               exit 9    a setting of a key provider that is missing or cannot be
│   ├── LogReadableByOthers       exit 9    a log that is not its owner's alone
│   ├── NoVault                   exit 9    there is no vault here, and none is made unless asked for
│   ├── VaultExists               exit 9    a vault would be made where there is something already
│   ├── RestoredSince             exit 9    a copy of a vault whose keys answer to one that was restored later
│   ├── VaultReadableByOthers     exit 9    a folder of a vault that others may enter or replace
│   ├── KeysNotAllowed            exit 9    the vault's keys live where the policy does not let them
│   ├── BadBucket                 exit 9    a bucket that blobs are not trusted to
│   ├── BadDatabase               exit 9    a database that records are not trusted to
│   ├── JobsLedElsewhere          exit 9    a variable that would have the library of jobs follow somebody else
│   ├── BadSignIn                 exit 9    a setting of signing in that is missing or cannot be
│   ├── AccessUnsound             exit 9    rules of access that are not free of errors
│   └── BadPolicy                 exit 9    a policy file cannot be in force
│       ├── NotToml               exit 9    it cannot be read at all
│       ├── UnknownKey            exit 9    a key that means nothing
│       │   └── Misspelt          exit 9    a key that means nothing, and is close to one that does
│       ├── MissingKey            exit 9    a key that has to be there
│       ├── WrongValue            exit 9    a value that its key cannot have
│       ├── UnlistedName          exit 9    a reference to what is listed nowhere
│       └── Contradiction         exit 9    two clauses that cannot both hold
├── Refused                       exit 20   allowed by nothing in force
│   ├── KeyRefused                exit 20   the provider of a tenant's key said no
│   ├── KeyGone                   exit 20   a key that was destroyed, or never was
│   │   └── Expired               exit 20   the time of the content is over
│   ├── LevelLowered              exit 20   a key would be bound to a lower level, or to another's document
│   ├── ClockMoved                exit 20   the clock went where no time passed
│   ├── NotApproved               exit 20   a policy that not enough people have approved
│   ├── UnknownDocument           exit 20   no document of this id
│   ├── NotAllowed                exit 20   the policy gives this to other roles
│   ├── SignInRefused             exit 20   an OpenID provider's word that is not to be believed
│   ├── NoRole                    exit 20   who has signed in has no role here
│   ├── CrossSite                 exit 20   a change that no page of the service has asked for
│   ├── TokenRefused              exit 20   a key, link or session that is not valid
│   ├── AccessDenied              exit 20   whoever asks may not do this, or not with this
│   ├── NotAdmitted               exit 20   the policy does not take this document in
│   │   ├── AboveLimit            exit 20   more bytes than one of its kind may have
│   │   ├── PagesAboveLimit       exit 20   more pages
│   │   ├── TypeNotAllowed        exit 20   a type of file that its kind may not be
│   │   └── OriginNotAllowed      exit 20   it may not come this way
│   ├── ServiceKeyNotAllowed      exit 20   a service key that the policy gives to nobody
│   ├── UploadGone                exit 20   an upload that expired or was ended
│   ├── TooManyRequests           exit 20   more requests than one principal may send
│   ├── QuotaUsedUp               exit 20   a tenant has sent what it may in a day
│   ├── TargetRefused             exit 20   an address that nothing is sent to
│   ├── NotPlaced                 exit 20   it may be read nowhere that is available
│   ├── NotRead                   exit 20   its text is not there yet, or never will be
│   ├── PolicyChanged             exit 20   another policy came into force while it came in
│   ├── TakenOver                 exit 20   a run of a job whose result does not count any more
│   ├── RunsUsedUp                exit 20   it was read as often as it may be
│   └── NoSandbox                 exit 20   this host lacks a layer that was required
├── AboveLevel                    exit 26   a document is more sensitive than what was let through
├── ReviewFailed                  exit 22   a review that did not come to VERIFIED
│   ├── LeakFound                 exit 21   a canary stood where none may be
│   ├── ClaimRefuted              exit 22   a claim does not hold
│   ├── Inconclusive              exit 23   a claim could not be observed, or is not finished
│   └── Overdue                   exit 24   the day until which a review or a policy holds is over
├── DoesNotVerify                 exit 25   evidence that is not to be believed
│   ├── LogDoesNotVerify          exit 25   a log, or something taken from it, that is not to be believed
│   ├── BackupDamaged             exit 25   no whole backup of the vault whose keys were named
│   ├── RecordsDamaged            exit 25   records that are not of the form that was written
│   ├── RecordsOutdated           exit 25   records that lack documents which the log says are kept
│   └── SealedDataDamaged         exit 25   something sealed, or a key, that is not what was written
├── UploadNotKept                 exit 5    an upload that the store did not keep
├── Busy                          exit 15   the service has no memory or disk to take more
├── Unexpected                    exit 15   a flaw of Cloister's own, met while answering
├── NotDelivered              exit 15   another system did not take what was sent
├── WitnessSilent                 exit 15   a witness gave no signature
├── ProviderUnreachable       exit 15   an OpenID provider that did not answer; nobody signs in without it
└── KeyProviderUnreachable        exit 15   a key provider that did not answer; nothing is opened without it

Facts are numbers and enum members, so no message can carry content or a file's name; a caller
that knows which file it was (the command line) says so beside the message, on its own terminal.
HTTP statuses stand here so that the service answers with the same tree.
"""

from __future__ import annotations

from cloister.errors.access import (
    AccessDenied,
    AccessUnsound,
    BadSignIn,
    CrossSite,
    NoRole,
    ProviderFlaw,
    ProviderUnreachable,
    ServiceKeyNotAllowed,
    SignInFlaw,
    SignInRefused,
    SignInSetting,
    TokenRefused,
    UnknownServiceKey,
)
from cloister.errors.documents import (
    AboveLevel,
    BadArguments,
    BadInput,
    BadPageRange,
    Damaged,
    DamagedPage,
    EmptyFile,
    Encrypted,
    FontMissing,
    NoPages,
    NoProgram,
    NoSlot,
    NotADocument,
    NotAFolder,
    NotForATerminal,
    NothingToRead,
    OneOutput,
    PageTooLarge,
    SamePlace,
    SignedDocument,
    TooLarge,
    TooManyPages,
    UnknownFormat,
    UnknownLanguage,
    UnreadableLanguage,
    UnreadableScript,
    WrongPassword,
)
from cloister.errors.intake import (
    AmbiguousLength,
    BadRequest,
    Busy,
    FormFlaw,
    FormRefused,
    HeadersTooLarge,
    InvalidRequest,
    NoSuchAddress,
    QuotaOf,
    QuotaUsedUp,
    TooManyRequests,
    Unexpected,
    UploadCutShort,
    UploadGone,
    UploadNotKept,
    UploadTooSlow,
    WrongMediaType,
    WrongMethod,
    WrongOffset,
    WrongUploadVersion,
)
from cloister.errors.jails import (
    JailDied,
    JailFailed,
    JailLied,
    JailNotStarted,
    TimedOut,
    Why,
)
from cloister.errors.keys import (
    BadProvider,
    Expired,
    Harm,
    KeyAct,
    KeyGone,
    KeyProviderUnreachable,
    KeyRefused,
    KeysExist,
    KeysReadableByOthers,
    KeyStoreBusy,
    KeyStoreFailed,
    LevelLowered,
    NoKeys,
    NotOffered,
    PassphraseTooShort,
    ProviderSetting,
    SealedDataDamaged,
    WrongPassphrase,
)
from cloister.errors.logs import (
    Clock,
    ClockMoved,
    Flaw,
    LogBusy,
    LogDoesNotVerify,
    LogReadableByOthers,
    LogStopped,
    Mute,
    NotApproved,
    WitnessSilent,
)
from cloister.errors.places import (
    DiskFull,
    FileAccess,
    FolderNotFile,
    IsAFolder,
    NoPermission,
    NotFound,
    OutputExists,
    OutputIsAFolder,
)
from cloister.errors.policy import (
    BadPolicy,
    Contradiction,
    MissingKey,
    Misspelt,
    NotToml,
    UnknownKey,
    UnlistedName,
    Wanted,
    WrongValue,
)
from cloister.errors.refusal import (
    CloisterError,
    Fact,
)
from cloister.errors.reviews import (
    BadKey,
    Broken,
    ClaimRefuted,
    DoesNotVerify,
    Inconclusive,
    LeakFound,
    Overdue,
    ReviewFailed,
)
from cloister.errors.settings import (
    BadOutput,
    BadSettings,
    BadSettingsFile,
    Expected,
    FileFlaw,
    MissingPart,
    ModelTampered,
    NoSandbox,
    Refused,
    RefusesRoot,
    SecretInSetting,
    SettingsClash,
    SettingsNotToml,
    UnknownSetting,
    UnknownVariable,
    WrongNumber,
    WrongSetting,
)
from cloister.errors.sinks import NotDelivered, TargetFlaw, TargetRefused
from cloister.errors.vaults import (
    AboveLimit,
    BackupDamaged,
    BadBucket,
    BadDatabase,
    BlobsFailed,
    DatabaseFlaw,
    JobsLedElsewhere,
    KeysNotAllowed,
    NotAdmitted,
    NotAllowed,
    NotConfirmed,
    NotPlaced,
    NotRead,
    NoVault,
    OriginNotAllowed,
    OtherPolicy,
    PagesAboveLimit,
    PolicyChanged,
    RecordsDamaged,
    RecordsFailed,
    RecordsOutdated,
    RestoredSince,
    RunsUsedUp,
    TakenOver,
    TypeNotAllowed,
    UnknownDocument,
    VaultExists,
    VaultReadableByOthers,
)

__all__ = [
    "AboveLevel",
    "AboveLimit",
    "AccessDenied",
    "AccessUnsound",
    "AmbiguousLength",
    "BackupDamaged",
    "BadArguments",
    "BadBucket",
    "BadDatabase",
    "BadInput",
    "BadKey",
    "BadOutput",
    "BadPageRange",
    "BadPolicy",
    "BadProvider",
    "BadRequest",
    "BadSettings",
    "BadSettingsFile",
    "BadSignIn",
    "BlobsFailed",
    "Broken",
    "Busy",
    "ClaimRefuted",
    "Clock",
    "ClockMoved",
    "CloisterError",
    "Contradiction",
    "CrossSite",
    "Damaged",
    "DamagedPage",
    "DatabaseFlaw",
    "DiskFull",
    "DoesNotVerify",
    "EmptyFile",
    "Encrypted",
    "Expected",
    "Expired",
    "Fact",
    "FileAccess",
    "FileFlaw",
    "Flaw",
    "FolderNotFile",
    "FontMissing",
    "FormFlaw",
    "FormRefused",
    "Harm",
    "HeadersTooLarge",
    "Inconclusive",
    "InvalidRequest",
    "IsAFolder",
    "JailDied",
    "JailFailed",
    "JailLied",
    "JailNotStarted",
    "JobsLedElsewhere",
    "KeyAct",
    "KeyGone",
    "KeyProviderUnreachable",
    "KeyRefused",
    "KeyStoreBusy",
    "KeyStoreFailed",
    "KeysExist",
    "KeysNotAllowed",
    "KeysReadableByOthers",
    "LeakFound",
    "LevelLowered",
    "LogBusy",
    "LogDoesNotVerify",
    "LogReadableByOthers",
    "LogStopped",
    "MissingKey",
    "MissingPart",
    "Misspelt",
    "ModelTampered",
    "Mute",
    "NoKeys",
    "NoPages",
    "NoPermission",
    "NoProgram",
    "NoRole",
    "NoSandbox",
    "NoSlot",
    "NoSuchAddress",
    "NoVault",
    "NotADocument",
    "NotAFolder",
    "NotAdmitted",
    "NotAllowed",
    "NotApproved",
    "NotConfirmed",
    "NotDelivered",
    "NotForATerminal",
    "NotFound",
    "NotOffered",
    "NotPlaced",
    "NotRead",
    "NotToml",
    "NothingToRead",
    "OneOutput",
    "OriginNotAllowed",
    "OtherPolicy",
    "OutputExists",
    "OutputIsAFolder",
    "Overdue",
    "PageTooLarge",
    "PagesAboveLimit",
    "PassphraseTooShort",
    "PolicyChanged",
    "ProviderFlaw",
    "ProviderSetting",
    "ProviderUnreachable",
    "QuotaOf",
    "QuotaUsedUp",
    "RecordsDamaged",
    "RecordsFailed",
    "RecordsOutdated",
    "Refused",
    "RefusesRoot",
    "RestoredSince",
    "ReviewFailed",
    "RunsUsedUp",
    "SamePlace",
    "SealedDataDamaged",
    "SecretInSetting",
    "ServiceKeyNotAllowed",
    "SettingsClash",
    "SettingsNotToml",
    "SignInFlaw",
    "SignInRefused",
    "SignInSetting",
    "SignedDocument",
    "TakenOver",
    "TargetFlaw",
    "TargetRefused",
    "TimedOut",
    "TokenRefused",
    "TooLarge",
    "TooManyPages",
    "TooManyRequests",
    "TypeNotAllowed",
    "Unexpected",
    "UnknownDocument",
    "UnknownFormat",
    "UnknownKey",
    "UnknownLanguage",
    "UnknownServiceKey",
    "UnknownSetting",
    "UnknownVariable",
    "UnlistedName",
    "UnreadableLanguage",
    "UnreadableScript",
    "UploadCutShort",
    "UploadGone",
    "UploadNotKept",
    "UploadTooSlow",
    "VaultExists",
    "VaultReadableByOthers",
    "Wanted",
    "Why",
    "WitnessSilent",
    "WrongMediaType",
    "WrongMethod",
    "WrongNumber",
    "WrongOffset",
    "WrongPassphrase",
    "WrongPassword",
    "WrongSetting",
    "WrongUploadVersion",
    "WrongValue",
]
