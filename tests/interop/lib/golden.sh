# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# What our program tells about a failure, against the text in golden/SCENARIO.ROLE.txt. mask.sed
# replaces what differs from run to run. IKE2_INTEROP_UPDATE=1 writes the texts anew.

check_golden()
{
    local wanted=$here/golden/$scenario.$role.txt

    "${program}_explanation" | sed -f "$here/golden/mask.sed" > "$work/explanation"
    if [ -n "${IKE2_INTEROP_UPDATE:-}" ]; then
        cp "$work/explanation" "$wanted"
    fi
    diff -u "$wanted" "$work/explanation" || fail "the explanation is another one"
    echo "  the explanation is the one in golden/$scenario.$role.txt"
}
