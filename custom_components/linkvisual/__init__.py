"""The Alibaba Cloud LinkVisual integration."""

from functools import partial

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HassJob, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.typing import ConfigType
from homeassistant.setup import async_when_setup

from .alarms.health import PushHealth
from .alarms.manager import Alarms
from .alarms.push import Push
from .api.meter import Budget
from .archive.manager import Archive
from .archive.saver import Saver
from .cards import async_setup_cards
from .const import (
    ATTR_RECORD_DURATION,
    ATTR_STREAM_TYPE,
    CONF_CALLS_PER_HOUR,
    CONF_ENDPOINT,
    CONF_LIVE_PROTOCOL,
    CONF_POLL_ALARMS,
    CONF_PUSH,
    DEFAULT_CALLS_PER_HOUR,
    DEFAULT_POLL_ALARMS,
    DOMAIN,
    PLATFORMS,
)
from .coordinator import LinkVisualCoordinator
from .data import LinkVisualConfigEntry, LinkVisualData, make_client
from .entity import async_wait_for_entities
from .exports.manager import Exports
from .issues import Issues
from .media.annotations import Annotations
from .media.calendar import RecordingCalendar
from .media.client import MediaClient
from .media.library import Library
from .media.live import LiveProtocol, LiveStreams
from .media.pictures import Pictures
from .media.playback import Playback
from .media.saved_clips import SavedClips
from .media.timeline import Timeline
from .plans.cameras import CameraPlans
from .plans.manager import Plans
from .poller import Poller, PollJob
from .properties.manager import Properties
from .recordings.incidents import INCIDENTS, Incidents
from .recordings.manager import Recordings
from .recordings.settings import CameraSettings, RecordSettings
from .services import async_setup_services
from .views import async_register_views
from .websocket_api import async_register_commands

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up the incidents, actions, views, commands, cards and sentences."""
    incidents = hass.data[INCIDENTS] = Incidents(hass)
    await incidents.async_load()
    hass.async_add_shutdown_job(HassJob(incidents.async_told))
    async_setup_services(hass)
    async_register_views(hass)
    async_register_commands(hass)
    async_when_setup(hass, "frontend", async_setup_cards)
    async_when_setup(hass, "conversation", _async_setup_voice)
    return True


async def _async_setup_voice(hass: HomeAssistant, component: str) -> None:
    """Set up the sentence triggers, whose dependencies come with `conversation`."""
    module = await async_import_module(hass, f"{__package__}.assist.sentence_triggers")
    module.SentenceTriggers(hass).async_listen()


async def async_setup_entry(hass: HomeAssistant, entry: LinkVisualConfigEntry) -> bool:
    """Set up a config entry."""
    data = entry.runtime_data = await _async_make_data(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    # Events that are sent before their entity exists would be lost.
    await async_wait_for_entities(hass, entry)
    Issues(
        hass,
        entry,
        data.client.meter,
        data.coordinator,
        data.push_health,
        data.archive,
        data.plans,
    ).async_start()
    # The coordinator polls only with a listener: an account without cameras may get some.
    entry.async_on_unload(
        data.coordinator.async_add_listener(partial(_update_cameras, data))
    )
    # After automations are set up: they would miss recordings that became ready during the restart.
    entry.async_on_unload(async_at_started(hass, partial(_start, data)))
    shutdown_jobs = [data.recordings.async_shut_down, data.archive.async_unload]
    if data.alarms:
        shutdown_jobs.append(data.alarms.async_shut_down)
    for shut_down in shutdown_jobs:
        entry.async_on_unload(hass.async_add_shutdown_job(HassJob(shut_down)))
    return True


async def _async_make_data(
    hass: HomeAssistant, entry: LinkVisualConfigEntry
) -> LinkVisualData:
    """Query the cameras, and load what is stored of them."""
    client = make_client(hass, entry.data)
    budget = Budget(
        client.meter, entry.options.get(CONF_CALLS_PER_HOUR, DEFAULT_CALLS_PER_HOUR)
    )
    coordinator = LinkVisualCoordinator(hass, entry, client, budget)
    settings = CameraSettings(hass, entry.entry_id, _default_settings(entry))
    recordings = Recordings(hass, entry, client, coordinator, hass.data[INCIDENTS])
    await coordinator.async_config_entry_first_refresh()
    await settings.async_load()
    settings.add_cameras(coordinator.data)
    await recordings.async_load()
    saved_clips = SavedClips(hass, entry.entry_id)
    await saved_clips.async_load()
    annotations = Annotations(hass, entry.entry_id, coordinator.days_kept, client.now)
    await annotations.async_load()
    properties = Properties(hass, entry, client, coordinator)
    media = _media_client(hass, entry)
    exports = Exports(hass, entry, client, media)
    await exports.async_load()
    library = Library(client)
    playback = Playback(media, entry.entry_id, client)
    archive = Archive(
        hass,
        entry,
        coordinator,
        library,
        Saver(hass, coordinator, library, playback, budget),
        client.now,
        recordings.unfinished,
    )
    await archive.async_load()
    archive.async_listen()
    camera_plans = CameraPlans(hass, entry.entry_id, client)
    plans = Plans(hass, entry, client, coordinator, budget, camera_plans.async_refresh)
    await plans.async_load()
    pictures = Pictures(hass, entry, client, media)
    push_health = PushHealth(coordinator, budget)
    alarms: Alarms | None = None
    push: Push | None = None
    is_pushed = entry.options.get(CONF_PUSH, False)
    if is_pushed or entry.options.get(CONF_POLL_ALARMS, DEFAULT_POLL_ALARMS):
        alarms = Alarms(
            hass, entry.entry_id, client, recordings.is_running, push_health
        )
        await alarms.async_load()
        if is_pushed:
            report = properties.async_report
            push = Push(hass, entry, client, coordinator, alarms, push_health, report)
    jobs = [
        *(_alarm_jobs(alarms) if alarms else ()),
        PollJob("settings", properties.async_refresh, properties.poll_interval),
        PollJob("record_plans", camera_plans.async_poll, camera_plans.poll_interval),
        PollJob(
            "last_recording",
            recordings.newest.async_poll,
            recordings.newest.poll_interval,
        ),
        PollJob(
            "last_pictures", pictures.newest.async_poll, pictures.newest.poll_interval
        ),
    ]
    if archive.jobs:
        jobs.append(
            PollJob(
                "archive",
                archive.async_poll,
                archive.poll_interval,
                is_reserved=False,
            )
        )
    protocol = LiveProtocol(entry.options.get(CONF_LIVE_PROTOCOL, LiveProtocol.AUTO))
    return LinkVisualData(
        alarms=alarms,
        annotations=annotations,
        archive=archive,
        budget=budget,
        client=client,
        coordinator=coordinator,
        calendar=RecordingCalendar(client),
        camera_plans=camera_plans,
        exports=exports,
        library=library,
        live=LiveStreams(hass, entry.entry_id, client, media, protocol),
        media=media,
        pictures=pictures,
        plans=plans,
        playback=playback,
        poller=Poller(hass, entry, coordinator, budget, jobs),
        push=push,
        push_health=push_health,
        recordings=recordings,
        saved_clips=saved_clips,
        settings=settings,
        properties=properties,
        timeline=Timeline(client, library),
    )


def _alarm_jobs(alarms: Alarms) -> tuple[PollJob, ...]:
    clips = alarms.clips
    return (
        PollJob("alarms", alarms.async_poll, alarms.poll_interval),
        PollJob("alarm_recordings", clips.async_poll, clips.poll_interval),
    )


@callback
def _update_cameras(data: LinkVisualData) -> None:
    """Add new cameras to what is stored, and remove those that are gone."""
    is_gone = data.coordinator.is_gone
    data.settings.add_cameras(data.coordinator.data)
    data.settings.forget_cameras(is_gone)
    data.annotations.forget_cameras(is_gone)
    data.archive.async_follow_cameras()
    if data.alarms:
        data.alarms.forget_cameras(is_gone)


@callback
def _start(data: LinkVisualData, _hass: HomeAssistant) -> None:
    """Go on with what was begun, and start polling."""
    data.recordings.async_follow()
    data.exports.async_resume()
    data.archive.async_start()
    data.plans.async_start()
    data.poller.async_start()
    if data.push:
        data.push.async_start()


def _default_settings(entry: LinkVisualConfigEntry) -> RecordSettings:
    """Return the options for new cameras."""
    names = (ATTR_RECORD_DURATION, ATTR_STREAM_TYPE)
    return RecordSettings().changed(
        {name: entry.options[name] for name in names if name in entry.options}
    )


@callback
def _media_client(hass: HomeAssistant, entry: LinkVisualConfigEntry) -> MediaClient:
    """Return a client that is closed with the entry, or with Home Assistant."""
    media = MediaClient(hass, entry.data.get(CONF_ENDPOINT))

    async def close(_event: Event) -> None:
        await media.async_close()

    entry.async_on_unload(media.async_close)
    entry.async_on_unload(hass.bus.async_listen(EVENT_HOMEASSISTANT_CLOSE, close))
    return media


async def async_unload_entry(hass: HomeAssistant, entry: LinkVisualConfigEntry) -> bool:
    """Unload a config entry."""
    if alarms := entry.runtime_data.alarms:
        alarms.async_stop()
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        entry.runtime_data.recordings.async_unload()
        await entry.runtime_data.settings.async_unload()
        await entry.runtime_data.annotations.async_unload()
        if alarms:
            await alarms.async_unload()
        await entry.runtime_data.archive.async_unload()
    return unloaded


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: LinkVisualConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Return whether a user may delete a device: a camera that is no longer listed.

    Deleted cameras go by themselves, unless the list could not be read to its end.
    """
    if entry.state is not ConfigEntryState.LOADED:
        return False
    known = {*entry.subentries}
    return not any(
        domain == DOMAIN
        and (each in known or entry.runtime_data.coordinator.is_listed(each))
        for domain, each in device.identifiers
    )


