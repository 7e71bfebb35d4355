"""What a simulation refuses: each cause with the place in the file and the cure."""

from yibao.core.refusal import Refusal


class ExtraMissing(Refusal):
    """A library of an extra is not installed."""

    code = "SM01"
    message = "缺少模拟所需的组件 {library}"
    remedy = "请安装:pip install 'yibao[{extra}]'"
    message_en = "The library {library}, which this needs, is not installed"
    remedy_en = "Install it: pip install 'yibao[{extra}]'"


class SnapshotUnreadable(Refusal):
    """A directory is no snapshot, or its manifest cannot be read."""

    code = "SM02"
    message = "{place} 不是可读取的人群快照:{why}"
    remedy = "请重新生成快照,或改正路径"
    message_en = "{place} is no readable population snapshot: {why_en}"
    remedy_en = "Make the snapshot again, or correct the path"


class SnapshotOfElsewhere(Refusal):
    """A snapshot belongs to another region or year."""

    code = "SM03"
    message = "快照属于 {region} {year} 年,所求为 {wanted} {wanted_year} 年"
    remedy = "请使用该地区该年度的快照"
    message_en = "The snapshot is of {region} {year}, asked for is {wanted} {wanted_year}"
    remedy_en = "Use a snapshot of that region and year"


class FileChanged(Refusal):
    """A file of a snapshot is missing, or is not the one that its manifest names."""

    code = "SM04"
    message = "快照文件 {file} {why}"
    remedy = "请重新生成快照;快照生成后不得修改"
    message_en = "The snapshot's file {file} {why_en}"
    remedy_en = "Make the snapshot again; it is not to be changed afterwards"


class SchemaWrong(Refusal):
    """A column is unknown, lacking, or of another type than its fact."""

    code = "SM05"
    message = "{file}:列“{column}”{why}"
    remedy = "请按文档 docs/algorithms/simulation.md 所列的列名和类型生成"
    message_en = "{file}: column “{column}” {why_en}"
    remedy_en = "Write names and types as docs/algorithms/simulation.md lists them"


class RowWrong(Refusal):
    """A row's value cannot be: unknown code, out of range, or null where there is no none."""

    code = "SM06"
    message = "{file}:第 {row} 行,列“{column}”:{why}"
    remedy = "请更正该行后重新生成快照"
    message_en = "{file}: row {row}, column “{column}”: {why_en}"
    remedy_en = "Correct the row and make the snapshot again"


class PersonMissing(Refusal):
    """A visit names a person who is not in the bucket."""

    code = "SM07"
    message = "{file}:第 {row} 行,列“person”:人员 {person} 不在本分区的人员表中"
    remedy = "请补充该人员,或删除该就诊"
    message_en = "{file}: row {row}, column “person”: person {person} is not among the bucket's"
    remedy_en = "Add the person, or take the visit out"


class VisitTwice(Refusal):
    """A visit's number stands twice."""

    code = "SM08"
    message = "{file}:第 {row} 行,列“number”:就诊编号 {number} 已在第 {first} 行出现"
    remedy = "请删除重复的就诊"
    message_en = "{file}: row {row}, column “number”: visit {number} stands already in row {first}"
    remedy_en = "Take the double out"


class OutOfOrder(Refusal):
    """Rows do not stand in the order of person, then of the fold."""

    code = "SM09"
    message = "{file}:第 {row} 行,列“{column}”:排在了前一行之前"
    remedy = "请按人员、出院日期、就诊编号排序"
    message_en = "{file}: row {row}, column “{column}”: it comes before the row ahead of it"
    remedy_en = "Sort by person, then day of discharge, then number"


class WrongBucket(Refusal):
    """A person stands in a bucket that is not the one of the person's key."""

    code = "SM10"
    message = "{file}:第 {row} 行,列“person”:人员 {person} 应在分区 {bucket}"
    remedy = "请按人员键的散列分区"
    message_en = "{file}: row {row}, column “person”: person {person} belongs in bucket {bucket}"
    remedy_en = "Split by the hash of the person's key"


class ProposalUnreadable(Refusal):
    """A proposal's file cannot be opened, or is not UTF-8."""

    code = "SM11"
    message = "无法读取方案文件 {path}:{why}"
    remedy = "请核对路径和编码(UTF-8)"
    message_en = "The proposal {path} cannot be read: {why}"
    remedy_en = "Check the path, and that it is UTF-8 text"


class NothingToSimulate(Refusal):
    """The region's rulebook has neither rule that a simulation reads."""

    code = "SM12"
    message = "{region} 的规则库没有可模拟的缴费或待遇规则"
    remedy = "请先在规则库中写入 contribution 或 benefit 规则"
    message_en = (
        "The rulebook of {region} has neither a contribution nor a benefit rule to simulate"
    )
    remedy_en = "Write the rule contribution or benefit first"


class AnotherRun(Refusal):
    """A run directory keeps a run of other rulebooks, facts or years."""

    code = "SM13"
    message = "目录 {place} 保存的是另一次模拟"
    remedy = "请换一个目录;已保存的结果不会被覆盖"
    message_en = "The directory {place} keeps another run"
    remedy_en = "Choose another directory; a kept result is not written over"


class WorkersLost(Refusal):
    """Worker processes died again and again at the same bucket."""

    code = "SM14"
    message = "分区 {bucket} 的计算进程 {times} 次异常退出"
    remedy = "请检查内存;已完成的分区会保留,重新运行即可继续"
    message_en = "The process that ran bucket {bucket} died {times} times"
    remedy_en = "Look at the memory; finished buckets are kept, run again to go on"


class ClusterUnreachable(Refusal):
    """A Ray cluster does not answer."""

    code = "SM15"
    message = "无法连接计算集群 {address}:{why}"
    remedy = "请核对地址,或使用 --on local"
    message_en = "The cluster {address} cannot be reached: {why}"
    remedy_en = "Check the address, or use --on local"
