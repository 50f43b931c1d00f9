"""E-mail addresses, links and messenger handles in folded text, and the redaction of them all.

Detectors name what a reader could use to leave the platform; they read straight and disguised
spellings ("name at mail dot com"). `redact_contacts` prefers to remove too much: it guards traces.
"""

import re
from collections.abc import Iterator

from tools.safety.normalise import Folded, fold
from tools.safety.phones import find_number_runs, find_phones

_AT = r"(?:@|\(at\)|\[at\]|\{at\}|<at>|_at_|\(@\)|\[@\]| at |艾特|圈a)"
_DOT = r"(?:\.|\(dot\)|\[dot\]|\{dot\}|<dot>|\[\.\]|\(\.\)| dot |点)"
_TLD = (
    r"(?:com|net|org|info|biz|xyz|io|cn|uk|de|fr|ru|eu|jp|kr|hk|tw|sg|au|ca|nl|ch|pl|br|se|nz|tk|ml|cc"
    r"|ly)(?![a-z0-9])"
)
_WORD_TLD = r"(?:shop|store|online|site|top|vip|club|app|dev|link|live|click|it|es|me|co|in|is)"
"""Top-level domains that are words: "good.top quality" is a forgotten space, not an address."""
_MAILBOX = (
    r"(?:gmail|googlemail|hotmail|outlook|yahoo|ymail|icloud|proton(?:mail)?|aol|gmx|163|126|qq|foxmail"
    r"|sina|sohu|139|mail|email|zoho|yandex|live|msn)"
)
_NAME = r"[a-z0-9][a-z0-9._%+-]{0,40}"
_EMAIL = re.compile(
    rf"{_NAME} ?@ ?[a-z0-9-]{{1,30}}(?: ?\. ?[a-z0-9-]{{2,20}}){{1,3}}(?![a-z0-9])"
    rf"|{_NAME} ?{_AT} ?[a-z0-9-]{{1,24}} ?{_DOT} ?{_TLD}"
    rf"|{_NAME} ?(?:@|\(at\)|\[at\]|{{at}}|艾特|圈a) ?{_MAILBOX}(?![a-z0-9])"
    rf"|{_NAME} at (?:gmail|hotmail|googlemail|outlook|icloud|protonmail|qq|163)(?![a-z0-9])"
)

_NOT_LINKS = r"(?:asp|ado|vb|c#|ml|paint|visual|studio|\.|dot|j#|node|vue|next|nuxt|three|d3)"
_LINK = re.compile(
    r"(?:https?|ftp|hxxps?) ?: ?/ ?/ ?[^\s，。；、）)]{1,48}"
    r"|(?<![a-z0-9])www ?[.。] ?[a-z0-9-]{1,40}(?: ?[.。] ?[a-z0-9-]{2,20})?(?:/[^\s，。]{0,20})?"
    r"|(?<![a-z0-9@.-])(?:t|wa|m|bit|goo|tinyurl|youtu|fb|ig|line|discord|lnkd|v|u|s)"
    r"\.(?:me|ly|gl|com|be|gg|in|do|cn|to)/[a-z0-9+@_./-]{1,40}"
    rf"|(?<![a-z0-9@.#+])(?!{_NOT_LINKS}\.(?:net|js|io|com)(?![a-z0-9]))[a-z0-9][a-z0-9-]{{1,40}}"
    rf"(?:\.[a-z0-9-]{{2,20}}){{0,2}}\.{_TLD}(?:/[^\s，。]{{0,20}})?"
    rf"|(?<![a-z0-9@.-])[a-z0-9-]{{2,40}}\.{_WORD_TLD}/[^\s，。]{{1,20}}"
    r"|(?<![a-z0-9])[a-z0-9-]{3,30} ?(?:\(dot\)|\[dot\]|\{dot\}|\[\.\]|\(\.\)| dot |点) ?"
    r"(?:com|net|cn|org)(?![a-z0-9])"
)

