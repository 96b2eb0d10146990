"""The one place that acts: what the vault does, in the order in which it has to be done.

`vault` makes and finds the folder; `opened.Desk` is what every act stands on, and its `turn` is one act's time alone
with the vault: clock, policy and sweep come first. Then one module an act: `submit`, `reading`, `fetch`, `delete`,
`looking`, `custody`; `shredding` is what they share with the sweep.

Every act is an event in the log before it is done. A new document has its keys first, then its sealed blob, then the
one transaction that makes it kept; whatever a crash leaves before that is an orphan, and the next turn's sweep removes
it. What ends loses its key first.
"""
