"""What tests of rendered documents share: is the document what this build has?"""
import difflib
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def check(name, written, begin="", end=""):
    """Findings; none if the document, or what is between its marks, equals what was written. With
    IKE2_DOC_UPDATE=1 the document is given it."""
    path = ROOT / name
    text = path.read_text() if path.exists() else begin + end
    before, rest = text.split(begin, 1) if begin else ("", text)
    documented, after = rest.split(end, 1) if end else (rest, "")
    if documented == written:
        return []
    if os.environ.get("IKE2_DOC_UPDATE"):
        path.write_text(before + begin + written + end + after)
        print(f"written: {name}")
        return []
    difference = difflib.unified_diff(documented.splitlines(), written.splitlines(),
                                      name, "this build", n=0, lineterm="")
    return [f"{name} is not what this build has; IKE2_DOC_UPDATE=1 before this command rewrites it",
            *difference]
