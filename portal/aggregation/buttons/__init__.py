"""The twelve buttons in their fixed order: three groups of four. A place never moves."""

from collections.abc import Mapping

from consent.vocabulary import Kind
from portal.aggregation.buttons import (
    care_contact,
    care_limitation,
    care_plan,
    contact,
    coordination,
    diagnosis,
    home_care,
    medication,
    prehospital,
    social_service,
    vaccination,
    warning,
)
from portal.aggregation.buttons.declaration import GROUP_LABELS, Button, Column, Group

__all__ = ["BUTTONS", "BUTTON_OF", "GROUP_LABELS", "Button", "Column", "Group", "in_group"]

BUTTONS: tuple[Button, ...] = (
    care_limitation.BUTTON,
    warning.BUTTON,
    contact.BUTTON,
    vaccination.BUTTON,
    social_service.BUTTON,
    home_care.BUTTON,
    coordination.BUTTON,
    care_plan.BUTTON,
    care_contact.BUTTON,
    prehospital.BUTTON,
    diagnosis.BUTTON,
    medication.BUTTON,
)
BUTTON_OF: Mapping[Kind, Button] = {button.kind: button for button in BUTTONS}


def in_group(group: Group) -> tuple[Button, ...]:
    return tuple(button for button in BUTTONS if button.group is group)
