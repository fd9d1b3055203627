"""The four groups and exactly what each may do in the administration.

Nobody who runs the system sees whom anything is about: patients' numbers (``consent.view_dossier``) belong to
those who administer consents and those who review the log. What a group may change reaches no further than
the assignment says: own provider, and the right that the assignment names.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

USERS = "Användare"
CONSENT_ADMINISTRATORS = "Samtyckesadministratör"
LOG_REVIEWERS = "Logggranskare"
SYSTEM_ADMINISTRATORS = "Systemadministratör"

_ENDED_BY_CLERKS = ("consent", "consentrefusal", "carerelation", "sipconsent", "blocklift", "block")
_READ_BY_REVIEWERS = (
    *_ENDED_BY_CLERKS,
    *("emergencyopening", "inability", "childassessment", "unitchoice", "liftrequest", "following"),
    *("accessevent", "dossier", "reviewdraw", "reviewitem", "logepoch"),
)
_KEPT_BY_SYSTEM_ADMINISTRATORS = (
    *("consent.careprovider", "consent.careunit", "consent.unitgroup", "consent.informationtext"),
    *("accounts.user", "accounts.assignment", "accounts.importfile"),
    *("connectors.source", "connectors.expecteddelivery", "connectors.directoryentry"),
    *("openfeed.token", "openfeed.deliveredfile"),
    *("api.client", "api.clientkey"),
)

GROUPS: dict[str, tuple[str, ...]] = {
    USERS: (),
    CONSENT_ADMINISTRATORS: (
        *(f"consent.{verb}_{model}" for model in _ENDED_BY_CLERKS for verb in ("view", "change")),
        "consent.add_block",
        "consent.view_dossier",
        "consent.view_liftrequest",
        "consent.view_informationtext",
        "consent.view_unitgroup",
    ),
    LOG_REVIEWERS: tuple(f"consent.view_{model}" for model in _READ_BY_REVIEWERS),
    SYSTEM_ADMINISTRATORS: (
        *(
            name.replace(".", f".{verb}_")
            for name in _KEPT_BY_SYSTEM_ADMINISTRATORS
            for verb in ("view", "add", "change")
        ),
        "connectors.delete_expecteddelivery",
        "connectors.delete_directoryentry",
        "openfeed.view_reception",
        "connectors.view_pendingchange",
        "connectors.change_pendingchange",
        "consent.view_logepoch",
        "auth.view_group",
        "accounts.view_figures",
        "operations.view_jobrun",
        "storelog.view_outgoing",
        "storelog.view_receiver",
    ),
}
MEANINGS = {
    USERS: _("Läser om patienter enligt sina uppdrag. Ingenting i administrationen."),
    CONSENT_ADMINISTRATORS: _(
        "Avslutar och makulerar samtycken, relationer och hävningar och registrerar spärrar, för sin egen"
        " vårdgivare."
    ),
    LOG_REVIEWERS: _("Läser åtkomstloggen och det som registrerats, för sin egen vårdgivare."),
    SYSTEM_ADMINISTRATORS: _("Sköter organisation, användare och källor. Ser inga patienter."),
}
# Where the model's own name does not follow from the permission's.
_MODELS = {"accounts.view_figures": "user"}


def make_groups(apps: Any) -> None:
    """Make the groups that are missing, and give each what it lacks; takes nothing away.

    ``apps``: Django's registry, or a migration's. Permissions are made by name, because a migration runs
    before Django makes them.
    """
    group_of = apps.get_model("auth", "Group").objects
    known = {
        f"{p.content_type.app_label}.{p.codename}": p
        for p in apps.get_model("auth", "Permission").objects.select_related("content_type")
    }
    for name, permissions in GROUPS.items():
        group, _is_new = group_of.get_or_create(name=name)
        group.permissions.add(*(known.get(named) or _permission(apps, named) for named in permissions))


def _permission(apps: Any, permission: str) -> Any:
    app_label, codename = permission.split(".")
    model = _MODELS.get(permission) or codename.partition("_")[2]
    content_type, _is_new = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    found, _is_new = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": codename.replace("_", " ")}
    )
    return found
