from django.db import migrations

from portal.accounts.groups import make_groups


def make(apps, _schema_editor):
    make_groups(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_rights"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={
                "permissions": [("view_figures", "Kan se nyckeltal")],
                "verbose_name": "användare",
                "verbose_name_plural": "användare",
            },
        ),
        migrations.RunPython(make, migrations.RunPython.noop),
    ]
