"""The audit log: what happened, kept so that a change of it is noticed by whoever holds an earlier checkpoint.

`log.Log` writes, one process at a time; `held.read` reads and checks; `receipt.receipt` gives proofs to whoever the
events are about; `witness.ask` has somebody outside sign; `approvals.require` says whether a policy was approved;
`export.export` and `verify_log` are for whoever trusts none of this.
"""
