"""Checks of settlements: their sums, the year's accumulators, the ceilings, the answers."""

from yibao.verify.report import Question

CLAIMS = (
    Question(
        "settlements_add_up",
        "基金支付加个人负担等于合理费用",
        "select count(*) from claims_settlement",
        """
        select format('settlement %s: fund %s and own %s of eligible %s in a bill of %s',
                      settlement_no, fund_pay_fen, self_pay_fen, eligible_fen, total_fen)
          from claims_settlement
         where fund_pay_fen + self_pay_fen <> eligible_fen
            or abs(eligible_fen) > abs(total_fen)
            or kind = 'settled' and (fund_pay_fen < 0 or self_pay_fen < 0)
        """,
    ),
    Question(
        "visits_are_settled_once",
        "每次就诊只结算一次",
        "select count(*) from claims_visit",
        """
        select format('visit %s of person %s: %s settlements', v.id, v.person_id, count(s.id))
          from claims_visit v
          left join claims_settlement s on s.visit_id = v.id and s.kind = 'settled'
         group by v.id having count(s.id) <> 1
        union all
        select format('visit %s was reversed and still stands at %s', s.visit_id,
                      sum(s.fund_pay_fen))
          from claims_settlement s
         group by s.visit_id
        having bool_or(s.kind = 'reversed')
           and (sum(s.fund_pay_fen) <> 0 or sum(s.eligible_fen) <> 0 or sum(s.total_fen) <> 0)
        union all
        select format('visit %s is paid %s of eligible %s', s.visit_id, sum(s.fund_pay_fen),
                      sum(s.eligible_fen))
          from claims_settlement s
         group by s.visit_id
        having sum(s.fund_pay_fen) < 0 or sum(s.fund_pay_fen) > sum(s.eligible_fen)
        union all
        select format('number %s of institution %s stands for %s settled visits', v.number,
                      v.institution_id, count(*))
          from claims_visit v
         where not exists (select from claims_settlement s
                            where s.visit_id = v.id and s.kind = 'reversed')
         group by v.institution_id, v.number having count(*) > 1
        """,
    ),
    Question(
        "institutions_equal_settlements",
        "应付定点医疗机构等于基金支付",
        "select count(*) from care_institution",
        """
        with settled as (
            select institution_id, sum(fund_pay_fen) as fen from claims_settlement group by 1
        ), booked as (
            select l.party_id as institution_id, sum(l.credit_fen - l.debit_fen) as fen
              from fund_leg l join fund_book b on b.id = l.book_id
             where b.kind = 'institutions' and l.account = 'I201'
               and l.party_kind = 'institution' group by 1
        )
        select format('institution %s: settlements %s, the books %s', institution_id,
                      coalesce(s.fen, 0), coalesce(k.fen, 0))
          from settled s full join booked k using (institution_id)
         where coalesce(s.fen, 0) <> coalesce(k.fen, 0)
        """,
    ),
    Question(
        "accumulators_equal_settlements",
        "年度累计等于各次结算之和",
        "select count(*) from claims_personyear",
        """
        with settled as (
            select person_id, year, sum(fund_pay_fen) as paid,
                   count(*) filter (where kind = 'settled')
                   - count(*) filter (where kind = 'reversed') as visits
              from claims_settlement group by 1, 2
        )
        select format('person %s in %s: accumulated %s over %s visits, settled %s over %s',
                      person_id, year, coalesce(y.fund_paid_fen, 0), coalesce(y.settlements, 0),
                      coalesce(s.paid, 0), coalesce(s.visits, 0))
          from claims_personyear y full join settled s using (person_id, year)
         where (coalesce(y.fund_paid_fen, 0), coalesce(y.settlements, 0))
               <> (coalesce(s.paid, 0), coalesce(s.visits, 0))
        """,
    ),
    Question(
        "ceilings_equal_settlements",
        "各项限额已用等于各次结算之和",
        "select count(*) from claims_personyear",
        """
        with counted as (
            select s.person_id, s.year, u.place, sum(u.fen::bigint) as fen
              from claims_settlement s,
                   jsonb_array_elements_text(s.result -> 'ceilings')
                       with ordinality as u (fen, place)
             group by 1, 2, 3
        ), used as (
            select person_id, year, u.place, u.fen
              from claims_personyear, unnest(used_fen) with ordinality as u (fen, place)
        )
        select format('person %s in %s, ceiling %s: used %s, settled %s', person_id, year, place,
                      coalesce(u.fen, 0), coalesce(c.fen, 0))
          from used u full join counted c using (person_id, year, place)
         where coalesce(u.fen, 0) <> coalesce(c.fen, 0)
        """,
    ),
    Question(
        "nobody_is_over_a_ceiling",
        "没有人超过限额",
        "select count(*) from claims_personyear",
        """
        select format('person %s in %s: ceiling %s used %s of %s', person_id, year, u.place,
                      u.fen, u.most)
          from claims_personyear,
               unnest(used_fen, limit_fen) with ordinality as u (fen, most, place)
         where u.fen is null or u.most is null or u.fen > u.most or u.fen < 0
        """,
    ),
    Question(
        "answers_have_their_settlement",
        "每个答复都有其结算",
        "select count(*) from claims_reply",
        """
        select format('answer %s of %s under %s: settlement %s', r.id, r.client, r.key,
                      coalesce(r.settlement_id::text, 'none'))
          from claims_reply r left join claims_settlement s on s.id = r.settlement_id
         where s.id is null or r.body is null
            or position(convert_to(s.settlement_no, 'UTF8') in r.body) = 0
        """,
    ),
    Question(
        "settlements_keep_their_witness",
        "每次结算都留存规则指纹与条款",
        "select count(*) from claims_settlement",
        """
        select format('settlement %s keeps no witness', settlement_no)
          from claims_settlement
         where not (witness ?& array['text', 'sense', 'year', 'known', 'clauses'])
            or witness ->> 'text' is distinct from rulebook_hash
        """,
    ),
)
