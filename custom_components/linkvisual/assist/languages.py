"""Sentences and answers of Assist, by language. Data only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """Sentences of a language in Home Assistant's template syntax, and answers.

    NAME is replaced by the names of cameras or areas. Error messages come from the translations.
    """

    code: str
    record: tuple[str, ...]
    record_any: tuple[str, ...]
    stop: tuple[str, ...]
    stop_any: tuple[str, ...]
    recording: str
    stopped: str
    not_recording: str
    which: str
    join: tuple[str, str]
    not_a_number: str
    one: tuple[str, ...] = ()  # words for 1 that are not numerals


_ENGLISH = Language(
    code="en",
    record=(
        "(record|start recording|film) [with |on |in ][the |my ]NAME[ camera]",
        "(record|start recording|film) [with |on |in ][the |my ]NAME[ camera] for {seconds} (second|seconds)",
        "(record|start recording|film) [with |on |in ][the |my ]NAME[ camera] for {minutes} (minute|minutes)",
        "(record|film) {seconds} (second|seconds) (of|with|on|in) [the |my ]NAME[ camera]",
        "(record|film) {minutes} (minute|minutes) (of|with|on|in) [the |my ]NAME[ camera]",
    ),
    record_any=("start [a ]recording", "record with [the |a |my ]camera"),
    stop=(
        "(stop|end) [the ]recording [of |with |on |in ][the |my ]NAME[ camera]",
        "(stop|end) [the |my ]NAME[ camera] recording",
    ),
    stop_any=("(stop|end) [the ]recording",),
    recording="Recording {camera} for {duration} seconds.",
    stopped="Stopped recording {camera}.",
    not_recording="{camera} is not recording.",
    which="Which camera: {cameras}?",
    join=(", ", " or "),
    not_a_number="For how long? I did not understand {value}.",
    one=("a",),
)
_GERMAN = Language(
    code="de",
    record=(
        "(nimm|nehme|zeichne) [mit |in ][der |die |den |dem |das ]NAME[[ |-]Kamera] auf",
        "(nimm|nehme|zeichne) [mit |in ][der |die |den |dem |das ]NAME[[ |-]Kamera] [für ]{seconds} (Sekunde|Sekunden) [lang ]auf",
        "(nimm|nehme|zeichne) [mit |in ][der |die |den |dem |das ]NAME[[ |-]Kamera] [für ]{minutes} (Minute|Minuten) [lang ]auf",
        "(nimm|nehme|zeichne) {seconds} (Sekunde|Sekunden) [lang ](mit|von|in) [der |die |den |dem |das ]NAME[[ |-]Kamera] auf",
        "(nimm|nehme|zeichne) {minutes} (Minute|Minuten) [lang ](mit|von|in) [der |die |den |dem |das ]NAME[[ |-]Kamera] auf",
        "(starte|beginne) [die |eine ]Aufnahme (mit|von|in|an) [der |die |den |dem |das ]NAME[[ |-]Kamera]",
    ),
    record_any=(
        "(starte|beginne) [die |eine ]Aufnahme",
        "(nimm|nehme) mit [der |einer ]Kamera auf",
    ),
    stop=(
        "(stoppe|stopp|stop|beende) [die ]Aufnahme (mit|von|in|an|bei) [der |die |den |dem |das ]NAME[[ |-]Kamera]",
        "(stoppe|stopp|stop|beende) [die ]NAME[[ |-]Kamera][ |-]Aufnahme",
    ),
    stop_any=("(stoppe|stopp|stop|beende) [die ]Aufnahme",),
    recording="{camera} nimmt {duration} Sekunden lang auf.",
    stopped="Aufnahme von {camera} beendet.",
    not_recording="{camera} nimmt nicht auf.",
    which="Welche Kamera: {cameras}?",
    join=(", ", " oder "),
    not_a_number="Wie lange? {value} habe ich nicht verstanden.",
)
_CHINESE = Language(
    code="zh-Hans",
    record=(
        "[请](录制|开始录制|录下|拍摄)[ ]NAME[ ][摄像头][的(画面|视频)]",
        "[请](录制|开始录制|录下|拍摄)[ ]NAME[ ][摄像头][ ]{seconds}[ ]秒[钟]",
        "[请](录制|开始录制|录下|拍摄)[ ]NAME[ ][摄像头][ ]{minutes}[ ]分[钟]",
        "[请][让|用][ ]NAME[ ][摄像头][ ][开始](录像|录制)",
        "[请][让|用][ ]NAME[ ][摄像头][ ][开始](录像|录制)[ ]{seconds}[ ]秒[钟]",
        "[请][让|用][ ]NAME[ ][摄像头][ ][开始](录像|录制)[ ]{minutes}[ ]分[钟]",
    ),
    record_any=("[请]开始(录像|录制)",),
    stop=(
        "[请](停止|结束)(录制|录像)[ ]NAME[ ][摄像头]",
        "[请](停止|结束)[ ]NAME[ ][摄像头][的](录制|录像)",
        "[请][让]NAME[ ][摄像头][ ](停止|结束)(录制|录像)",
    ),
    stop_any=("[请](停止|结束)(录像|录制)",),
    recording="{camera}开始录像，时长{duration}秒。",
    stopped="{camera}已停止录像。",
    not_recording="{camera}没有在录像。",
    which="哪个摄像头：{cameras}？",
    join=("、", "还是"),
    not_a_number="录多久？我没听懂“{value}”。",
)
_FRENCH = Language(
    code="fr",
    record=(
        "(enregistre|filme) [avec |dans |sur ][la |le |l'|les ][caméra [de |du |de la |de l']]NAME",
        "(enregistre|filme) [avec |dans |sur ][la |le |l'|les ][caméra [de |du |de la |de l']]NAME (pendant|durant) {seconds} (seconde|secondes)",
        "(enregistre|filme) [avec |dans |sur ][la |le |l'|les ][caméra [de |du |de la |de l']]NAME (pendant|durant) {minutes} (minute|minutes)",
        "(enregistre|filme) {seconds} (seconde|secondes) (avec |de |du |dans |sur )[la |le |l'|les ][caméra [de |du |de la |de l']]NAME",
        "(enregistre|filme) {minutes} (minute|minutes) (avec |de |du |dans |sur )[la |le |l'|les ][caméra [de |du |de la |de l']]NAME",
    ),
    record_any=(
        "(lance|démarre) (l'|un )enregistrement",
        "(enregistre|filme) avec (la|une) caméra",
    ),
    stop=(
        "(arrête|stoppe|termine) (l'enregistrement|d'enregistrer|de filmer) [de |du |avec |dans |sur ][la |le |l'|les ][caméra [de |du |de la |de l']]NAME",
    ),
    stop_any=("(arrête|stoppe|termine) (l'enregistrement|d'enregistrer|de filmer)",),
    recording="{camera} enregistre pendant {duration} secondes.",
    stopped="Enregistrement de {camera} arrêté.",
    not_recording="{camera} n'enregistre pas.",
    which="Quelle caméra : {cameras} ?",
    join=(", ", " ou "),
    not_a_number="Pendant combien de temps ? Je n'ai pas compris {value}.",
)
_SPANISH = Language(
    code="es",
    record=(
        "(graba|filma) [con |en ][la |el |los |las ][cámara [de |del |de la ]]NAME",
        "(graba|filma) [con |en ][la |el |los |las ][cámara [de |del |de la ]]NAME (durante|por) {seconds} (segundo|segundos)",
        "(graba|filma) [con |en ][la |el |los |las ][cámara [de |del |de la ]]NAME (durante|por) {minutes} (minuto|minutos)",
        "(graba|filma) {seconds} (segundo|segundos) (con|de|en) [la |el |los |las ][cámara [de |del |de la ]]NAME",
        "(graba|filma) {minutes} (minuto|minutos) (con|de|en) [la |el |los |las ][cámara [de |del |de la ]]NAME",
    ),
    record_any=(
        "(inicia|empieza|comienza) (la|una) grabación",
        "(graba|filma) con (la|una) cámara",
    ),
    stop=(
        "(para|detén|deten|termina) [la ]grabación (de|del|en|con) [la |el |los |las ][cámara [de |del |de la ]]NAME",
        "(para|deja|termina) de (grabar|filmar) [con |en ][la |el |los |las ][cámara [de |del |de la ]]NAME",
    ),
    stop_any=(
        "(para|detén|deten|termina) [la ]grabación",
        "(para|deja|termina) de (grabar|filmar)",
    ),
    recording="{camera} graba durante {duration} segundos.",
    stopped="Grabación de {camera} terminada.",
    not_recording="{camera} no está grabando.",
    which="¿Qué cámara: {cameras}?",
    join=(", ", " o "),
    not_a_number="¿Durante cuánto tiempo? No he entendido {value}.",
)

# The first one is the fallback.
LANGUAGES = {
    language.code: language
    for language in (_ENGLISH, _GERMAN, _CHINESE, _FRENCH, _SPANISH)
}
