"""All guesses of the emulator: what no source tells. Each can be changed while it runs.

The integration must work with either reading; tests try both.
"""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Inferred:
    """How the real cloud probably behaves. Durations are seconds at speed 1."""

    # From the end of a recording to its file (linkvisual-api.md section 11: no figure is published).
    upload_delay: float = 6.0
    # RecordDuration includes the pre-recording (section 17, row 1: the how-to page says it does not).
    pre_record_included: bool = True
    # A file of a split recording is there before the whole recording has ended.
    split_files_appear_early: bool = False
    # TriggerRecord without cloud storage is refused. Else: accepted, and there never is a file.
    refuse_without_storage: bool = True
    no_storage: tuple[str, str] = ("400", "No storage quota.")
    # A RecordId that is not known (yet): an empty list. Else refused.
    unknown_record_is_empty: bool = True
    unknown_record: tuple[str, str] = ("400", "Record not exist.")
    # A number outside of a range that only the documentation knows.
    out_of_range: tuple[str, str] = ("460", "InvalidParameter")
    # A success of Iot carries "Code": "" (section 4: recalled). Else no Code.
    empty_code_on_success: bool = True
    # Times without a zone, in hours east of Greenwich (section 9).
    text_time_zone: int = 8
    # A live address that nobody asks for dies (section 13: stated for local playback).
    live_idle_timeout: float = 20.0
    # Operations without a published limit of calls per second.
    default_qps: int = 200
    # Limits per operation that differ from the published ones, for tests of pacing.
    qps: dict[str, int] = field(default_factory=dict)
