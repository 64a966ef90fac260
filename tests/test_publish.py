"""What is published: one version everywhere, and a release only after all checks."""

from pathlib import Path
import re
import tomllib
from typing import Any

from homeassistant.util.json import json_loads_object
from homeassistant.util.yaml import parse_yaml
import pytest

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / ".github"
MANIFEST = json_loads_object(
    (ROOT / "custom_components" / "linkvisual" / "manifest.json").read_bytes()
)


def load(path: Path) -> Any:
    """Return a YAML file of GitHub's."""
    return parse_yaml(path.read_text())


def test_version() -> None:
    """The two places of the version agree; a tag is compared with one of them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == MANIFEST["version"]


@pytest.mark.parametrize("path", sorted((GITHUB / "workflows").iterdir()))
def test_permissions(path: Path) -> None:
    """Every job names what it may do, and only a release may write."""
    workflow = load(path)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        access = "write" if name == "release" else "read"
        assert job["permissions"] == {"contents": access}


def test_release() -> None:
    """A release comes after the tests and the validators, which run for the tag once."""
    jobs = load(GITHUB / "workflows" / "release.yml")["jobs"]
    needed = [jobs[name]["uses"] for name in jobs["release"]["needs"]]
    for uses in needed:
        text = (ROOT / uses).read_text()
        assert "workflow_call:" in text
        assert 'branches: ["**"]' in text
    assert {Path(uses).stem for uses in needed} == {"test", "validate"}


def test_bug_report() -> None:
    """A report comes with the diagnostics and the live-check report, from where the tools leave them."""
    text = (GITHUB / "ISSUE_TEMPLATE" / "bug.yml").read_text()
    required = {
        field["id"]
        for field in load(GITHUB / "ISSUE_TEMPLATE" / "bug.yml")["body"]
        if field.get("validations", {}).get("required")
    }
    assert {"diagnostics", "live-check", "version", "home-assistant"} <= required
    for tool in re.findall(r"`(script/[a-z-]+)`", text):
        assert (ROOT / tool).exists()


@pytest.mark.parametrize(
    "path", sorted((GITHUB / "ISSUE_TEMPLATE").iterdir()), ids=lambda path: path.name
)
def test_links(path: Path) -> None:
    """Links of the templates lead to the repository, and to headings that are there."""
    assert load(path)
    readme = (ROOT / "README.md").read_text()
    for link in re.findall(r"https://github\.com/[^\s)]+", path.read_text()):
        assert link.startswith(str(MANIFEST["documentation"]))
        if anchor := link.partition("#")[2]:
            assert f"(#{anchor})" in readme
