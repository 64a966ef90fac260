"""Incidents: the recordings of one action, told together when the last one has ended. They survive restarts."""

import asyncio
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
import logging
from typing import Any, Self

from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import ulid
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..storage import IntegrationStore, stored_context, stored_text, stored_time
from .events import async_bus_data
from .models import FailureReason, Recording

_LOGGER = logging.getLogger(__name__)

INCIDENT_READY = f"{DOMAIN}_incident_ready"
STORE = "incidents"


class Outcome(StrEnum):
    """Outcome of a camera of an incident."""

    PENDING = "pending"  # not known yet
    READY = "ready"
    FAILED = "failed"  # the recording was, or may have been, accepted
    REFUSED = "refused"  # at the call


@dataclass(slots=True, kw_only=True)
class Member:
    """A camera of an incident, and its recording."""

    key: str  # of the recording
    entry_id: str
    entity_id: str
    name: str
    outcome: Outcome = Outcome.PENDING
    # The data of the recording's ready event, or camera, reason and message of a failure.
    data: dict[str, Any] = field(default_factory=dict)
    # Not stored: whether the action is still to report what became of it.
    in_call: bool = False

    def fail(self, outcome: Outcome, err: HomeAssistantError, reason: str) -> None:
        """Set a failure as the outcome."""
        self.outcome = outcome
        self.data = {"camera": self.entity_id, "reason": reason, "message": str(err)}

    def fail_recording(self, reason: FailureReason) -> None:
        """Set a failed recording as the outcome."""
        err = HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=f"recording_{reason.value}",
            translation_placeholders={"camera": self.name},
        )
        self.fail(Outcome.FAILED, err, reason.value)

    def as_dict(self) -> dict[str, Any]:
        """Return the member as stored."""
        return {
            "key": self.key,
            "entry_id": self.entry_id,
            "entity_id": self.entity_id,
            "name": self.name,
            "outcome": self.outcome.value,
            "data": self.data,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read a stored member. Raises KeyError, TypeError or ValueError if it is malformed."""
        return cls(
            key=stored_text(data["key"]),
            entry_id=stored_text(data["entry_id"]),
            entity_id=stored_text(data["entity_id"]),
            name=stored_text(data["name"]),
            outcome=Outcome(data["outcome"]),
            data=dict(data["data"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """The recordings of one action."""

    incident_id: str
    title: str
    started_at: datetime
    context: Context
    members: dict[str, Member]  # by the entity ID of the camera

    @property
    def has_ended(self) -> bool:
        """Whether the outcome of all cameras is known."""
        return Outcome.PENDING not in self._outcomes

    @property
    def is_refused(self) -> bool:
        """Whether all cameras refused at the call, which the action itself raises."""
        return self._outcomes == {Outcome.REFUSED}

    @property
    def _outcomes(self) -> set[Outcome]:
        return {member.outcome for member in self.members.values()}

    def _data_of(self, *outcomes: Outcome) -> list[dict[str, Any]]:
        return [each.data for each in self.members.values() if each.outcome in outcomes]

    def event_data(self) -> dict[str, Any]:
        """Return the data of the event."""
        return {
            "incident_id": self.incident_id,
            "title": self.title,
            "config_entry_ids": sorted(
                {member.entry_id for member in self.members.values()}
            ),
            "started_at": self.started_at.isoformat(timespec="seconds"),
            "recordings": self._data_of(Outcome.READY),
            "failed": self._data_of(Outcome.FAILED, Outcome.REFUSED),
        }

    def as_dict(self) -> dict[str, Any]:
        """Return the incident as stored."""
        return {
            "incident_id": self.incident_id,
            "title": self.title,
            "started_at": self.started_at.isoformat(),
            "context": {
                "id": self.context.id,
                "user_id": self.context.user_id,
                "parent_id": self.context.parent_id,
            },
            "members": [member.as_dict() for member in self.members.values()],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read a stored incident. Raises KeyError, TypeError or ValueError if it is malformed."""
        return cls(
            incident_id=stored_text(data["incident_id"]),
            title=stored_text(data["title"]),
            started_at=stored_time(data["started_at"]),
            context=stored_context(data["context"]),
            members={
                member.entity_id: member
                for member in map(Member.from_dict, data["members"])
            },
        )


class Incidents:
    """Incidents that have not ended, of all config entries: one may span several."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._store = IntegrationStore(hass, STORE)
        self._incidents: dict[str, Incident] = {}
        self._telling: set[asyncio.Task[None]] = set()

    async def async_load(self) -> None:
        """Load the incidents that had not ended when Home Assistant stopped."""
        rows = (await self._store.async_read()).get("incidents")
        for row in rows if isinstance(rows, list) else []:
            try:
                incident = Incident.from_dict(row)
            except (AttributeError, KeyError, TypeError, ValueError) as err:
                _LOGGER.warning("A stored incident cannot be read: %r", err)
                continue
            self._incidents[incident.incident_id] = incident
        entries = self._hass.config_entries
        for member in self._members():
            if entries.async_get_entry(member.entry_id) is None:
                self._fail_pending(member, FailureReason.DELETED)

    async def async_told(self) -> None:
        """Wait until all events were fired: Home Assistant waits for no task when it stops."""
        while self._telling:
            await asyncio.wait(self._telling)

    async def async_open(
        self,
        title: str,
        started_at: datetime,
        context: Context,
        members: list[Member],
    ) -> Incident:
        """Return a new incident, stored before any of its cameras is asked to record."""
        incident = Incident(
            incident_id=ulid.ulid_now(),
            title=title,
            started_at=started_at,
            context=context,
            members={member.entity_id: member for member in members},
        )
        self._incidents[incident.incident_id] = incident
        await self._commit()
        return incident

    @callback
    def async_join(self, member: Member, key: str) -> None:
        """Wait for a recording that was already running."""
        member.key = key
        self._hass.async_create_task(self._commit(), f"{DOMAIN} join incident")

    async def async_refuse(self, member: Member, err: HomeAssistantError) -> None:
        """Note why a camera does not record."""
        if member.outcome is not Outcome.PENDING:
            return
        member.fail(Outcome.REFUSED, err, err.translation_key or "unknown")
        await self._commit()
        self.async_tell_ended()

    async def async_recording_ended(self, entry_id: str, recording: Recording) -> None:
        """Note how a recording ended, if it is one of an incident."""
        # Another incident may join it while that is written.
        while members := [
            member
            for member in self._members()
            if member.key == recording.key and member.outcome is Outcome.PENDING
        ]:
            for member in members:
                if recording.reason is not None:
                    member.fail_recording(recording.reason)
                else:
                    member.outcome = Outcome.READY
                    member.data = async_bus_data(self._hass, entry_id, recording)
            await self._commit()

    @callback
    def async_entry_loaded(self, entry_id: str, unfinished: Collection[str]) -> None:
        """Compare the incidents with the keys of an entry's unfinished recordings, which may be older or newer."""
        for member in self._members():
            if member.entry_id != entry_id or member.in_call:
                continue
            if member.key not in unfinished:
                # Home Assistant ended before it asked the camera, or before it noted the refusal.
                self._fail_pending(member, FailureReason.REJECTED)
            elif member.outcome is not Outcome.PENDING:
                # It ended before the end was noted there: it will end again.
                member.outcome = Outcome.PENDING

    async def async_forget_entry(self, entry_id: str) -> None:
        """Wait no longer for the recordings of a removed config entry."""
        for member in self._members():
            if member.entry_id == entry_id:
                self._fail_pending(member, FailureReason.DELETED)
        await self._commit()
        self.async_tell_ended()
        await self.async_told()
        if not self._hass.config_entries.async_entries(DOMAIN):
            await self._store.async_remove()

    @callback
    def async_tell_ended(self) -> None:
        """Fire the event of each incident that has ended, once."""
        ended = [each for each in self._incidents.values() if each.has_ended]
        if not ended:
            return
        for incident in ended:
            del self._incidents[incident.incident_id]
        task = self._hass.async_create_task(self._tell(ended), f"{DOMAIN} incidents")
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell(self, ended: list[Incident]) -> None:
        await self._commit()
        for incident in ended:
            if not incident.is_refused:
                self._hass.bus.async_fire(
                    INCIDENT_READY, incident.event_data(), context=incident.context
                )

    def _members(self) -> Iterator[Member]:
        for incident in self._incidents.values():
            yield from incident.members.values()

    @staticmethod
    def _fail_pending(member: Member, reason: FailureReason) -> None:
        if member.outcome is Outcome.PENDING:
            member.fail_recording(reason)

    async def _commit(self) -> None:
        """Return when the incidents are on disk."""
        await self._store.async_commit(self._as_dict)

    def _as_dict(self) -> dict[str, Any]:
        return {"incidents": [each.as_dict() for each in self._incidents.values()]}


INCIDENTS: HassKey[Incidents] = HassKey(f"{DOMAIN}_incidents")
