"""Print the requirements of the components that a real Home Assistant instance loads.

The test plugin and `pip install homeassistant` leave these out; Home Assistant would install them while it
starts. Usage: components.py SITE_PACKAGES COMPONENT...
"""

import json
from pathlib import Path
import sys


def requirements(components: Path, domains: list[str]) -> set[str]:
    """Return the pinned requirements of the domains and of all they depend on."""
    found: set[str] = set()
    todo, seen = list(domains), set[str]()
    while todo:
        if (domain := todo.pop()) in seen:
            continue
        seen.add(domain)
        manifest = json.loads((components / domain / "manifest.json").read_text())
        todo += manifest.get("dependencies", [])
        found.update(manifest.get("requirements", []))
    return found


if __name__ == "__main__":
    site_packages, *names = sys.argv[1:]
    root = Path(site_packages) / "homeassistant" / "components"
    print("\n".join(sorted(requirements(root, names))))
