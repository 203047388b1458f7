"""Words that matter to cutting and ranking text, in English and Chinese."""

# A full stop after these does not end a sentence.
ABBREVIATIONS = frozenset(
    {"mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "etc", "inc", "ltd", "co"}
    | {"corp", "no", "vol", "fig", "approx", "dept", "est", "jan", "feb", "mar", "apr", "jun"}
    | {"jul", "aug", "sep", "sept", "oct", "nov", "dec", "e.g", "i.e", "u.s", "u.k", "a.m"}
    | {"p.m", "cf", "al"}
)

# They say nothing about what a text is about.
STOP_WORDS = frozenset(
    {"the", "and", "for", "that", "this", "with", "from", "are", "was", "were", "been"}
    | {"has", "have", "had", "not", "but", "its", "his", "her", "their", "they", "them"}
    | {"she", "him", "you", "your", "our", "who", "whom", "which", "what", "when", "where"}
    | {"why", "how", "will", "would", "can", "could", "should", "may", "might", "must"}
    | {"shall", "does", "did", "done", "into", "onto", "over", "under", "about", "after"}
    | {"before", "between", "during", "than", "then", "there", "here", "these", "those"}
    | {"such", "some", "any", "all", "each", "both", "more", "most", "other", "only", "own"}
    | {"same", "too", "very", "just", "also", "because", "while", "until", "again", "once"}
    | {"out", "off", "per", "via", "being", "since", "though", "although", "however"}
    | {"therefore", "it's", "don't", "isn't", "one", "two", "many", "much"}
)
STOP_CHARACTERS = frozenset(
    "的了在是和与及也就都而以对为这那其个有不我你他她它们之于等但并或很被把让从到将着过地得会能可要"
    "说去来上下里又还没更最吧吗呢啊所由向如若因此则"
)

# A sentence that opens with one of these needs the sentence before it.
POINTING_BACK = frozenset(
    {"this", "these", "that", "those", "it", "its", "they", "them", "their", "he", "she"}
    | {"his", "her", "such", "some", "none", "both", "others", "but", "however", "therefore"}
    | {"thus", "also", "and", "so", "then", "instead", "moreover", "furthermore"}
)
POINTING_BACK_WIDE = (
    "这",
    "那",
    "它",
    "他",
    "她",
    "其",
    "此",
    "但",
    "而",
    "不过",
    "因此",
    "所以",
    "然而",
    "同时",
    "另外",
    "有一",
)

# An instruction uses these without meaning that the answer should be about them.
INSTRUCTION_WORDS = frozenset(
    {"summarise", "summarize", "summary", "text", "below", "following", "style", "concise", "focus"}
    | {"detailed", "general", "information", "answer", "only", "language", "point", "bullet", "key"}
    | {"list", "numbered", "sentence", "paragraph", "article", "write", "please", "json", "main"}
    | {"object", "item", "take", "word", "short", "read", "give", "use", "using", "extract"}
    | {"总结", "概括", "摘要", "文章", "文本", "下面", "句话", "内容", "要点", "列出", "回答"}
)