_STRONG = (
    r"(?:whats ?app|watsapp|whatsap|we ?chat|weixin|telegram|viber|snap ?chat|kakao(?:talk)?|zalo"
    r"|微信|薇信|徽信|維信|维信|v信|威信|vx|wx|扣扣|企鹅号|飞机号)"
)
_WEAK = (
    r"(?:instagram|insta|ig|facebook|fb|skype|discord|kik|qq|tg|twitter|tiktok|抖音|小红书|闲鱼|微博"
    r"|电报)"
)
_GENERIC = r"(?:signal|line|messenger|snap)"
_ID = r"[a-z0-9][a-z0-9_.-]{4,29}"
_ID_MARKED = r"(?=[a-z_.-]{0,24}[0-9_])[a-z0-9][a-z0-9_.-]{4,29}"
_NAMED = r"(?: ?(?:id|号码?|number|no\.?|nr|handle|name|user(?:name)?|account))"
_SET = r" ?(?:is |[:=#→@]{1,2} ?|是|为|- )"
_LEFT = r"(?<![a-z0-9])"
_ME = r"(?:me|us|seller)"
_HANDLE = re.compile(
    rf"{_LEFT}{_STRONG}(?: (?:me|us))?{_NAMED}?(?:{_SET}@?{_ID}| ?@?{_ID_MARKED})"
    rf"|{_LEFT}{_WEAK}(?:{_NAMED}(?:{_SET}| )@?{_ID}|{_SET}@?{_ID_MARKED}| ?@{_ID})"
    rf"|{_LEFT}{_GENERIC}{_NAMED}(?:{_SET}| )@?{_ID}"
    rf"|{_LEFT}(?:qq|扣扣)(?:号码?|群)? ?[:是]? ?[1-9](?: ?[0-9]){{4,10}}(?![0-9])"
    rf"|{_LEFT}(?:add|message|msg|text|contact|reach|find|dm|pm|write(?: to)?|call|hit|chat with"
    rf"|talk to|ping|follow|buzz|see) (?:{_ME} )?(?:up )?"
    r"(?:on|via|by|through|at|over|in|using) (?:my |the )?"
    rf"(?:{_STRONG}|(?:instagram|insta|ig|facebook|fb|messenger|signal|skype|discord|kik|tg|snap|qq))"
    r"(?![a-z])"
    rf"|{_LEFT}(?:whats ?app|telegram|wechat|viber|snapchat|dm|pm) (?:{_ME})(?![a-z])"
    rf"|{_LEFT}my (?:{_STRONG}|{_WEAK})(?: (?:is|id|handle|name|number))(?![a-z])"
    rf"|(?:加|联系|私聊?|扫|找|搜|\+|➕|留|互)(?:一下|个|我|卖家|下|的|老板|客服){{0,3}} ?"
    rf"(?:{_STRONG}|qq|q群|tg|电报|飞机|v(?![a-z0-9])|薇(?!薇)|威(?![a-z力]))"
    rf"|(?:微信|薇信|v信|vx|手机)同号"
    rf"|(?:微信|薇信|v信|vx|wx) ?(?:扫码|二维码)(?:联系|加|添加)"
    r"|(?:dm|follow|message|find|contact|add|reach)(?: (?:me|us))?(?: (?:on|at))? @[a-z0-9_.]{3,30}"
    r"|(?<![a-z0-9_.@])@(?=[a-z.]{0,24}[0-9_])[a-z][a-z0-9_.]{4,29}(?![a-z0-9@])"
)
_ANY_HANDLE = re.compile(
    rf"{_LEFT}(?:{_STRONG}|{_WEAK}){_NAMED}?{_SET}@?[a-z0-9_.-]{{3,30}}|(?<![a-z0-9])@[a-z_][a-z0-9_.]{{2,29}}"
)

_NAME_AFTER = re.compile(
    r"(?: (?:at|is|on|me))? ?[:=#,-]? ?@?(?=[a-z.-]{0,30}[0-9_@])[a-z0-9_.-]{4,30}"
)


def find_emails(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield the folded spans of e-mail addresses, plain or with the signs written out."""
    text = folded.text
    if "@" in text or "at" in text or "艾特" in text or "圈a" in text:
        yield from (match.span() for match in _EMAIL.finditer(text))


def find_links(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield the folded spans of web addresses and bare domains."""
    yield from (match.span() for match in _LINK.finditer(folded.text))


def find_handles(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield the folded spans of messenger handles and invitations to a messenger."""
    yield from (match.span() for match in _HANDLE.finditer(folded.text))


def redact_contacts(text: str) -> str:
    """Return `text` with `[email]`, `[link]`, `[phone]` and `[handle]` for contact data.

    Guarantees that nothing `find_*` finds is left; text without contact data comes back unchanged.
    """
    folded = fold(text)
    found: list[tuple[int, int, str]] = []
    for mark, finder in (
        ("[email]", find_emails),
        ("[link]", find_links),
        ("[handle]", _find_whole_handles),
        ("[phone]", find_phones),
        ("[phone]", find_number_runs),
    ):
        for start, end in finder(folded):
            found.append((*folded.span(start, end), mark))
    out: list[str] = []
    at = 0
    for start, end, mark in sorted(found, key=lambda item: (item[0], -item[1])):
        if start >= at:
            out.append(text[at:start] + mark)
        at = max(at, end)
    return "".join(out) + text[at:]


def _find_whole_handles(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield handles with the name that follows an invitation, and any `@name`."""
    for start, end in find_handles(folded):
        name = _NAME_AFTER.match(folded.text, end)
        yield start, name.end() if name else end
    yield from (match.span() for match in _ANY_HANDLE.finditer(folded.text))
