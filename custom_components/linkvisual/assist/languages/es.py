"""Spanish."""

from .model import Language

SPANISH = Language(
    code="es",
    parts={
        "PLEASE": "[por favor ][(puedes|podrías|puede|podría|quieres) ][por favor ]",
        "THANKS": "[ ahora][ por favor][ gracias]",
        "CAMERA": "[la |el |los |las |mi ][cámara [(de|del|de la|de el|en|en la|en el) ]]NAME",
        "OF": "(con|de|del|en|a|al|desde)",
        "FOR": "(durante|por) TIME",
        "TIME": "({seconds} (segundo|segundos)|{minutes} (minuto|minutos)|{hours} (hora|horas))",
        "FILM": "(graba|grabe|grabar|filma|filme|filmar)",
        "LAUNCH": "(inicia|inicie|iniciar|empieza|empiece|empezar|comienza|comience|comenzar)",
        "STOP": "(para|pare|parar|detén|deten|detenga|detener|termina|termine|terminar|deja|deje|dejar)",
        "TAKE": "(haz|hazme|haga|hacer|hacerme|toma|tómame|tome|tomar|saca|sácame|saque|sacar|captura|capturar)",
        "PICTURE": "una (foto|fotografía|imagen|captura)",
    },
    record=(
        "PLEASEFILM [OF ]CAMERA[ FOR]THANKS",
        "PLEASEFILM TIME OF CAMERATHANKS",
        "PLEASELAUNCH (la|una) grabación OF CAMERA[ FOR]THANKS",
        "PLEASELAUNCH a (grabar|filmar) [OF ]CAMERA[ FOR]THANKS",
        "PLEASE(FILM|TAKE) (un (vídeo|video)|una grabación) [de TIME ]OF CAMERA[ FOR]THANKS",
        "PLEASELAUNCH (la|una) grabación[ FOR]THANKS",
        "PLEASEFILM (con (la|una) cámara|algo|un (vídeo|video))[ FOR]THANKS",
        "PLEASE(LAUNCH a (grabar|filmar)|FILM FOR)THANKS",
    ),
    stop=(
        "PLEASESTOP [la ]grabación OF CAMERATHANKS",
        "PLEASESTOP de (grabar|filmar) [OF ]CAMERATHANKS",
        "PLEASESTOP ([la ]grabación|[todas ][las ]grabaciones|de grabar|de filmar)THANKS",
    ),
    picture=(
        "PLEASETAKE PICTURE OF CAMERATHANKS",
        "PLEASE(fotografía|fotografíe|fotografiar) [a ]CAMERATHANKS",
        "PLEASETAKE PICTURE[ con (la|una) cámara]THANKS",
    ),
    named_in_area="NAME (de|del|de la|en|en la|en el) AREA",
    all_cameras="(todas|ambas) [las |mis ]cámaras",
    choose=("[sí ][(es|quiero|mejor) ][(la|el) ][OF ]CAMERA[ por favor]",),
    all_of_them="todas[ ellas]|ambas|las dos|con todas|con las dos",
    cancel=(
        "(déjalo|déjelo|cancela|cancelar|cancele|olvídalo|ninguna|nada|no|no gracias|da igual)[ por favor]",
    ),
    recording="{camera} graba durante {duration} segundos.",
    stopped="Grabación de {camera} terminada.",
    not_recording="{camera} no está grabando.",
    none_recording="Ninguna cámara está grabando.",
    pictured="Instantánea tomada con {camera}.",
    which="¿Qué cámara? ¿{cameras}?",
    join=(", ", " o "),
    more="{cameras} y {count} más",
    in_area="{camera} ({area})",
    same_name="Varias cámaras se llaman {camera}. Dales nombres o áreas diferentes.",
    cancelled="De acuerdo, lo dejo.",
    not_exposed=(
        "Ninguna cámara está expuesta a Assist. "
        "Se cambia en Configuración > Asistentes de voz > Exponer."
    ),
    not_a_number="¿Durante cuánto tiempo? No he entendido {value}.",
    numbers={"un": 1, "una": 1, "medio": 0.5, "media": 0.5},
)
