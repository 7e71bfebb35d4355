"""The kinds of offices, of posts and of requests, with their words."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    CITY = "city", _("市（盟）")
    COUNTY = "county", _("县（旗）")
    TOWNSHIP = "township", _("乡镇（街道）")
    VILLAGE = "village", _("村（社区）")
    AGENCY = "agency", _("医保经办机构")
    DEPARTMENT = "department", _("部门")
    SCHOOL = "school", _("学校")
    BANK = "bank", _("银行")
    TAX = "tax", _("税务")
    FINANCE = "finance", _("财政")
    HOSPITAL = "hospital", _("定点医疗机构")


class Role(models.TextChoices):
    VILLAGE_AGENT = "village_agent", _("村级代办")
    TOWNSHIP_CLERK = "township_clerk", _("乡镇经办")
    COUNTY_CLERK = "county_clerk", _("县级经办")
    COUNTY_REVIEWER = "county_reviewer", _("县级复核")
    MEDICAL_CLERK = "medical_clerk", _("医疗审核")
    FUND_ACCOUNTANT = "fund_accountant", _("基金会计")
    POLICY_OFFICER = "policy_officer", _("政策研究")
    AUDITOR = "auditor", _("稽核审计")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SYSTEM = "system", _("系统任务")


class GrantState(models.TextChoices):
    WAITING = "waiting", _("待批准")
    RETURNED = "returned", _("已退回")
    WITHDRAWN = "withdrawn", _("已撤回")
    APPROVED = "approved", _("已批准")
