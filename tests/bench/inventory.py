"""What this integration has registered, and an empty integration that registers the same. See `yardstick`."""

from collections.abc import Mapping
from dataclasses import dataclass
import json
from pathlib import Path
import shutil
from typing import Any, Self

from custom_components.linkvisual.const import DOMAIN

YARDSTICK = "yardstick"
_TEMPLATE = Path(__file__).with_name(YARDSTICK)
_PLATFORM = """\
from functools import partial

from .entities import async_add

async_setup_entry = partial(async_add, "{domain}")
"""
_DEVICE_FIELDS = (
    "manufacturer",
    "model",
    "model_id",
    "name",
    "serial_number",
    "sw_version",
)
_NAMES_OF_CAPABILITIES = {
    "min": "native_min_value",
    "max": "native_max_value",
    "step": "native_step",
}

type Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Inventory:
    """Rows of the registries' files; entities without a device, which are few, are left out."""

    devices: list[Row]
    entities: list[Row]

    @classmethod
    def read(cls, folder: Path, platform: str = DOMAIN) -> Self:
        """Read what an integration has registered. Home Assistant must have stopped: it writes late."""
        entities = [
            row
            for row in _rows(folder, "core.entity_registry", "entities")
            if row["platform"] == platform and row["device_id"]
        ]
        used = {row["device_id"] for row in entities}
        devices = _rows(folder, "core.device_registry", "devices")
        return cls([row for row in devices if row["id"] in used], entities)

    @property
    def disabled(self) -> int:
        """Number of disabled entities."""
        return sum(row["disabled_by"] is not None for row in self.entities)

    def enabled_only(self) -> Inventory:
        """Return it without the disabled entities."""
        return Inventory(
            self.devices, [row for row in self.entities if not row["disabled_by"]]
        )

    def signature(self) -> list[tuple[str, ...]]:
        """Return what must be the same for another integration to be compared."""
        names = ("unique_id", "original_name", "entity_category", "disabled_by")
        return sorted(
            (_domain(row), *(str(row[name]) for name in names)) for row in self.entities
        )

    def install(self, folder: Path) -> None:
        """Write an integration that registers the same into a configuration folder."""
        components = folder / "custom_components"
        target = components / YARDSTICK
        shutil.copytree(_TEMPLATE, target, ignore=shutil.ignore_patterns("__pycache__"))
        # A package, which comes before this repository's.
        (components / "__init__.py").touch()
        translations = Path("custom_components", DOMAIN, "translations", "en.json")
        entity = json.loads(translations.read_text())["entity"]
        (target / "translations").mkdir()
        (target / "translations" / "en.json").write_text(json.dumps({"entity": entity}))
        inventory = self._as_dict()
        (target / "inventory.json").write_text(json.dumps(inventory))
        for domain in inventory["entities"]:
            (target / f"{domain}.py").write_text(_PLATFORM.format(domain=domain))

    def _as_dict(self) -> dict[str, Any]:
        """Return what the empty integration reads."""
        identifiers = {row["id"]: row["identifiers"][0][1] for row in self.devices}
        kinds: dict[str, dict[str, Row]] = {}
        entities: dict[str, dict[str, list[str]]] = {}
        for row in self.entities:
            identifier = identifiers[row["device_id"]]
            domain = _domain(row)
            key = row["unique_id"].removeprefix(f"{identifier}_")
            kinds.setdefault(domain, {}).setdefault(key, _description(key, row))
            entities.setdefault(domain, {}).setdefault(identifier, []).append(key)
        return {
            "devices": {
                identifiers[row["id"]]: {name: row[name] for name in _DEVICE_FIELDS}
                for row in self.devices
            },
            "kinds": kinds,
            "entities": entities,
        }


def _rows(folder: Path, name: str, part: str) -> list[Row]:
    rows: list[Row] = json.loads((folder / ".storage" / name).read_text())["data"][part]
    return rows


def _domain(row: Mapping[str, Any]) -> str:
    return str(row["entity_id"].partition(".")[0])


def _description(key: str, row: Mapping[str, Any]) -> Row:
    """Return the fields of an entity's description."""
    fields = {
        "key": key,
        "entity_registry_enabled_default": row["disabled_by"] is None,
        "translation_key": row["translation_key"],
        "device_class": row["original_device_class"],
        "entity_category": row["entity_category"],
    }
    for name, value in (row["capabilities"] or {}).items():
        fields[_NAMES_OF_CAPABILITIES.get(name, name)] = value
    if row["unit_of_measurement"]:
        fields["native_unit_of_measurement"] = row["unit_of_measurement"]
    if row["original_name"] is None:
        fields["name"] = None
    return fields
