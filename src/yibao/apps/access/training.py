"""Whether a region opens accounts only to people with a recorded training."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import TrainingCertificate
from yibao.apps.access.rulebooks import article_of, book_of
from yibao.core.refusal import Refusal
from yibao.core.rules.scalar import Silent
from yibao.rulebook.loader import UnknownRegion
from yibao.rulebook.regions import region as region_of


class TrainingLacking(Refusal):
    """The region's posts are closed to whoever has no training, or one that ran out (网络 7)."""

    code = "E919"
    message = "{region}规定，培训合格证明{why}的人员不能上岗（{cite}）"
    remedy = "请参加培训，并由安全管理员登记新的培训合格证明"
    message_en = "In {region} nobody works without a valid training certificate ({cite})"
    remedy_en = "Pass the training and have the security administrator record the certificate"


_PARAMETER = "training_certificate_required"


def article_asking_for_training(region: str, *, on: date) -> str:
    """Return the article that asks for a passed training before an account, or "" where none does.

    Hinggan's text asks (网络 7). Where a text is silent, as Hengshan's, the setting stays open, and
    an open setting asks for nothing here: silence lays no duty on a clerk. An office that wants it
    says so in its settings file, with authority and document.
    """
    try:
        asked = book_of(region).value_of(_PARAMETER, on=on)
    except (Silent, UnknownRegion):
        return ""
    return article_of(region, _PARAMETER, on=on) if asked else ""


def require_training(operator_id: int, region: str, *, on: date) -> None:
    """Refuse a post to whoever has no training that is valid on the day. Raises TrainingLacking.

    Only where the region's text asks for one; elsewhere nothing is read.
    """
    cite = article_asking_for_training(region, on=on)
    if not cite:
        return
    held = TrainingCertificate.objects.filter(operator_id=operator_id, passed_on__lte=on)
    ends = list(held.values_list("valid_until", flat=True))
    if any(end is None or on < end for end in ends):
        return
    why = _("已过期") if ends else _("未登记")
    raise TrainingLacking(region=region_of(region).name, why=why, cite=cite)
