"""The first texts that patients are given: in both languages, and with everything that the law asks for."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from consent.information import ENGLISH, FIRST_TEXTS, SWEDISH

WORDS = {
    "that one may say no": ("ja eller nej", "yes or no"),
    "that it can be taken back": ("ändra dig när du vill", "change your mind"),
    "that one can block": ("spärra uppgifter", "block information"),
    "that others then see that something is blocked": ("se att det finns spärrade", "see that something is"),
    "that there is a log extract": ("loggutdrag", "extract of the log"),
    "who may look": ("Vem får se?", "Who may look?"),
    "that a guardian cannot block": ("vårdnadshavare kan inte spärra", "guardian cannot block"),
}


@pytest.mark.parametrize("said", WORDS)
def test_both_texts_say_it(said: str) -> None:
    swedish, english = WORDS[said]
    assert swedish in SWEDISH.body
    assert english in ENGLISH.body


def test_they_say_the_same_in_as_many_paragraphs() -> None:
    assert SWEDISH.body.count("\n\n") == ENGLISH.body.count("\n\n")
    assert [text.language for text in FIRST_TEXTS] == ["sv", "en"]


@pytest.mark.sqlite
@pytest.mark.django_db
def test_a_new_database_has_them() -> None:
    loader = MigrationExecutor(connection).loader
    name = ("consent", "0004_information_texts")
    texts = loader.project_state([name]).apps.get_model("consent", "InformationText")
    texts.objects.all().delete()
    for _ in range(2):
        step: Any = loader.get_migration(*name).operations[0]
        step.code(loader.project_state([name]).apps, connection)
    assert sorted(texts.objects.values_list("language", "version")) == [("en", 1), ("sv", 1)]