async def async_remove_entry(hass: HomeAssistant, entry: LinkVisualConfigEntry) -> None:
    """Remove the stored data of a config entry, and abort its open dialogs."""
    _abort_flows(hass, entry)
    Issues.async_forget(hass, entry.entry_id)
    await Recordings.async_forget(hass, entry.entry_id)
    # An entry that was never set up since the start has no incidents, except on disk: they end with the next start.
    if incidents := hass.data.get(INCIDENTS):
        await incidents.async_forget_entry(entry.entry_id)
    await CameraSettings.async_forget(hass, entry.entry_id)
    await SavedClips.async_forget(hass, entry.entry_id)
    await Exports.async_forget(hass, entry.entry_id)
    await Annotations.async_forget(hass, entry.entry_id)
    await Alarms.async_forget(hass, entry.entry_id)
    await Archive.async_forget(hass, entry.entry_id)
    await Plans.async_forget(hass, entry.entry_id, make_client(hass, entry.data))


@callback
def _abort_flows(hass: HomeAssistant, entry: LinkVisualConfigEntry) -> None:
    """Abort the dialogs of an entry, whose next step would fail. Home Assistant itself aborts reauthentication only."""
    entries, entry_id = hass.config_entries, entry.entry_id
    context = {"source": SOURCE_RECONFIGURE, "entry_id": entry_id}
    for manager, flows in (
        (
            entries.flow,
            entries.flow.async_progress_by_handler(DOMAIN, match_context=context),
        ),
        (entries.options, entries.options.async_progress_by_handler(entry_id)),
        (
            entries.subentries,
            [
                flow
                for flow in entries.subentries.async_progress()
                if flow["handler"][0] == entry_id
            ],
        ),
    ):
        for flow in flows:
            manager.async_abort(flow["flow_id"])
