"""Institutions as a list walks them, with the designation of the day."""

from yibao.apps.desk.tables import Table

INSTITUTIONS = Table("""
select i.id, i.code, i.name, i.kind, i.level, i.region, i.area_no, i.in_region,
       d.id is not null as is_designated, d.designated_from, d.designated_until, d.document,
       (select o.name from access_organisation o
         where o.area_from = i.area_no and o.kind in ('city', 'county', 'township', 'village')
         order by o.area_until limit 1) as place
  from care_institution i
  left join care_designation d
         on d.institution_id = i.id and d.region = i.region and d.designated_from <= %(day)s
        and (d.designated_until is null or d.designated_until > %(day)s)""")
