"""No ceiling is passed, even without the row lock; an answer under a key is given once."""

import pgtrigger.compiler
import pgtrigger.migrations
import yibao.apps.claims.models
from django.db import migrations, models


EACH_AT_MOST = """
create function each_at_most(used bigint[], most bigint[]) returns boolean
language sql immutable parallel safe
return cardinality(used) = cardinality(most)
   and not exists (select from unnest(used, most) as t (used, most) where t.used > t.most)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('care', '0001_initial'),
        ('claims', '0002_row_security'),
        ('registry', '0002_row_security'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['institution', 'number'], name='visits_by_number'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reply',
            trigger=pgtrigger.compiler.Trigger(name='an_answer_is_given_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."body" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='fedf9260c097ad76bce8c018f76c324d36e15ab9', operation='UPDATE', pgid='pgtrigger_an_answer_is_given_once_75b1b', table='claims_reply', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reply',
            trigger=pgtrigger.compiler.Trigger(name='answers_are_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='4382b7473aa23204de0617f9882ac8f72118dac2', operation='DELETE', pgid='pgtrigger_answers_are_kept_b0923', table='claims_reply', when='BEFORE')),
        ),
        migrations.RunSQL(EACH_AT_MOST, 'drop function each_at_most'),
        migrations.RunSQL(
            'create sequence claims_settlement_number', 'drop sequence claims_settlement_number'
        ),
        migrations.AddConstraint(
            model_name='personyear',
            constraint=models.CheckConstraint(condition=yibao.apps.claims.models.EachAtMost(), name='no_ceiling_is_passed'),
        ),
    ]
