"""German."""

from .model import Language

GERMAN = Language(
    code="de",
    parts={
        "IF_ASKED": "[bitte |ASKING ]",
        "ASKING": "((kannst|könntest|würdest|magst) du|(können|könnten|würden) Sie)[ mir][ bitte][ mal]",
        "BITTE": "[ mir][ bitte][ mal][ kurz]",
        "THANKS": "[ bitte]",
        "CAMERA": "[der |die |den |dem |das |meine |meiner ][Kamera OF [der |dem |den ]]NAME[[n|s][ |-]Kamera]",
        "PICTURE": "(ein (Foto|Bild)|einen (Schnappschuss|Snapshot))",
        "OF": "(mit|von|vom|in|im|an|am|auf|bei|beim|aus)",
        "FOR": "[für ]TIME[ lang]",
        "TIME": "({seconds} (Sekunde|Sekunden)|{minutes} (Minute|Minuten)|{hours} (Stunde|Stunden))",
    },
    record=(
        "[bitte ](nimm|nehme|zeichne|nehmen Sie|zeichnen Sie)BITTE [OF ]CAMERA[ FOR][ bitte] auf[ bitte]",
        "[bitte ](nimm|nehme|zeichne|nehmen Sie|zeichnen Sie)BITTE TIME[ lang] OF CAMERA[ bitte] auf[ bitte]",
        "[bitte ](filme|film|filmen Sie)BITTE [OF ]CAMERA[ FOR][ bitte]",
        "[bitte ](starte|beginne|mach|mache|starten Sie)BITTE [die |eine ](Aufnahme|Videoaufnahme) OF CAMERA[ FOR][ bitte]",
        "IF_ASKED[OF ]CAMERA[ FOR] (aufnehmen|aufzeichnen|filmen)[ bitte]",
        "IF_ASKEDTIME[ lang] OF CAMERA (aufnehmen|aufzeichnen|filmen)[ bitte]",
        "IF_ASKED[die |eine ](Aufnahme|Videoaufnahme) OF CAMERA[ FOR] (starten|beginnen|machen)[ bitte]",
        "[bitte ](starte|beginne|mach|mache|starten Sie)BITTE [die |eine ](Aufnahme|Videoaufnahme)[ für TIME][ bitte]",
        "[bitte ](nimm|nehme)BITTE (mit [der |einer ]Kamera|etwas|ein Video)[ FOR][ bitte] auf[ bitte]",
        "ASKING [(mit [der |einer ]Kamera|etwas|ein Video) ][für TIME ](aufnehmen|aufzeichnen|filmen)[ bitte]",
        "IF_ASKED[die |eine ](Aufnahme|Videoaufnahme) (starten|beginnen|machen)[ bitte]",
    ),
    stop=(
        "[bitte ](stoppe|stopp|stop|beende|stoppen Sie|beenden Sie)BITTE [die ](Aufnahme|Videoaufnahme) OF CAMERA[ bitte]",
        "[bitte ](stoppe|stopp|stop|beende|stoppen Sie|beenden Sie)BITTE [die ]NAME[[n|s][ |-]Kamera][n|s][ |-]Aufnahme[ bitte]",
        "IF_ASKED[die ](Aufnahme|Videoaufnahme) OF CAMERA (stoppen|beenden)[ bitte]",
        "[bitte ](hör|höre)BITTE auf [OF ]CAMERA (aufzunehmen|aufzuzeichnen|zu filmen)[ bitte]",
        "[bitte ](stoppe|stopp|stop|beende|stoppen Sie|beenden Sie)BITTE [die |alle ](Aufnahme|Aufnahmen)[ bitte]",
        "IF_ASKED[die |alle ](Aufnahme|Aufnahmen) (stoppen|beenden)[ bitte]",
        "[bitte ](hör|höre)BITTE auf (aufzunehmen|aufzuzeichnen|zu filmen)[ bitte]",
    ),
    picture=(
        "[bitte ](mach|mache|nimm|schieß|schieße|knips|knipse|machen Sie)BITTE PICTURE OF CAMERA[ bitte][ auf][ bitte]",
        "IF_ASKEDPICTURE OF CAMERA (machen|aufnehmen|schießen|knipsen)[ bitte]",
        "[bitte ](fotografiere|fotografier|knipse|knips|fotografieren Sie)BITTE CAMERA[ bitte]",
        "IF_ASKEDCAMERA (fotografieren|knipsen)[ bitte]",
        "[bitte ](mach|mache|knips|knipse|machen Sie)BITTE PICTURE[ mit [der |einer ]Kamera][ bitte]",
        "ASKING PICTURE[ mit [der |einer ]Kamera] (machen|aufnehmen|schießen|knipsen)[ bitte]",
    ),
    named_in_area="NAME OF [der |dem |den ]AREA",
    all_cameras="(alle|allen|beide|beiden) [der |den |meine |meinen ](Kameras|Kamera)",
    choose=(
        "[ja ][(ich meine|es ist|nimm) ][(die|der|den|das) ][OF ]CAMERA[ bitte]",
        "[ja ][die |der ]OF [der |dem |den ]NAME[ bitte]",
    ),
    all_of_them="alle[ zusammen]|[alle ]beide|(mit|von) (allen|beiden)",
    cancel=(
        "(vergiss es|egal|ist egal|schon gut|abbrechen|abbruch|brich ab|keine|keine davon|mit keiner|nichts|nein|nein danke|lass es|stopp)[ bitte]",
    ),
    recording="{camera} nimmt {duration} Sekunden lang auf.",
    stopped="Aufnahme von {camera} beendet.",
    not_recording="{camera} nimmt nicht auf.",
    none_recording="Keine Kamera nimmt auf.",
    pictured="{camera} hat ein Bild aufgenommen.",
    which="Welche Kamera? {cameras}?",
    join=(", ", " oder "),
    more="{cameras} und {count} weitere",
    in_area="{camera} ({area})",
    same_name="Mehrere Kameras heißen {camera}. Gib ihnen verschiedene Namen oder Bereiche.",
    cancelled="In Ordnung, ich lasse es.",
    not_exposed=(
        "Für Assist ist keine Kamera verfügbar. "
        "Das lässt sich unter Einstellungen > Sprachassistenten > Verfügbarkeit ändern."
    ),
    not_a_number="Wie lange? {value} habe ich nicht verstanden.",
    numbers={
        "einer": 1,
        "eine halbe": 0.5,
        "einer halben": 0.5,
        "eineinhalb": 1.5,
        "anderthalb": 1.5,
    },
)
