"""The kinds of offices, of posts and of requests, with their words."""

from django.db import models


class OrganisationKind(models.TextChoices):
    CITY = "city", "市（盟）"
    COUNTY = "county", "县（旗）"
    TOWNSHIP = "township", "乡镇（街道）"
    VILLAGE = "village", "村（社区）"
    AGENCY = "agency", "医保经办机构"
    DEPARTMENT = "department", "部门"
    SCHOOL = "school", "学校"
    BANK = "bank", "银行"
    TAX = "tax", "税务"
    FINANCE = "finance", "财政"
    HOSPITAL = "hospital", "定点医疗机构"


class Role(models.TextChoices):
    VILLAGE_AGENT = "village_agent", "村级代办"
    TOWNSHIP_CLERK = "township_clerk", "乡镇经办"
    COUNTY_CLERK = "county_clerk", "县级经办"
    COUNTY_REVIEWER = "county_reviewer", "县级复核"
    MEDICAL_CLERK = "medical_clerk", "医疗审核"
    FUND_ACCOUNTANT = "fund_accountant", "基金会计"
    POLICY_OFFICER = "policy_officer", "政策研究"
    AUDITOR = "auditor", "稽核审计"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SYSTEM = "system", "系统任务"


class GrantState(models.TextChoices):
    WAITING = "waiting", "待批准"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"
    APPROVED = "approved", "已批准"
