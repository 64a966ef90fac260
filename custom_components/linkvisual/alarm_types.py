"""Names of the cloud's alarm types: event types, options of triggers and keys of translations."""

# Numbers of linkvisual-api.md section 14. Some are synonyms; vendors use others.
_TYPES = {
    1: "motion",
    2: "sound",
    3: "human",
    4: "pet",
    5: "line_crossing",
    6: "area_intrusion",
    7: "fall",
    8: "face",
    9: "smile",
    10: "abnormal_sound",
    11: "crying",
    12: "laughter",
    10001: "illegal_parking",
    10002: "street_vending",
    10003: "motorbike",
    10004: "pedestrian",
    10005: "vehicle",
    10006: "vending_outside_shop",
    10007: "face_recognition",
    10008: "face",
    10009: "person_or_vehicle",
    10010: "lens_covered",
    10011: "camera_moved",
    10012: "key_area_occupied",
    11001: "area_intrusion",
    11002: "climbing",
    11003: "getting_up",
    11004: "off_post",
    11005: "loitering",
    11006: "line_crossing",
    11007: "wrong_direction",
    11008: "fast_movement",
    11009: "object_moved",
    11010: "object_left",
    11011: "crowd_density",
    11012: "crowd_gathering",
    11013: "crowd_dispersing",
    11014: "violent_motion",
    11015: "fall",
    11016: "child_tracking",
    11017: "mask",
    11018: "pet",
    12001: "bike_parking",
    12002: "rubbish",
    12003: "laundry",
    13001: "fire",
    13002: "fire_lane_blocked",
    13003: "smoking",
    14001: "passenger_flow",
}
OTHER = "other"
ALARM_TYPES = [*dict.fromkeys(_TYPES.values()), OTHER]


def alarm_type_name(number: int) -> str:
    """Return the name of an alarm type of the cloud; `other` for vendors' own."""
    return _TYPES.get(number, OTHER)


def alarm_type_numbers(name: str) -> list[int]:
    """Return the numbers of an alarm type: some have several."""
    return [number for number, each in _TYPES.items() if each == name]
