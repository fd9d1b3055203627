"""System checks: a connector Django would silently overlook, or that is not what it says, stops start-up."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from inspect import isclass
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error

from connectors.base.contract import CONTRACT_VERSION, Connector, ConnectorConfig, Manifest
from connectors.base.discovery import vendor_apps
from connectors.base.quality import Tier, find_flaws, folder_of, reached_tier, read_ledger


def check_connectors(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Connectors are listed by config class, their manifests are sound, their ledgers true."""
    del app_configs
    return [
        *_overlooked(),
        *_twins(),
        *_strangers(),
        *(error for c in _installed() for error in _flaws_of(c)),
    ]


def check_bronze(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """For production: no connector with a bronze rule still to do."""
    del app_configs
    return [
        Error(f"Connector {config.connector.manifest.slug} has not reached bronze.", id="connectors.E006")
        for config in _installed()
        if reached_tier(read_ledger(folder_of(config.connector) / "quality.toml")) is Tier.NONE
    ]


def _installed() -> list[ConnectorConfig]:
    return [config for config in apps.get_app_configs() if isinstance(config, ConnectorConfig)]


def _overlooked() -> Iterator[CheckMessage]:
    """Named as a module, an app with two config classes in sight gets a plain AppConfig: no connector."""
    for entry in settings.INSTALLED_APPS:
        module = f"{entry}.apps"
        if find_spec(entry.partition(".")[0]) is None or not _is_module(entry) or not _is_module(module):
            continue
        found = [
            name
            for name, value in vars(import_module(module)).items()
            if isclass(value) and issubclass(value, ConnectorConfig) and value is not ConnectorConfig
        ]
        if found:
            yield Error(
                f"{entry} is a connector: list it by its config class, {module}.{found[0]}.",
                id="connectors.E001",
            )


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _twins() -> Iterator[CheckMessage]:
    slugs = [config.connector.manifest.slug for config in _installed() if _has_manifest(config)]
    for slug in sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        yield Error(f"Two connectors call themselves {slug}.", id="connectors.E002")


def _strangers() -> Iterator[CheckMessage]:
    """What a package declares as a connector is one, or is told apart before it runs unseen."""
    installed = {f"{type(config).__module__}.{type(config).__qualname__}" for config in _installed()}
    for name in vendor_apps():
        if name not in installed:
            yield Error(
                f"The entry point {name} is no connector: its class is no ConnectorConfig.",
                id="connectors.E007",
            )


def _has_manifest(config: ConnectorConfig) -> bool:
    connector = getattr(config, "connector", None)
    return isinstance(getattr(connector, "manifest", None), Manifest)


def _flaws_of(config: ConnectorConfig) -> Iterator[CheckMessage]:
    connector = getattr(config, "connector", None)
    if not (isclass(connector) and issubclass(connector, Connector) and _has_manifest(config)):
        yield Error(f"{config.name} declares no connector with a manifest.", id="connectors.E003")
        return
    manifest = connector.manifest
    if manifest.contract != CONTRACT_VERSION:
        yield Error(
            f"{manifest.slug} speaks contract {manifest.contract}, we {CONTRACT_VERSION}.",
            id="connectors.E004",
        )
    names = [setting.name for setting in manifest.settings]
    if len(set(names)) != len(names) or not all(name.isidentifier() for name in names):
        yield Error(f"{manifest.slug}: settings need different, plain names.", id="connectors.E004")
    if not 0 < manifest.deadline_s <= 10:
        yield Error(f"{manifest.slug}: a deadline lies between 0 and 10 s.", id="connectors.E004")
    for flaw in find_flaws(connector):
        yield Error(f"{manifest.slug}, quality ledger: {flaw}.", id="connectors.E005")
