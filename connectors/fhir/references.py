"""References between resources: relative, absolute, ``urn:uuid:``, and contained ones. Nothing is fetched."""

from dataclasses import dataclass, field

from connectors.fhir.elements import Resource, human_name, item, items, text


@dataclass(frozen=True, slots=True)
class Directory:
    """Resources that came along in the same answer, by every name they may be referred to with."""

    by_name: dict[str, Resource] = field(default_factory=dict)

    def add(self, resource: Resource, full_url: str = "") -> None:
        name = f"{resource.get('resourceType')}/{resource.get('id')}"
        self.by_name.setdefault(name, resource)
        if full_url:
            self.by_name.setdefault(full_url, resource)

    def drop(self, resource: Resource) -> None:
        """Forget a resource under every name it has."""
        for name in [name for name, each in self.by_name.items() if each is resource]:
            del self.by_name[name]

    def find(self, reference: object, within: Resource) -> Resource:
        """The resource a Reference points at; {} where it did not come along."""
        target = text(item(reference).get("reference"))
        if not target:
            return {}
        if target.startswith("#"):
            for contained in items(within.get("contained")):
                if contained.get("id") == target[1:]:
                    return contained
            return {}
        if target.startswith("urn:"):
            return self.by_name.get(target, {})
        return self.by_name.get(target) or self.by_name.get(local_name(target)) or {}


def local_name(target: str) -> str:
    """``Type/id`` at the end of a reference, without base or version; '' where it has no such form."""
    parts = target.partition("/_history/")[0].rsplit("/", 2)
    if len(parts) < 2 or "?" in target:
        return ""
    return "/".join(parts[-2:])


def label(reference: object, directory: Directory, within: Resource) -> str:
    """What a reference is called: its display, else the name of what it points at."""
    if said := text(item(reference).get("display")):
        return said
    target = directory.find(reference, within)
    if isinstance(target.get("name"), str):
        return text(target["name"])
    return human_name(target.get("name")) if target.get("name") else ""
