from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="may_administer_consents",
            field=models.BooleanField(default=False, verbose_name="får administrera samtycken"),
        ),
        migrations.AddField(
            model_name="assignment",
            name="may_lift_blocks",
            field=models.BooleanField(default=False, verbose_name="får häva spärrar"),
        ),
        migrations.AddField(
            model_name="assignment",
            name="may_review_log",
            field=models.BooleanField(default=False, verbose_name="får granska loggen"),
        ),
        migrations.AddField(
            model_name="user",
            name="address_lookup",
            field=models.BinaryField(blank=True, max_length=32, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="person_lookup",
            field=models.BinaryField(blank=True, max_length=32, null=True),
        ),
    ]
