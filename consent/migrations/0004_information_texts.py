"""The first texts that patients are given, in Swedish and English."""

from django.db import migrations

from consent.information import FIRST_TEXTS


def add_first_texts(apps, _schema_editor):
    texts = apps.get_model("consent", "InformationText")
    for text in FIRST_TEXTS:
        texts.objects.get_or_create(
            language=text.language, version=1, defaults={"title": text.title, "body": text.body}
        )


class Migration(migrations.Migration):
    dependencies = [("consent", "0003_seal_the_log")]

    operations = [migrations.RunPython(add_first_texts, migrations.RunPython.noop)]
