"""Linkvisual: time templates, the weeks that plans follow. Source: linkvisual-api.md section 20.1."""

from collections.abc import Iterable
import re

from .cloud import Cloud
from .operations import Params
from .plans import WHOLE_WEEK, Section, Template
from .refusals import ServiceRefusal
from .services import Fields, Origin, counted_page_of, listed, number, refusal, service

_NAME = re.compile(r"[\w@.:-]{1,47}")


def new_name(cloud: Cloud, params: Params, taken: Iterable[str]) -> str:
    """Return the name of a template or a plan, or refuse."""
    name = str(params["Name"])
    allowed = _NAME.fullmatch(name) and (
        name.isascii() or cloud.inferred.name_letters_of_any_script
    )
    if not allowed or (not cloud.inferred.same_names_allowed and name in taken):
        raise ServiceRefusal(*cloud.inferred.out_of_range)
    return name


def find_template(cloud: Cloud, params: Params) -> Template:
    """Return the template that a call names, or refuse."""
    template_id = str(params["TemplateId"])
    if not template_id:
        raise ServiceRefusal("460", "templateId or tenantId can not be null.")
    if template := cloud.plans.templates.get(template_id):
        return template
    raise ServiceRefusal("403", "template owner error.")


def described(cloud: Cloud, template: Template) -> Fields:
    """Return a template's fields; flags are numbers."""
    sections: Iterable[Section] | None = template.sections
    if template.all_day:
        match cloud.inferred.all_day_sections:
            case "empty":
                sections = ()
            case "absent":
                sections = None
            case "week":
                sections = WHOLE_WEEK
    fields: Fields = {
        "AllDay": int(template.all_day),
        "Default": int(template.default),
        "Name": template.name,
        "TemplateId": template.template_id,
    }
    if sections is not None:
        fields["TimeSectionList"] = [
            {
                "End": section.end,
                "DayOfWeek": section.day_of_week,
                "Begin": section.begin,
            }
            for section in sections
        ]
    return fields


def _sections(cloud: Cloud, params: Params) -> tuple[Section, ...]:
    """Return what a call sent, or refuse: each part has its three fields, in their ranges, and does not end before it begins."""
    parts = params.get("TimeSections", [])
    assert isinstance(parts, list)
    found: list[Section] = []
    for part in parts:
        if not isinstance(part, dict) or len(part) < 3:
            raise ServiceRefusal(*cloud.inferred.out_of_range)
        day = number(cloud, part, "DayOfWeek", 0, 6)
        begin = number(cloud, part, "Begin", 0, 86399)
        end = number(cloud, part, "End", 1, 86399)
        if begin >= end:
            raise ServiceRefusal(*cloud.inferred.out_of_range)
        found.append(Section(day, begin, end))
    return tuple(found)


def _week(cloud: Cloud, params: Params) -> tuple[bool, tuple[Section, ...]]:
    """Return whether a call asks for the whole week, and for which parts of it."""
    all_day = number(cloud, params, "AllDay", 0, 1) == 1
    sections = _sections(cloud, params)
    if not all_day and not sections:
        raise ServiceRefusal(*cloud.inferred.out_of_range)
    return all_day, sections


def _own(cloud: Cloud, params: Params) -> Template:
    """Return a template that can be changed, or refuse."""
    template = find_template(cloud, params)
    if template.default:
        raise ServiceRefusal("403", "template owner error.")
    return template


def _names(cloud: Cloud) -> list[str]:
    return [each.name for each in cloud.plans.templates.values()]


@service("CreateTimeTemplate")
def create_time_template(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Make a template; Data is its ID."""
    name = new_name(cloud, params, _names(cloud))
    all_day, sections = _week(cloud, params)
    template = Template(cloud.plans.new_id(), name, all_day, sections)
    cloud.plans.templates[template.template_id] = template
    return {"Data": template.template_id}


@service("UpdateTimeTemplate")
def update_time_template(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Replace a template's week, for all plans that follow it, and its name where one is sent."""
    template = _own(cloud, params)
    name = template.name
    if "Name" in params:
        taken = [each for each in _names(cloud) if each != name]
        name = new_name(cloud, params, taken)
    template.all_day, template.sections = _week(cloud, params)
    template.name = name
    return {}


@service("DeleteTimeTemplate")
def delete_time_template(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Delete a template that no plan follows."""
    template = _own(cloud, params)
    plans = (*cloud.plans.record_plans.values(), *cloud.plans.event_plans.values())
    used = any(plan.template_id == template.template_id for plan in plans)
    if used and cloud.inferred.template_in_use_refused:
        raise refusal(cloud, cloud.inferred.template_in_use)
    del cloud.plans.templates[template.template_id]
    return {}


@service("QueryTimeTemplate")
def query_time_template(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """List templates, counted."""
    templates = listed(
        cloud,
        list(cloud.plans.templates.values()),
        cloud.inferred.plan_order,
        lambda template: template.template_id,
    )
    page, data = counted_page_of(cloud, params, templates)
    return {"Data": {**data, "List": [described(cloud, each) for each in page]}}


@service("QueryTimeTemplateDetail")
def query_time_template_detail(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Describe a template."""
    return {"Data": described(cloud, find_template(cloud, params))}
