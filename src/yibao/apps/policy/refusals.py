"""What cannot be done with proposals, settings and signatures, each with its cause and cure."""

from yibao.core.refusal import Refusal


class WholeRegionOnly(Refusal):
    """Raised where a post of a part of the region would change what the whole region decides by."""

    code = "E950"
    message = "政策参数对整个统筹地区生效，您的岗位只管“{area}”"
    remedy = "请由统筹地区经办机构的政策研究或复核岗位办理"
    message_en = 'Policy holds for the whole region; your post covers only "{area}"'
    remedy_en = "Have an officer of the region's own agency do it"


class NotYourDraft(Refusal):
    """Raised by `save_draft` and `submit` for somebody else's draft."""

    code = "E951"
    message = "提案 {number} 是{author}的草稿"
    remedy = "请由起草人修改；或另起一份提案"
    message_en = "Proposal {number} is a draft of {author}"
    remedy_en = "Its author changes it; or draft another"


class DraftFaulty(Refusal):
    """Raised by `submit` and `activate` for a draft that cannot be read over the rulebook."""

    code = "E952"
    message = "提案有 {count} 处错误，第一处在第 {line} 行"
    remedy = "请按检查结果改正后再提交"
    message_en = "The proposal has {count} faults, the first in line {line}: {what}"
    remedy_en = "Mend what the check names, then submit it again"


class DraftEmpty(Refusal):
    """Raised by `submit` for a draft that changes nothing."""

    code = "E953"
    message = "提案 {number} 没有改变任何数值或条款"
    remedy = "请写出要改变的参数或条款"
    message_en = "Proposal {number} changes no value and no clause"
    remedy_en = "Write down what it changes"


class ProofFails(Refusal):
    """Raised by `activate` where the rulebook with the proposal does not prove clean."""

    code = "E954"
    message = "加上提案后规则有 {count} 处不能证明：{what}"
    remedy = "请退回起草人补足条款或写明先后"
    message_en = "With the proposal the rules fail {count} proofs: {what}"
    remedy_en = "Send it back: add the clause that is missing, or say which goes first"


class DocumentMissing(Refusal):
    """Raised by `activate` and `enter_setting` without the number of a document."""

    code = "E955"
    message = "没有填写文号"
    remedy = "请填写作出决定的文件的文号和日期"
    message_en = "No document number was given"
    remedy_en = "Enter number and date of the document that decides"
    field = "document"


class DocumentNotYet(Refusal):
    """Raised by `activate` and `enter_setting` for a document dated after the served day."""

    code = "E956"
    message = "文件日期 {document_on} 晚于今天 {today}"
    remedy = "请核对日期；尚未印发的文件不能生效"
    message_en = "The document is dated {document_on}, after today, {today}"
    remedy_en = "Check the date; what is not issued cannot come into force"
    field = "document_on"


class SettingNotOpen(Refusal):
    """Raised by `enter_setting` for a parameter that the region's text does not leave open."""

    code = "E957"
    message = "“{label}”不是待定参数"
    remedy = "文件已有规定的，请拟订提案"
    message_en = "“{label}” is no open setting"
    remedy_en = "Where the text rules it, draft a proposal"


class SettingWaits(Refusal):
    """Raised by `enter_setting` while another value of the parameter waits to be confirmed."""

    code = "E958"
    message = "“{label}”已有一个数值待审定（编号 {number}）"
    remedy = "请先审定或退回那一个"
    message_en = "A value of “{label}” waits already (number {number})"
    remedy_en = "Decide that one first"


class SettingUnreadable(Refusal):
    """Raised by `enter_setting` for a value that is none of the parameter's type."""

    code = "E959"
    message = "“{label}”的数值无法读取：{why}"
    remedy = "请按提示的格式填写"
    message_en = "The value of “{label}” cannot be read: {why}"
    remedy_en = "Write it as the hint says"
    field = "value"


class SenseChanged(Refusal):
    """Raised by `sign_cells` where the rule is not the one that was read."""

    code = "E960"
    message = "规则“{rule}”在您审阅后已经改变"
    remedy = "请重新打开结果表，按新的结果审阅"
    message_en = "The rule “{rule}” has changed since you read it"
    remedy_en = "Open the table again and read the new outcomes"


class SignedAlready(Refusal):
    """Raised by `sign_cells` for a second signature of the same person."""

    code = "E961"
    message = "您已在 {signed_at} 签过这一项"
    remedy = "第二个签名须由另一人作出"
    message_en = "You signed this on {signed_at}"
    remedy_en = "The second signature is somebody else's"


class SimulationFailed(Refusal):
    """Raised by `run_simulation` where the population cannot be computed."""

    code = "E962"
    message = "试算没有完成：{why}"
    remedy = "请改正后重新试算；此前的结果不受影响"
    message_en = "The simulation did not finish: {why}"
    remedy_en = "Mend it and run it again; earlier results stay as they are"


class ProposalChanged(Refusal):
    """Raised by `activate` where the version that was read is not the one that stands."""

    code = "E963"
    message = "提案 {number} 现在是第 {version} 版，您看到的是第 {seen} 版"
    remedy = "请重新打开提案，按现在的内容审定"
    message_en = "Proposal {number} stands at version {version}; you read version {seen}"
    remedy_en = "Open it again and decide by what it says now"
