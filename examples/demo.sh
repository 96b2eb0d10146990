#!/bin/sh
# Reads the documents in examples/, shows what they say, and what was and was not touched.
# Writes into out/demo (or the folder named by the first argument) and nowhere else.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-out/demo}
rm -rf "$out"
mkdir -p "$out/home" "$out/text"
out=$(cd "$out" && pwd)
(cd "$here" && sha256sum passport.png invoice.png letter.jpg form.png report.pdf) >"$out/sources"

# An empty environment and an empty home: whatever is left in it afterwards was put there by Cloister.
cloister() {
    env -i PATH="$PATH" HOME="$out/home" LANG=C.UTF-8 cloister "$@"
}
title() {
    printf '\n\033[1m%s\033[0m\n' "$1"
}
excerpt() { # the first lines of a text, or those that a pattern finds
    if [ -n "${3:-}" ]; then grep -E "$3" "$1" | head -n "$2"; else grep -v '^$' "$1" | head -n "$2"; fi | cut -c 1-100 | iconv -c -f UTF-8 -t UTF-8 | sed 's/^/    /'
}

title "Reading a passport, an invoice, a poor copy in two columns, a filled-in form and a scanned report"
begun=$(date +%s)
cloister read "$here/passport.png" "$here/invoice.png" "$here/letter.jpg" "$here/form.png" "$here/report.pdf" \
    -O "$out/text" -f txt --quiet
cloister read "$here/report.pdf" -o "$out/report-searchable.pdf" --quiet
ended=$(date +%s)

title "passport.png: the machine-readable zone"
excerpt "$out/text/passport.txt" 2 '^[A-Z0-9<]{30,}$'
title "invoice.png: the table"
excerpt "$out/text/invoice.txt" 5 '^[0-9P].* [0-9]+[.,][0-9]{2}$|^Pos'
title "letter.jpg: two columns, skewed, blotched"
excerpt "$out/text/letter.txt" 7
title "form.png: print and handwriting"
excerpt "$out/text/form.txt" 7
title "report.pdf: three scanned pages, now with a text layer in report-searchable.pdf"
excerpt "$out/text/report.txt" 5

title "What was touched"
echo "    7 pages of 5 documents, and 3 of them once more for the PDF, in $((ended - begun)) s, sandbox included."
(cd "$out" && find . -type f ! -name sources -exec ls -l {} + | awk '{sub(/^\.\//, "", $9); print "    wrote " $1 "  " $9 " (" $5 " bytes)"}')

title "What was not"
left=$(find "$out/home" -mindepth 1 | wc -l)
[ "$left" -eq 0 ] && echo "    The home folder that it had is still empty." || { echo "    It left $left files at home!"; exit 1; }
(cd "$here" && sha256sum --quiet --check "$out/sources") && echo "    The documents are unchanged, bit for bit."
echo "    No network: the command gives up all sockets before it begins, and cannot get them back."
cloister doctor | grep -i "sandbox" | sed 's/^/    /' || true
rm -rf "$out/home" "$out/sources"
