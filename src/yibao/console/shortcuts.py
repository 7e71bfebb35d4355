"""The page of keys: what the keyboard does, on every page and in lists, forms and grids."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from yibao.console.page import ConsoleRequest, console_page, page

# Heading → (keys, what they do). keys.js, grid.js and picker.js do it; nothing else has keys.
KEYS = (
    (
        _("每一页"),
        (
            ("F2", _("查人")),
            ("Alt J", _("到主菜单，写拼音首字母后按 Enter")),
            ("F1", _("在一格里：这一格的说明；别处：全部按键")),
            ("Alt /", _("全部按键")),
            ("Alt L", _("锁屏：离开一会儿，不退出")),
            ("Esc", _("关闭展开的部分，或返回上一级")),
            ("Alt A", _("新办一件（列表页）")),
            ("Alt N", _("下一件（队列中）")),
            ("Alt P", _("上一件（队列中）")),
        ),
    ),
    (
        _("表单"),
        (
            ("Enter", _("下一格；最后一格之后到按钮")),
            ("Shift Enter", _("上一格")),
            ("Ctrl S", _("保存；没有保存按钮的页面存为草稿")),
            ("Ctrl Enter", _("提交")),
        ),
    ),
    (
        _("列表"),
        (
            ("↓", _("从页面或查询框到第一行")),
            ("↓ ↑", _("下一行、上一行")),
            ("Home End", _("第一行、最后一行")),
            ("Enter", _("打开这一行")),
        ),
    ),
    (
        _("录入表格"),
        (
            ("↓ ↑ ← →", _("移到相邻的格；左右键在格的边上移动")),
            ("Enter", _("下一行的同一格；最后一行之后增加一行")),
            ("Tab", _("下一格")),
            ("Ctrl V", _("从 WPS、Excel 粘贴一块")),
            ("Ctrl Z", _("撤销上一次粘贴")),
        ),
    ),
    (
        _("选择人员、机构、区划"),
        (
            ("↓ ↑", _("在结果中移动")),
            ("Enter", _("选定")),
            ("Esc", _("关闭结果")),
        ),
    ),
)


@console_page()
def keys(request: ConsoleRequest) -> HttpResponse:
    """Show the keys."""
    return page(request, "console/keys.html", {"groups": KEYS})
