#!/bin/sh
# readme_check.sh README EMBED_C: is the C block of the README the marked part of embed.c?
set -eu
in_readme=$(sed -n '/^```c$/,/^```$/{/^```/d;p;}' "$1")
in_source=$(sed -n '/^\/\* README begin \*\/$/,/^\/\* README end \*\/$/{/^\/\* README/d;p;}' "$2")
[ -n "$in_source" ] && [ "$in_readme" = "$in_source" ] || {
    echo "FAIL: the C block of $1 differs from the marked part of $2"
    exit 1
}
