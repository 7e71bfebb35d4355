"""Voucher numbers count by month, and a closed month refuses entries in the database too."""

import datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fund', '0002_row_security'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='entry',
            name='one_voucher_number_a_day_and_book',
        ),
        migrations.AddField(
            model_name='entry',
            name='month',
            field=models.DateField(default=datetime.date(2008, 1, 1)),
            preserve_default=False,
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='a_closed_month_is_closed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE place record; closed timestamptz;', func="\n                    for place in select distinct book_id, month from new_entries order by 1, 2 loop\n                        insert into fund_bookmonth (book_id, month, last_voucher)\n                        select place.book_id, place.month, 0\n                         where not exists (select from fund_bookmonth m\n                                where m.book_id = place.book_id and m.month = place.month)\n                        on conflict do nothing;\n                        select closed_at into closed from fund_bookmonth m\n                         where m.book_id = place.book_id and m.month = place.month\n                           for key share;\n                        if closed is not null then\n                            raise exception 'book % is closed for %', place.book_id, place.month\n                                using errcode = 'YB003', constraint = 'a_closed_month_is_closed';\n                        end if;\n                    end loop;\n                    return null;\n                ", hash='a1d0d12543f95ff719d6c4a5449912d5afffe136', level='STATEMENT', operation='INSERT', pgid='pgtrigger_a_closed_month_is_closed_a9c4a', referencing='REFERENCING NEW TABLE AS new_entries ', table='fund_entry', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(condition=models.Q(('voucher_no__isnull', False)), fields=('book', 'month', 'voucher_no'), name='one_voucher_number_a_month_and_book'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('month__day', 1), ('on__year', models.F('month__year')), ('on__month', models.F('month__month'))), name='an_entry_lies_in_its_month'),
        ),
    ]
