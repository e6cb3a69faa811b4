#!/usr/bin/env python3
"""Counts the tests of a directory of JUnit files and says why tests were skipped or failed.

The directory holds PRESET.xml of each ctest run, and `failed`, a list of what failed outside of
ctest, one a line. The last line printed is `N passed, N failed, N skipped`.
"""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def reason(case):
    """The line of its output that speaks of skipping, or the last one."""
    text = (case.findtext("system-out") or "").strip().splitlines() or ["no reason given"]
    return next((line for line in text if "skip" in line.lower()), text[-1])


def outcome(case):
    if case.get("status") == "run":
        return "passed"
    if case.get("status") == "notrun" and "SKIP_RETURN_CODE" in "".join(
            skipped.get("message") or "" for skipped in case.iter("skipped")):
        return "skipped"
    return "failed"


def main():
    directory = pathlib.Path(sys.argv[1])
    count = {"passed": 0, "failed": 0, "skipped": 0}
    print()
    for path in sorted(directory.glob("*.xml")):
        for case in ElementTree.parse(path).iter("testcase"):
            result = outcome(case)
            count[result] += 1
            if result == "skipped":
                print(f"skipped: {path.stem} {case.get('name')}: {reason(case)}")
            elif result == "failed":
                print(f"failed: {path.stem} {case.get('name')}")
    steps = directory / "failed"
    for line in steps.read_text().splitlines() if steps.exists() else []:
        count["failed"] += 1
        print(f"failed: {line}")

    print("{passed} passed, {failed} failed, {skipped} skipped".format(**count))
    return 0 if count["passed"] > 0 and count["failed"] == 0 else 1


sys.exit(main())
