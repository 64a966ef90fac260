"""French."""

from .model import Language

FRENCH = Language(
    code="fr",
    parts={
        "PLEASE": "[s'il (te|vous) plaît ][ASKING ][s'il (te|vous) plaît ]",
        "ASKING": "(est-ce que tu (peux|pourrais)|est-ce que vous (pouvez|pourriez)|(peux|pourrais)[-| ]tu|(pouvez|pourriez)[-| ]vous|tu peux|vous pouvez|veuillez)[ me]",
        "THANKS": "[ maintenant][ s'il (te|vous) plaît][ merci]",
        "CAMERA": "[la |le |l'|les |ma |mon ][caméra [(de |du |de la |de l'|d'|dans |dans la |dans le |dans l')]]NAME",
        "OF": "(avec |dans |sur |à |au |de |du |des |d'|depuis )",
        "FOR": "(pendant|durant) TIME",
        "TIME": "({seconds} (seconde|secondes)|{minutes} (minute|minutes)|{hours} (heure|heures))",
        "FILM": "(enregistre|enregistrez|enregistrer|filme|filmez|filmer)",
        "LAUNCH": "(lance|lancez|lancer|démarre|démarrez|démarrer|commence|commencez|commencer)",
        "STOP": "(arrête|arrêtez|arrêter|stoppe|stoppez|stopper|termine|terminez|terminer)",
        "TAKE": "(prends|prenez|prendre|fais|faites|faire|capture|capturez|capturer)[-moi]",
    },
    record=(
        "PLEASEFILM [OF]CAMERA[ FOR]THANKS",
        "PLEASEFILM TIME OFCAMERATHANKS",
        "PLEASELAUNCH (l'|un |une )(enregistrement|vidéo) OFCAMERA[ FOR]THANKS",
        "PLEASELAUNCH à (enregistrer|filmer) [OF]CAMERA[ FOR]THANKS",
        "PLEASETAKE (une vidéo|un enregistrement) [de TIME ]OFCAMERA[ FOR]THANKS",
        "PLEASELAUNCH (l'|un )enregistrement[ FOR]THANKS",
        "PLEASEFILM (avec (la|une) caméra|quelque chose|une vidéo)[ FOR]THANKS",
        "PLEASEFILM FORTHANKS",
    ),
    stop=(
        "PLEASESTOP (l'enregistrement|la vidéo|d'enregistrer|de filmer) [OF]CAMERATHANKS",
        "PLEASESTOP (l'enregistrement|[tous ]les enregistrements|d'enregistrer|de filmer)THANKS",
    ),
    picture=(
        "PLEASETAKE (une (photo|image|capture)|un (cliché|instantané)) OFCAMERATHANKS",
        "PLEASE(photographie|photographiez|photographier) CAMERATHANKS",
        "PLEASETAKE (une photo|un cliché|un instantané)[ avec (la|une) caméra]THANKS",
    ),
    named_in_area="NAME (de |du |de la |de l'|dans |dans la |dans le |dans l')AREA",
    all_cameras="(toutes les|les deux) caméras",
    choose=(
        "[oui ][(c'est|je veux|plutôt) ][celle ][OF]CAMERA[ s'il (te|vous) plaît]",
    ),
    all_of_them="toutes[ les deux]|les deux|tout",
    cancel=(
        "(laisse tomber|laissez tomber|annule|annulez|annuler|aucune|rien|non|non merci|peu importe|oublie[ ça]|oubliez[ ça])",
    ),
    recording="{camera} enregistre pendant {duration} secondes.",
    stopped="Enregistrement de {camera} arrêté.",
    not_recording="{camera} n'enregistre pas.",
    none_recording="Aucune caméra n'enregistre.",
    pictured="Instantané pris avec {camera}.",
    which="Quelle caméra ? {cameras} ?",
    join=(", ", " ou "),
    more="{cameras} et {count} de plus",
    in_area="{camera} ({area})",
    same_name="Plusieurs caméras s'appellent {camera}. Donnez-leur des noms différents, ou placez-les dans des pièces différentes.",
    cancelled="D'accord, j'annule.",
    not_exposed=(
        "Aucune caméra n'est exposée à Assist. "
        "Cela se change sous Paramètres > Assistants vocaux > Exposer."
    ),
    not_a_number="Pendant combien de temps ? Je n'ai pas compris {value}.",
    numbers={"une demi": 0.5, "une": 1},
)
