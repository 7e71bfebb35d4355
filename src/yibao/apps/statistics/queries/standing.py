"""How each resident stands in a year: the one definition that every figure here is counted from.

The base are registered residents who live and have not moved away. A resident counts as reached
when insured here (by own payment or by support) or insured elsewhere with proof; `since` is the
moment of the payment, of the support, or of the proof.
"""

OWN, SUPPORTED, ELSEWHERE, UNPAID = "own", "supported", "elsewhere", "unpaid"

# The words of the definition, in which p is a person, d the due, c a coverage, o a proof of cover
# elsewhere. Parameters: year, and the moment and the day that the figures are as of.
LIVES = """(p.died_on is null or p.died_on > %(day)s)
       and (p.moved_away_on is null or p.moved_away_on > %(day)s)"""
IS_EFFECTIVE = """c.year = %(year)s and c.cancelled_at is null
            and c.reason <> 'unpaid' and coalesce(d.settled_at, c.recorded_at) <= %(on)s"""
IS_PROVEN = """o.year = %(year)s and o.cancelled_at is null
            and o.recorded_at <= %(on)s"""
KIND_AND_SINCE = """case when c.id is not null and coalesce(d.paid_fen, 0) = 0
                 and d.subsidised_fen > 0 then 'supported'
                when c.id is not null then 'own'
                when o.id is not null then 'elsewhere' else 'unpaid' end as kind,
           case when c.id is not null then coalesce(d.settled_at, c.recorded_at)
                else o.recorded_at end as since"""

STANDING = f"""
standing as (
    select p.id as person_id, p.household_id, p.area_no,
           {KIND_AND_SINCE}
      from registry_person p
      left join collection_due d
             on d.person_id = p.id and d.year = %(year)s and d.cancelled_at is null
      left join enrolment_coverage c on c.person_id = p.id and {IS_EFFECTIVE}
      left join enrolment_othercover o on o.person_id = p.id and {IS_PROVEN}
     where {LIVES}
)
"""  # noqa: S608 - fixed texts
