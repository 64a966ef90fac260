"""Find texts that do not belong in a public repository: addresses of package registries, paths of one machine."""

from pathlib import Path
import re
import subprocess
import sys

FORBIDDEN = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org|/(?:home|root|work)/[a-z]"
)


def main() -> int:
    """Print every hit; return 1 if there is one."""
    files = subprocess.run(
        ["git", "ls-files", "-z"], check=True, capture_output=True, text=True
    ).stdout.split("\0")
    hits = 0
    for name in filter(None, files):
        path = Path(name)
        if path == Path("script/lib/check_texts.py") or not path.is_file():
            continue
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, start=1):
            if found := FORBIDDEN.search(line):
                print(f"{name}:{number}: {found[0]}")
                hits += 1
    return int(hits > 0)


if __name__ == "__main__":
    sys.exit(main())
