#!/bin/sh
# Keeps a document in a vault of its own, fetches its text and deletes it: keep.sh CLOISTER INPUT OUTPUT.
# One command line for all that a vault does, so that `cloister review run` reviews it as any other tool.
# The vault stays, in OUTPUT.kept: a review looks for the document in it.
set -eu
umask 077
mkdir "$3.kept"
head -c 18 /dev/urandom | base64 >"$3.kept/passphrase"
export CLOISTER_VAULT="$3.kept/vault" CLOISTER_PASSPHRASE_FILE="$3.kept/passphrase"
"$1" init >/dev/null
id=$("$1" submit --kind contract "$2")
"$1" fetch "$id" -o "$3"
"$1" delete "$id" >/dev/null
