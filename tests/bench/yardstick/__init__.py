"""An integration that does nothing but register devices and entities: what these cost in any case.

Copied into the configuration of a Home Assistant by `inventory.install`.
"""

import json
from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo

from .entities import Registered, description

DOMAIN = "yardstick"


def _load(path: Path) -> Registered:
    inventory = json.loads(path.read_text())
    return Registered(
        devices={
            identifier: DeviceInfo(identifiers={(DOMAIN, identifier)}, **fields)
            for identifier, fields in inventory["devices"].items()
        },
        descriptions={
            domain: {key: description(domain, fields) for key, fields in kinds.items()}
            for domain, kinds in inventory["kinds"].items()
        },
        entities=inventory["entities"],
    )


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry[Registered]
) -> bool:
    """Register all of the inventory."""
    path = Path(__file__).with_name("inventory.json")
    entry.runtime_data = await hass.async_add_executor_job(_load, path)
    await hass.config_entries.async_forward_entry_setups(
        entry, list(entry.runtime_data.entities)
    )
    return True
