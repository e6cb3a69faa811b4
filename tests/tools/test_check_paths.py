#!/usr/bin/env python3
"""Every path of the reference vectors through check_paths: nothing that is invalid is accepted, of
what is valid 95 % are in each suite, and doc/x509.md has the figures, and what is valid and
refused, with its reason."""
import sys

import judged

PERCENT = 95


def figures(rows):
    valid = [row for row in rows if row.is_valid]
    invalid = [row for row in rows if not row.is_valid]
    return [f"{sum(row.is_accepted for row in some)} of {len(some)}" for some in (valid, invalid)]


def too_few(suite, rows):
    valid = [row.is_accepted for row in rows if row.is_valid]
    if valid and 100 * sum(valid) >= PERCENT * len(valid):
        return []
    return [f"{suite}: {sum(valid)} of {len(valid)} valid ones are accepted"]


def main():
    files = judged.files()
    if files is None:
        print("skipped: there are no reference vectors; see IKE2_VECTORS")
        return 77
    rows = judged.judge(sys.argv[1], files)
    suites = {suite: [row for row in rows if row.suite == suite] for suite in judged.FILES}
    suites["all"] = rows
    findings = [f"{row.name} is invalid, and accepted" for row in rows
                if row.is_accepted and not row.is_valid]
    for suite, some in suites.items():
        findings += too_few(suite, some)
    findings += judged.check_figures("Reference vectors",
                                     {suite: figures(some) for suite, some in suites.items()})
    findings += judged.check_reasons("Valid, and refused",
                                     {row.name: row.reason for row in rows
                                      if row.is_valid and not row.is_accepted})
    print("\n".join(findings) or f"{len(rows)} paths")
    return 1 if findings else 0


sys.exit(main())
