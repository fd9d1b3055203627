"""``patientoversikt-new NAME``: a connector of one's own to begin from, out of the packed example."""

import re
import sys
from argparse import ArgumentParser
from pathlib import Path

EXAMPLE = "hemvist"
PACKED = Path(__file__).parent / "exempel" / EXAMPLE
NAME = re.compile(r"[a-z][a-z0-9]{1,29}")
COULD_NOT_RUN = 2


def main(arguments: list[str] | None = None) -> None:
    """Gör en mapp med en egen koppling att börja från: exemplet Hemvist, med ert namn överallt."""
    parser = ArgumentParser(prog="patientoversikt-new", description=main.__doc__)
    parser.add_argument("name", metavar="NAMN", help="små bokstäver a–z och siffror: klippan")
    name = parser.parse_args(arguments).name
    try:
        folder = make(name, Path.cwd())
    except ValueError as error:
        print(f"patientoversikt-new: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(COULD_NOT_RUN)
    print(f"{folder.name}/ är gjord. Gör nu:")  # noqa: T201
    print(f"  cd {folder.name} && pip install --editable . && pytest")  # noqa: T201
    print(f"Byt sedan {name}_connector/mapping.py och scenarios.py mot det ert system säger.")  # noqa: T201


def make(name: str, where: Path, example: Path = PACKED) -> Path:
    """The new folder. Raises ValueError, with what to do about it."""
    if not NAME.fullmatch(name) or name == EXAMPLE:
        raise ValueError(
            f"{name} går inte. Skriv ert eget namn med små bokstäver a–z och siffror, minst två."
        )
    folder = where / name
    if folder.exists():
        raise ValueError(f"{name} finns redan här. Välj ett annat namn, eller flytta det som finns.")
    for file in sorted(path for path in example.rglob("*") if path.is_file()):
        if "__pycache__" in file.parts:
            continue
        target = folder / renamed(str(file.relative_to(example)), name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(renamed(file.read_text("utf-8"), name), "utf-8")
    return folder


def renamed(text: str, name: str) -> str:
    return text.replace(EXAMPLE, name).replace(EXAMPLE.capitalize(), name.capitalize())
