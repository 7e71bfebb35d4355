"""Signing in with two factors: authenticators, recovery codes, sessions, and what slows guessing."""

import django.db.models.deletion
from django.db import migrations, models

import yibao.database.sealing

_ID = models.BigAutoField(
    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
)


def _of_operator(kind, name):
    return kind(
        on_delete=django.db.models.deletion.PROTECT, related_name=name, to="access.operator"
    )


class Migration(migrations.Migration):
    dependencies = [("access", "0003_rulebook_layers")]

    operations = [
        migrations.AddField(
            "operator", "password_changed_at", models.DateTimeField(null=True)
        ),
        # A password that stands has its days from now on: nobody is turned away by the upgrade.
        migrations.RunSQL(
            "update access_operator set password_changed_at = statement_timestamp()"
            " where not password_is_one_time",
            migrations.RunSQL.noop,
        ),
        migrations.AddField(
            "poolingregion",
            "password_profile",
            models.CharField(db_default="mlps3", default="mlps3", max_length=10),
        ),
        migrations.CreateModel(
            "AddressTries",
            [
                ("address", models.CharField(max_length=45, primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("tries", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            "Authenticator",
            [
                ("id", _ID),
                ("kind", models.CharField(max_length=20)),
                ("secret", yibao.database.sealing.SealedField()),
                ("created_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("last_step", models.BigIntegerField(default=0)),
                ("operator", _of_operator(models.OneToOneField, "authenticator")),
            ],
        ),
        migrations.CreateModel(
            "ChosenPassword",
            [
                ("id", _ID),
                ("password_hash", models.CharField(max_length=200)),
                ("chosen_at", models.DateTimeField()),
                ("operator", _of_operator(models.ForeignKey, "chosen_passwords")),
            ],
        ),
        migrations.CreateModel(
            "RecoveryCode",
            [
                ("id", _ID),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("operator", _of_operator(models.ForeignKey, "recovery_codes")),
            ],
        ),
        migrations.CreateModel(
            "OperatorSession",
            [
                ("id", _ID),
                ("generation", models.PositiveIntegerField()),
                ("address", models.CharField(blank=True, max_length=45)),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("signed_out", "本人退出"),
                            ("everywhere", "本人退出全部登录"),
                            ("taken", "同一岗位在别处登录"),
                            ("forced", "安全管理员结束"),
                            ("idle", "超时无操作"),
                            ("too_long", "超过最长时间"),
                            ("locked", "动态码连续错误"),
                        ],
                        max_length=20,
                    ),
                ),
                ("ended_reason", models.CharField(blank=True, max_length=200)),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.operator",
                    ),
                ),
                ("operator", _of_operator(models.ForeignKey, "sessions")),
                (
                    "post",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="access.post",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.operatorsession",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["operator", "-id"], name="sessions_of_an_operator")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("post",),
                        name="one_open_session_a_post",
                    )
                ],
            },
        ),
    ]
