#!/usr/bin/env python3
"""Every path of the reference vectors through lib/x509 and through OpenSSL's verifier: where their
verdicts differ, doc/x509.md lists the path and says why. Usage: test_check_paths_openssl.py
CHECK_PATHS CHECK_PATHS_OPENSSL VERSION."""
import sys

import judged

# Verdicts and their words are those of one series.
SERIES = "3.0."


def main():
    ours, theirs, version = sys.argv[1:]
    files = judged.files()
    if files is None:
        print("skipped: there are no reference vectors; see IKE2_VECTORS")
        return 77
    if not version.startswith(SERIES):
        print(f"skipped: the differences are those to OpenSSL {SERIES}x, and this is {version}")
        return 77
    pairs = list(zip(judged.judge(ours, files), judged.judge(theirs, files), strict=True))
    findings = [f"{a.name} is compared with {b.name}" for a, b in pairs if a.name != b.name]
    findings += [f"{a.name} is valid, but accepted by OpenSSL alone" for a, b in pairs
                 if a.is_valid and b.is_accepted and not a.is_accepted]
    findings += [f"{a.name} is invalid, but refused by OpenSSL alone" for a, b in pairs
                 if not a.is_valid and a.is_accepted and not b.is_accepted]
    findings += judged.check_reasons("Accepted by OpenSSL alone",
                                     {a.name: a.reason for a, b in pairs
                                      if b.is_accepted and not a.is_accepted})
    findings += judged.check_reasons("Refused by OpenSSL alone",
                                     {a.name: b.reason for a, b in pairs
                                      if a.is_accepted and not b.is_accepted})
    print("\n".join(findings) or f"{len(pairs)} paths")
    return 1 if findings else 0


sys.exit(main())
