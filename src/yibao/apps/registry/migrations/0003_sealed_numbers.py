"""Numbers of documents and telephones are sealed; they are found by keyed indexes.

Reversible: going back opens every value again, as long as the keys are there.
"""

from django.db import migrations, models

from yibao.database.sealing import NUMBER, PHONE, PHONE_TAIL, IndexField, SealedField
from yibao.database.sealing_moves import seal_column


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_row_security")]

    operations = [
        migrations.RemoveConstraint("identitydocument", "a_number_names_one_person"),
        migrations.RemoveIndex("identitydocument", "documents_by_number"),
        migrations.RenameField("identitydocument", "number", "number_plain"),
        migrations.AlterField("identitydocument", "number_plain", models.CharField(max_length=30, default="")),
        migrations.AddField("identitydocument", "number", SealedField()),
        migrations.AddField("identitydocument", "number_index", IndexField(of=NUMBER, source="number")),
        seal_column(
            "registry_identitydocument",
            plain="number_plain",
            sealed="number",
            of="registry.identitydocument.number",
            indexes={"number_index": NUMBER},
        ),
        migrations.RemoveField("identitydocument", "number_plain"),
        migrations.AddConstraint(
            "identitydocument",
            models.UniqueConstraint(
                fields=["kind", "number_index"],
                name="a_number_names_one_person",
                condition=models.Q(valid_until__isnull=True),
            ),
        ),
        migrations.AddIndex(
            "identitydocument",
            models.Index(fields=["number_index", "id"], name="documents_by_number"),
        ),
        migrations.RemoveIndex("person", "persons_by_phone"),
        migrations.RenameField("person", "phone", "phone_plain"),
        migrations.AlterField("person", "phone_plain", models.CharField(max_length=20, default="")),
        migrations.AddField("person", "phone", SealedField()),
        migrations.AddField("person", "phone_index", IndexField(of=PHONE, source="phone")),
        migrations.AddField("person", "phone_tail_index", IndexField(of=PHONE_TAIL, source="phone")),
        seal_column(
            "registry_person",
            plain="phone_plain",
            sealed="phone",
            of="registry.person.phone",
            indexes={"phone_index": PHONE, "phone_tail_index": PHONE_TAIL},
        ),
        migrations.RemoveField("person", "phone_plain"),
        migrations.AddIndex(
            "person",
            models.Index(
                fields=["phone_index", "id"],
                name="persons_by_phone",
                condition=~models.Q(phone_index=b""),
            ),
        ),
        migrations.AddIndex(
            "person",
            models.Index(
                fields=["phone_tail_index", "id"],
                name="persons_by_phone_tail",
                condition=~models.Q(phone_tail_index=b""),
            ),
        ),
    ]
