"""Rights: persons behind accounts, grants as requests, posts that exclude each other, four eyes.

What an operation refuses is refused here once more, so that whoever writes past the operations
with the application's own role gets no further (docs/decisions/0010-rights.md).
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import yibao.database.sealing
from yibao.database.four_eyes import SAME_PERSON_STATE, four_eyes

ROLES = [
    ("village_agent", "村级代办"),
    ("township_clerk", "乡镇经办"),
    ("county_clerk", "县级经办"),
    ("county_reviewer", "县级复核"),
    ("medical_clerk", "医疗审核"),
    ("fund_accountant", "基金会计"),
    ("policy_officer", "政策研究"),
    ("auditor", "稽核审计"),
    ("security_admin", "安全管理员"),
    ("system_admin", "系统管理员"),
    ("system", "系统任务"),
]
STATES = [
    ("waiting", "待批准"),
    ("returned", "已退回"),
    ("withdrawn", "已撤回"),
    ("approved", "已批准"),
]


def _id():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def _to(model, *, name="+", null=False, kind=models.ForeignKey):
    return kind(null=null, on_delete=django.db.models.deletion.PROTECT, related_name=name, to=model)


# One person for each account that stands: who holds two says so when the second is opened.
PERSONS = migrations.RunSQL(
    """
    do $body$
    declare
        account bigint;
        made bigint;
    begin
        for account in select id from access_operator order by id loop
            insert into access_staffperson (number, number_index) values ('', '')
                returning id into made;
            update access_operator set person_id = made where id = account;
        end loop;
        set constraints all immediate;
        set constraints all deferred;
    end
    $body$""",
    migrations.RunSQL.noop,
)

ACCOUNTS = migrations.RunSQL(
    [
        f"""
        create function access_person_of_account() returns trigger
        language plpgsql as $body$
        begin
            if tg_op = 'UPDATE' then
                if old.person_id is distinct from new.person_id then
                    raise exception 'an account stays with its person'
                        using errcode = '{SAME_PERSON_STATE}',
                              constraint = 'an_account_keeps_its_person';
                end if;
            elsif new.person_id is null then
                insert into access_staffperson (number, number_index) values ('', '')
                    returning id into new.person_id;
            end if;
            return new;
        end
        $body$""",
        "create trigger person_of_account before insert or update on access_operator"
        " for each row execute function access_person_of_account()",
    ],
    [
        "drop trigger person_of_account on access_operator",
        "drop function access_person_of_account()",
    ],
)

APART = migrations.RunSQL(
    f"""
    create function access_apart(first_id bigint, second_id bigint, what text) returns void
    language plpgsql stable as $body$
    begin
        -- 0 is the system: tasks that no person starts.
        if first_id <> 0 and second_id <> 0 and exists (
            select from access_operator a join access_operator b on b.person_id = a.person_id
             where a.id = first_id and b.id = second_id)
        then
            raise exception 'one person did both acts (%)', what
                using errcode = '{SAME_PERSON_STATE}', constraint = what;
        end if;
    end
    $body$""",
    "drop function access_apart(bigint, bigint, text)",
)

# The families of roles.FAMILIES: a test holds them to be the same.
FAMILY = migrations.RunSQL(
    """
    create function access_family(role text) returns text
    language sql immutable as $body$
        select case
            when role in ('village_agent', 'township_clerk', 'county_clerk', 'medical_clerk',
                          'policy_officer') then 'business'
            when role = 'county_reviewer' then 'review'
            when role = 'fund_accountant' then 'money'
            when role = 'auditor' then 'watch'
            when role = 'security_admin' then 'rights'
            when role = 'system_admin' then 'system'
            else role end
    $body$""",
    "drop function access_family(text)",
)

POSTS = migrations.RunSQL(
    [
        f"""
        create function access_post_is_right() returns trigger
        language plpgsql as $body$
        declare
            who bigint;
            asked access_grantrequest;
        begin
            select person_id into who from access_operator where id = new.operator_id;
            -- Two posts of one person wait for each other, whichever account each is of.
            perform from access_staffperson where id = who for no key update;
            if new.valid_until is null or new.valid_until > new.valid_from then
                if exists (
                    select from access_post p join access_operator o on o.id = p.operator_id
                     where o.person_id = who and p.id <> new.id
                       and access_family(p.role) <> access_family(new.role)
                       and (p.valid_until is null or p.valid_until > p.valid_from)
                       and (p.valid_until is null or p.valid_until > new.valid_from)
                       and (new.valid_until is null or p.valid_from < new.valid_until))
                then
                    raise exception 'one person may not hold both posts'
                        using errcode = '{SAME_PERSON_STATE}',
                              constraint = 'posts_exclude_each_other';
                end if;
            end if;
            if tg_op = 'INSERT' and (new.granted_by_id is not null or new.request_id is not null)
            then
                select * into asked from access_grantrequest where id = new.request_id;
                if asked.id is null or asked.state <> 'approved'
                   or asked.decided_by_id is distinct from new.granted_by_id
                   or (asked.operator_id, asked.organisation_id, asked.role, asked.valid_from,
                       asked.valid_until)
                      is distinct from (new.operator_id, new.organisation_id, new.role,
                                        new.valid_from, new.valid_until)
                then
                    raise exception 'a post comes of an approved request'
                        using errcode = '{SAME_PERSON_STATE}',
                              constraint = 'a_post_comes_of_an_approved_request';
                end if;
            end if;
            if tg_op = 'UPDATE' then
                if (old.operator_id, old.organisation_id, old.role, old.valid_from)
                   is distinct from (new.operator_id, new.organisation_id, new.role, new.valid_from)
                   or coalesce(new.valid_until, 'infinity') > coalesce(old.valid_until, 'infinity')
                then
                    raise exception 'a post is only ended, never made another or longer'
                        using errcode = '{SAME_PERSON_STATE}',
                              constraint = 'a_post_is_only_ended';
                end if;
            end if;
            return new;
        end
        $body$""",
        "create trigger post_is_right before insert or update on access_post"
        " for each row execute function access_post_is_right()",
    ],
    ["drop trigger post_is_right on access_post", "drop function access_post_is_right()"],
)

# The four eyes of every app: they need to know persons, and only access does.
FOUR_EYES = [
    four_eyes(
        "access_grantrequest",
        "who_drafts_a_grant_does_not_approve_it",
        first="new.drafted_by_id",
        second="new.decided_by_id",
        when="new.state = 'approved'",
        keeps="drafted_by_id",
    ),
    four_eyes(
        "access_grantrequest",
        "nobody_approves_a_post_of_his_own",
        first="new.operator_id",
        second="new.decided_by_id",
        when="new.state = 'approved'",
        keeps="operator_id",
    ),
    four_eyes(
        "access_grantrequest",
        "nobody_asks_for_a_post_of_his_own",
        first="new.operator_id",
        second="new.drafted_by_id",
        when="true",
    ),
    four_eyes(
        "access_postreview",
        "nobody_reviews_a_post_of_his_own",
        first="(select operator_id from access_post where id = new.post_id)",
        second="new.decided_by_id",
        when="true",
    ),
    four_eyes(
        "access_rulebooklayer",
        "who_proposes_a_layer_does_not_lay_it",
        first="new.proposed_by",
        second="new.activated_by",
        when="true",
    ),
    four_eyes(
        "policy_proposal",
        "who_proposes_decides_nothing",
        first="new.proposed_by",
        second="new.decided_by",
        when="new.state in ('activated', 'rejected')",
        keeps="proposed_by",
    ),
    four_eyes(
        "subsidy_roster",
        "who_uploads_a_roster_does_not_confirm_it",
        first="new.uploaded_by",
        second="new.confirmed_by",
        when="new.state = 'confirmed'",
        keeps="uploaded_by",
    ),
    four_eyes(
        "enrolment_ledgerimport",
        "who_confirms_a_ledger_does_not_undo_it",
        first="(select confirmed_by from enrolment_ledgerimport where id = new.undoes_id)",
        second="new.uploaded_by",
        when="new.undoes_id is not null",
        keeps="confirmed_by",
    ),
    four_eyes(
        "claims_settlement",
        "who_settles_does_not_reverse",
        first="(select settled_by from claims_settlement where id = new.corrects_id)",
        second="new.settled_by",
        when="new.kind = 'reversed'",
    ),
]

REQUESTS = [
    migrations.CreateModel(
        "GrantRequest",
        [
            ("id", _id()),
            ("role", models.CharField(choices=ROLES, max_length=20)),
            ("valid_from", models.DateField()),
            ("valid_until", models.DateField()),
            ("reason", models.CharField(max_length=200)),
            ("state", models.CharField(choices=STATES, default="waiting", max_length=10)),
            ("drafted_at", models.DateTimeField()),
            ("decided_at", models.DateTimeField(null=True)),
            ("because", models.CharField(blank=True, max_length=200)),
            ("decided_by", _to("access.operator", null=True)),
            ("drafted_by", _to("access.operator")),
            ("operator", _to("access.operator", name="requests")),
            (
                "organisation",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, to="access.organisation"
                ),
            ),
        ],
        options={
            "indexes": [models.Index(fields=["state", "-id"], name="requests_by_state")],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("valid_until__gt", models.F("valid_from"))),
                    name="a_request_ends_after_it_begins",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("state", "waiting")),
                    fields=("operator", "organisation", "role"),
                    name="one_request_of_a_post_waits",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "PostReview",
        [
            ("id", _id()),
            ("year", models.PositiveSmallIntegerField()),
            ("keeps", models.BooleanField()),
            ("because", models.CharField(blank=True, max_length=200)),
            ("decided_at", models.DateTimeField()),
            ("decided_by", _to("access.operator")),
            ("post", _to("access.post", name="reviews")),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    fields=("post", "year"), name="a_post_is_reviewed_once_a_year"
                )
            ],
        },
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="grantrequest",
        trigger=pgtrigger.compiler.Trigger(
            name="grant_request_flow",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                declare="DECLARE _is_valid_transition BOOLEAN;",
                func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{waiting:approved,waiting:returned,waiting:withdrawn,returned:waiting,returned:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                hash="4df23833a89d9a7e472db93d52deb38c45c2d030",
                operation="UPDATE",
                pgid="pgtrigger_grant_request_flow_8f3b4",
                table="access_grantrequest",
                when="BEFORE",
            ),
        ),
    ),
    pgtrigger.migrations.AddTrigger(
        model_name="grantrequest",
        trigger=pgtrigger.compiler.Trigger(
            name="grant_requests_are_kept",
            sql=pgtrigger.compiler.UpsertTriggerSql(
                func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                hash="5fd2c8abf7760bf36814d7a9249cd83b62310fa9",
                operation="DELETE",
                pgid="pgtrigger_grant_requests_are_kept_246c4",
                table="access_grantrequest",
                when="BEFORE",
            ),
        ),
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_signing"),
        ("claims", "0002_row_security"),
        ("enrolment", "0002_row_security"),
        ("policy", "0002_row_security"),
        ("subsidy", "0002_row_security"),
    ]

    operations = [
        migrations.CreateModel(
            "StaffPerson",
            [
                ("id", _id()),
                ("number", yibao.database.sealing.SealedField()),
                (
                    "number_index",
                    yibao.database.sealing.IndexField(of="number", source="number"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number_index", b""), _negated=True),
                        fields=("number_index",),
                        name="one_member_of_staff_an_identity_number",
                    )
                ],
            },
        ),
        migrations.AddField(
            "operator", "person", _to("access.staffperson", name="accounts", null=True)
        ),
        PERSONS,
        migrations.AlterField("operator", "person", _to("access.staffperson", name="accounts")),
        ACCOUNTS,
        migrations.AlterField("post", "role", models.CharField(choices=ROLES, max_length=20)),
        *REQUESTS,
        migrations.AddField(
            "post",
            "request",
            _to("access.grantrequest", name="post", null=True, kind=models.OneToOneField),
        ),
        migrations.AddField("post", "ended_by", _to("access.operator", null=True)),
        migrations.AddField("post", "ended_at", models.DateTimeField(null=True)),
        migrations.AddField("post", "ended_because", models.CharField(blank=True, max_length=200)),
        migrations.AddField("trainingcertificate", "valid_until", models.DateField(null=True)),
        APART,
        FAMILY,
        POSTS,
        *FOUR_EYES,
    ]
