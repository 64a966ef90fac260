"""English."""

from .model import Language

ENGLISH = Language(
    code="en",
    parts={
        "PLEASE": "[please ][(can|could|would|will) you [please ]]",
        "THANKS": "[ for me][ [right ]now][ please]",
        "CAMERA": "[the |my |our ][camera (in|at|on|of|from) [the |my |our ]]NAME[ camera]",
        "FOR": "for TIME",
        "TIME": "({seconds} (second|seconds)|{minutes} (minute|minutes)|{hours} (hour|hours))",
    },
    record=(
        "PLEASE(record|film|start recording|start filming) [with |on |in |at |from ]CAMERA[ FOR]THANKS",
        "PLEASE(record|film) TIME (of|with|on|in|at|from) CAMERATHANKS",
        "PLEASE(start|begin|make|take|record|film) [a |the ][TIME ](recording|video|clip) (of|with|on|in|at|from) CAMERA[ FOR]THANKS",
        "PLEASE(have|let|make) CAMERA record[ FOR]THANKS",
        "PLEASE(start|begin|make) [a |the ]recording[ FOR]THANKS",
        "PLEASE(record|film) (something|[a ]video|[a ]clip|with [the |a |my ]camera)[ FOR]THANKS",
        "PLEASErecord FORTHANKS",
    ),
    stop=(
        "PLEASE(stop|end|cancel) [the |my ](recording|filming|video) [of |with |on |in |at |from ]CAMERATHANKS",
        "PLEASE(stop|end|cancel) CAMERA (recording|from recording)THANKS",
        "PLEASE(stop|end|cancel) [the |all ](recording|recordings|filming)THANKS",
    ),
    picture=(
        "PLEASE(take|make|capture|grab|snap|get)[ me] [a |the |another ](picture|photo|snapshot|image|shot) (of|with|on|in|at|from) CAMERATHANKS",
        "PLEASEphotograph CAMERATHANKS",
        "PLEASE(take|make|capture|grab|snap) [a |another ](picture|photo|snapshot)[ with [the |a |my ]camera]THANKS",
    ),
    named_in_area="NAME (in|at|on|of|from) [the |my |our ]AREA",
    all_cameras="(all [[of ](the|my|our) ]|both |every )(camera|cameras)",
    choose=(
        "[yes ][(it's|it is|i mean|i meant|use|take) ][the one ][(in|on|at|from|of|with) ]CAMERA[ one]THANKS",
    ),
    all_of_them="(all|both)[ of them]|everything|every one[ of them]",
    cancel=(
        "(never mind|nevermind|forget it|forget about it|cancel[ it|that]|none[ of them]|nothing|no|no thanks|no thank you|stop)[ please]",
    ),
    recording="Recording {camera} for {duration} seconds.",
    stopped="Stopped recording {camera}.",
    not_recording="{camera} is not recording.",
    none_recording="No camera is recording.",
    pictured="Took a picture with {camera}.",
    which="Which camera? {cameras}?",
    join=(", ", " or "),
    more="{cameras} and {count} more",
    in_area="{camera} in {area}",
    same_name="Several cameras are called {camera}. Give them different names or areas.",
    cancelled="OK, never mind.",
    not_exposed=(
        "No camera is exposed to Assist. Change it under Settings > Voice assistants > Expose."
    ),
    not_a_number="For how long? I did not understand {value}.",
    numbers={"a": 1, "an": 1, "half a": 0.5, "half an": 0.5, "one and a half": 1.5},
)
