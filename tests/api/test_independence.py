"""The client stands on its own."""

import ast
from pathlib import Path

from custom_components.linkvisual import api


def test_knows_nothing_of_home_assistant() -> None:
    """Nothing of `api/` imports Home Assistant, nor anything of the integration above it."""
    for file in Path(api.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level <= 1, file
                names = [node.module or ""] if node.level == 0 else []
            else:
                continue
            assert not [
                name
                for name in names
                if name.startswith(("homeassistant", "custom_components"))
            ], file
