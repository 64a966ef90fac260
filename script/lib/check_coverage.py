"""Check the coverage that script/test has just measured, branches included.

The config flow, the options flow and the cloud client must be covered completely, the whole integration by at least 97 %, with or without
the conformance tests.
"""

from io import StringIO
import os
import sys

from coverage import Coverage

LIMITS = {
    "custom_components/linkvisual/archive_flow.py": 100.0,
    "custom_components/linkvisual/config_flow.py": 100.0,
    "custom_components/linkvisual/options_flow.py": 100.0,
    "custom_components/linkvisual/api/*": 100.0,
    "custom_components/linkvisual/*": 97.0,
}


def main() -> int:
    """Print each limit that is missed; return 1 if there is one."""
    coverage = Coverage(data_file=os.environ["COVERAGE_FILE"])
    coverage.load()
    missed = 0
    for pattern, limit in LIMITS.items():
        percent = coverage.report(include=[pattern], file=StringIO())
        if percent < limit:
            print(f"coverage of {pattern} is {percent:.2f} %, below {limit} %")
            missed = 1
    return missed


if __name__ == "__main__":
    sys.exit(main())
