"""What lies on a desk. Jobs and exports are walled by area; the rest says nothing of the insured."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import yibao.database.sealing
from django.db import migrations, models

from yibao.database.policies import scope_policy


SCOPED = ("desk_job", "desk_export")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0006_audit_of_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("region", models.CharField(max_length=20)),
                ("area_no", models.BigIntegerField()),
                ("kind", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=120)),
                ("object_id", models.BigIntegerField(null=True)),
                ("given", models.JSONField(default=dict)),
                ("area_until", models.BigIntegerField()),
                ("area_name", models.CharField(max_length=60)),
                ("operator_id", models.BigIntegerField()),
                ("operator_name", models.CharField(max_length=40)),
                ("post_id", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "等待"),
                            ("running", "进行中"),
                            ("paused", "已暂停"),
                            ("done", "完成"),
                            ("failed", "失败"),
                            ("cancelled", "已取消"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("wanted", models.CharField(blank=True, max_length=10)),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("worker", models.CharField(blank=True, max_length=60)),
                ("asked_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("heartbeat_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=200)),
                ("error_code", models.CharField(blank=True, max_length=10)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("error_en", models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("region", models.CharField(max_length=20)),
                ("area_from", models.BigIntegerField()),
                ("area_until", models.BigIntegerField()),
                ("roles", models.JSONField(default=list)),
                ("title", models.CharField(max_length=60)),
                ("text", models.TextField(blank=True, max_length=2000)),
                ("is_urgent", models.BooleanField(default=False)),
                ("is_public", models.BooleanField(default=False)),
                ("shown_from", models.DateTimeField()),
                ("shown_until", models.DateTimeField()),
                ("written_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="NoticeRead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("read_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "operator",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="preference",
                        serialize=False,
                        to="access.operator",
                    ),
                ),
                (
                    "theme",
                    models.CharField(
                        choices=[("light", "浅色"), ("dark", "深色"), ("contrast", "高对比")],
                        default="light",
                        max_length=10,
                    ),
                ),
                (
                    "density",
                    models.CharField(
                        choices=[("standard", "标准"), ("compact", "紧凑"), ("roomy", "宽松")],
                        default="standard",
                        max_length=10,
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "中文"), ("en", "English")],
                        default="zh-hans",
                        max_length=10,
                    ),
                ),
                ("page_size", models.PositiveSmallIntegerField(default=50)),
            ],
        ),
        migrations.CreateModel(
            name="SavedList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("of", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=40)),
                ("query", models.CharField(blank=True, max_length=1000)),
                ("columns", models.JSONField(default=list)),
                ("is_default", models.BooleanField(default=False)),
                ("saved_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("region", models.CharField(max_length=20)),
                ("area_no", models.BigIntegerField()),
                ("of", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=120)),
                ("given", models.JSONField(default=dict)),
                ("conditions", models.CharField(blank=True, max_length=300)),
                ("area_until", models.BigIntegerField()),
                ("area_name", models.CharField(max_length=60)),
                ("purpose", models.CharField(max_length=20)),
                ("purpose_words", models.CharField(max_length=200)),
                ("whole", models.JSONField(default=list)),
                ("kind", models.CharField(max_length=4)),
                ("rows", models.BigIntegerField()),
                ("rows_written", models.BigIntegerField(null=True)),
                ("operator_id", models.BigIntegerField()),
                ("operator_name", models.CharField(max_length=40)),
                ("post_id", models.BigIntegerField()),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待审批"),
                            ("approved", "制作中"),
                            ("ready", "可下载"),
                            ("rejected", "已退回"),
                            ("withdrawn", "已撤回"),
                            ("failed", "失败"),
                            ("shredded", "已销毁"),
                        ],
                        max_length=10,
                    ),
                ),
                ("needs_approval", models.BooleanField()),
                ("decided_by", models.BigIntegerField(null=True)),
                ("decided_name", models.CharField(blank=True, max_length=40)),
                ("decided_at", models.DateTimeField(null=True)),
                ("because", models.CharField(blank=True, max_length=200)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("file_key", yibao.database.sealing.SealedField(null=True)),
                ("file_bytes", models.BigIntegerField(null=True)),
                ("file_digest", models.CharField(blank=True, max_length=64)),
                ("ready_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
                ("taken_from", models.CharField(blank=True, max_length=45)),
                ("shredded_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["operator_id", "-id"], name="exports_of_an_operator"),
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["id"],
                        name="exports_to_approve",
                    ),
                    models.Index(
                        condition=models.Q(("state", "ready")),
                        fields=["expires_at"],
                        name="exports_to_shred",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            ("state", "withdrawn"),
                            models.Q(("decided_by", models.F("operator_id")), _negated=True),
                            _connector="OR",
                        ),
                        name="who_asks_for_an_export_does_not_approve_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("needs_approval", False),
                            ("state__in", ["waiting", "rejected", "withdrawn"]),
                            ("decided_by__isnull", False),
                            _connector="OR",
                        ),
                        name="a_large_export_has_its_approval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "shredded"), _negated=True),
                            ("file_key__isnull", True),
                            _connector="OR",
                        ),
                        name="a_shredded_export_has_no_key",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="export",
            trigger=pgtrigger.compiler.Trigger(
                name="export_flow",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{waiting:approved,waiting:rejected,waiting:withdrawn,approved:ready,approved:failed,failed:approved,ready:shredded}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="548e9f01d62dac34d47c5f0a32ad5430f96ed79f",
                    operation="UPDATE",
                    pgid="pgtrigger_export_flow_cde7b",
                    table="desk_export",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="export",
            trigger=pgtrigger.compiler.Trigger(
                name="exports_are_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="0c7aa6a13ed29a2a810bafde87b76e3be353a01d",
                    operation="DELETE",
                    pgid="pgtrigger_exports_are_kept_1e149",
                    table="desk_export",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "running"])),
                fields=["id"],
                name="jobs_to_do",
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["operator_id", "-id"], name="jobs_of_an_operator"),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["waiting", "running", "paused"])),
                fields=("kind", "object_id"),
                name="one_job_works_on_a_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "failed"), _negated=True),
                    models.Q(("error", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_failed_job_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(("done__gte", 0), ("total__gte", 0)),
                name="a_job_does_not_pass_its_total",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="job",
            trigger=pgtrigger.compiler.Trigger(
                name="job_flow",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{waiting:running,running:done,running:failed,running:paused,waiting:paused,running:waiting,paused:waiting,failed:waiting,waiting:cancelled,running:cancelled,paused:cancelled}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="e38d39e822c584b8baa6396a87a8dc8360028fed",
                    operation="UPDATE",
                    pgid="pgtrigger_job_flow_bef56",
                    table="desk_job",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="written_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="access.operator",
            ),
        ),
        migrations.AddField(
            model_name="noticeread",
            name="notice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="reads", to="desk.notice"
            ),
        ),
        migrations.AddField(
            model_name="noticeread",
            name="operator",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="access.operator"
            ),
        ),
        migrations.AddField(
            model_name="savedlist",
            name="operator",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_lists",
                to="access.operator",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["region", "-shown_until"], name="notices_that_are_shown"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("shown_until__gt", models.F("shown_from"))),
                name="a_notice_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticeread",
            constraint=models.UniqueConstraint(
                fields=("notice", "operator"), name="a_notice_is_read_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedlist",
            constraint=models.UniqueConstraint(
                fields=("operator", "of", "name"), name="a_saved_list_has_its_own_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedlist",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)),
                fields=("operator", "of"),
                name="one_saved_list_opens_first",
            ),
        ),
        *map(scope_policy, SCOPED),
    ]
