"""The contradictions that a policy may not hold, each with its remedy. docs/policy.md lists them."""

from __future__ import annotations

from enum import Enum


class Clash(Enum):
    """What cannot be, and the remedy."""

    HIGH_TO_CLOUD = "documents of level high may not reach a cloud; leave cloud out here"
    HIGH_TO_HYBRID = "hybrid can send to a cloud, where documents of level high may not go; leave hybrid out here"
    LEVEL_PLACES_MORE = "a stricter level allows a placement that a laxer one does not; remove it here or add it there"
    LEVEL_KEEPS_LONGER = "a stricter level keeps this longer than a laxer one; shorten it here or lengthen it there"
    LEVEL_ROLES_MORE = "a stricter level gives this to a role that a laxer one does not; remove it here or add it there"
    LEVEL_KEYS_MORE = (
        "a stricter level allows keys where a laxer one does not; remove the provider here or add it there"
    )
    PLACEMENT_MISSING = "nothing says who reads there; add the table [placements] for it, or leave this placement out"
    PLACEMENT_KEEPS_LONGER = (
        "the provider keeps documents longer than a level that may be read there allows; "
        "get a shorter time, or leave this placement out of that level"
    )
    PROVIDER_READS_ABROAD = (
        "this kind may be read where its residency does not allow; "
        "name other placements for it, or add the country to its residency"
    )
    CLOUD_NOWHERE = "a cloud is in some country; say in which with residency"
    PAGES_OUTLIVE_SOURCE = "the pictures of pages show all of the source and outlive it; keep them no longer than it"
    MANAGER_READS = (
        "only submitters and readers may see content; "
        "take operators, custodians, auditors and policy owners out of this list"
    )
    MANAGER_SUBMITS = (
        "who manages does not submit; take operators, custodians, auditors and policy owners out of this list"
    )
    AUDITOR_ACTS = "an auditor looks and changes nothing; take the role out of this list"
    SHORTENS_UNSEEN = "this role may shorten retention and see nothing that it could shorten; add it to metadata"
    DELETES_UNSEEN = "this role may delete and see nothing that it could delete; add it to metadata"
    KIND_KEEPS_LONGER = "this kind keeps it longer than its level allows; shorten it here"
    KIND_PLACES_MORE = "this kind may be read where its level may not; leave the placement out here"
    KIND_BELOW_EVIDENCE = (
        "such evidence belongs to a more sensitive document; raise the level of this kind, or remove the evidence"
    )
    SINK_BELOW_KIND = "this sink is not cleared for this kind; leave it out here, or have the sink cleared"
    SINK_ABROAD = "this sink is where the kind may not be; leave it out here, or add the country to its residency"
    SINK_GETS_UNKEPT = (
        "a sink of this kind takes what is never kept, so no delivery could be tried again; "
        "keep it for a while, or let the sink take something else"
    )
    TEAM_CANNOT_READ = (
        "this kind names teams, and at its level no reader may read; add reader to the level, or leave teams out"
    )
    RUNS_BELOW_RETRIES = (
        "a document may be read less often than a failed reading is tried again; raise runs or lower retries"
    )
    LINKS_SWITCHED_OFF = (
        "documents come by link from here, and links live no time; set link_expires, or choose another way"
    )
    LINK_LIVES_LONG = "an upload link lives at most 24h; shorten it"
    UNFINISHED_LIVES_LONG = "what was sent of an upload that stopped is kept at most 24h; shorten it"
    ORIGIN_UNREACHED = (
        "nobody elsewhere can send to this machine without a network; name networks, or set by to command"
    )
    COMMAND_OVER_NETWORK = (
        "the command reads on this machine and has no network; leave networks out, or choose another way"
    )
    NETWORK_EVERYWHERE = (
        "this range holds all addresses there are, so it restricts nothing; name the ranges that are meant"
    )
    REVIEW_NEVER = "a review is due at least every 366 days and at most every day; set an interval between them"
    REVIEW_UNSIGNED = "a review without anybody who signed it off is none; name them in approved_by"
    REVIEW_UNDATED = "somebody signed off a review that has no day; set last"
    REVIEW_TO_COME = "the last review lies in the future; correct the day"
    HISTORY_OUTLIVES_EVENTS = (
        "the history of jobs outlives the events that it is made of; shorten history, or lengthen keep"
    )
    STALE_BEFORE_TIMEOUT = "a job raises an alarm before its time is up; let stale be at least timeout"
    SWEEP_TOO_SELDOM = "what is due is shredded at least every hour, and not without pause; set sweep to 1s to 1h"
    KEPT_UNDER_SWEEP = "this ends sooner than it is swept, so it would be kept longer than it says; shorten sweep"
    READS_NO_TIME = "a reading has no time at all; set timeout"
    KEYS_LIVE_LONG = "a key is used at least a day and at most 366 days; set rotate between them"
    SERVICE_KEYS_LIVE_LONG = "a service account's key lives at most 366 days; shorten it"
