"""What the embedded installation is made of, as one typed value instead of a handful of loose settings."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Embedded:
    """Where one machine's portal keeps its data and listens."""

    data_dir: Path
    host: str
    port: int

    @property
    def broker_dir(self) -> Path:
        """Folders that stand in for a message broker."""
        return self.data_dir / "broker"

    @property
    def messages_dir(self) -> Path:
        return self.broker_dir / "messages"

    @property
    def control_dir(self) -> Path:
        return self.broker_dir / "control"

    @property
    def beat_schedule(self) -> Path:
        """Where the clock of periodic work notes what ran when."""
        return self.broker_dir / "beat-schedule"

    @property
    def listens_everywhere(self) -> bool:
        return self.host in ("0.0.0.0", "::")  # noqa: S104 # nosec B104 (compared, not bound)

    @property
    def address(self) -> str:
        """Where a person on this machine finds the portal."""
        host = "localhost" if self.listens_everywhere else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"
