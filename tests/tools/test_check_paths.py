#!/usr/bin/env python3
"""Every path of the reference vectors through check_paths: nothing that is invalid is accepted, and
what is valid and refused is in the list below, with its reason."""
import os
import pathlib
import subprocess
import sys

FILES = ["pkits/pkits.kv", "chain/boringssl_chain.kv", "chain/limbo_2023.kv",
         "crl/boringssl_crl.kv"]
# Valid, and refused all the same; doc/x509.md says why.
REFUSED = {
    "4.1.5 Valid DSA Parameter Inheritance Test5": "DSA is not provided",
    "intermediate-eku-mlsclientauth/mlsclientauth": "a critical extension of another application",
    "intermediate-eku-server-gated-crypto/sha1-eku-any": "SHA-1",
    "issuer-and-subject-not-byte-for-byte-equal/anchor": "SHA-1",
    "issuer-and-subject-not-byte-for-byte-equal/target": "SHA-1",
    "many-names/ok-all-types": "constraints of URIs that are no host names",
}
VALID = {"valid", "good"}


def main():
    vectors = os.environ.get("IKE2_VECTORS") or "../shared/vectors"
    files = [pathlib.Path(vectors) / "x509" / name for name in FILES]
    if not all(path.exists() for path in files):
        print("skipped: there are no reference vectors; see IKE2_VECTORS")
        return 77
    done = subprocess.run([sys.argv[1], *files], capture_output=True, text=True, check=False)
    print("\n".join(line for line in done.stdout.splitlines() if line.startswith("#")))
    rows = [line.split("\t") for line in done.stdout.splitlines() if not line.startswith("#")]
    wrong = [row for row in rows if row[1] == "accept" and row[3] not in VALID]
    refused = {row[0]: row for row in rows if row[1] == "reject" and row[3] in VALID}
    wrong += [row for name, row in refused.items() if name not in REFUSED]
    wrong += [[name, "is listed, and accepted"] for name in REFUSED if name not in refused]
    for row in wrong:
        print("\t".join(row))
    return 1 if wrong or done.returncode != 0 or not rows else 0


sys.exit(main())
