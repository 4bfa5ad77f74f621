"""The rules for page furniture, each with an example it flags and a near miss that it must not."""

from __future__ import annotations

from dedup.furniture.rule import Rule, Scope

_DAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun)\b"
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
_NUMERIC_DATE = r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?:T[\d:.+Z-]{4,20})?"
_CLOCK = (
    r"(?:\d{1,2}[:.]\d\d(?= ?[ap]\.?m)|\d{1,2}:\d\d(?::\d\d)?|\d{1,4}(?:st|nd|rd|th)?|[ap]\.?m"
    r"|[ecmp][sd]?t|gmt|utc|bst|ist|noon|at|on|of|as|last|first|originally|modified|created"
    r"|edited|time)\b"
)
_DATE = rf"(?:{_DAY}|{MONTH}|{_NUMERIC_DATE}|(?:date|published|updated?|posted)\b)"
_STAMP = rf"(?:{_DATE}|{_CLOCK})"
_BETWEEN_STAMPS = r"(?:[\s,|/()–—-]|[.:]\s){1,6}"
_MONTH_WORDS = (
    "january february march april may june july august september october november december"
    " jan feb mar apr jun jul aug sep sept oct nov dec"
)
_DAY_WORDS = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun"
    f" {_MONTH_WORDS} published updated update posted date last first originally modified created"
    " 0"
)
_IN_STAMPS = (
    f"{_DAY_WORDS} edited time noon at on of as a p am pm et est edt ct cst cdt mt mst mdt pt pst"
    " pdt gmt utc bst ist"
)
_DATE_WORDS = " ".join(
    [_DAY_WORDS, *(f"{first}-{word}" for first in ("on", "as") for word in _IN_STAMPS.split())]
)
_DAYS_OF_MONTHS = " ".join(f"{month}-0" for month in _MONTH_WORDS.split())
_BUTTON = (
    r"(?:share(?: (?:this|on|via|to))?(?: (?:article|story|page|post))?|tweet|post|e-?mail|print"
    r"|save|pin|facebook|twitter|pinterest|linked-?in|whats-?app|reddit|tumblr|google\+?|telegram"
    r"|pocket|flipboard|messenger|instagram|youtube|copy(?: the)? link|link copied|more|comments?"
    r"|\d+ (?:comments?|shares?)|listen to article|\d+:\d\d|text size|bookmark|cancel|like|rss"
    r"|by|or|on|via|this|and)"
)
_BUTTON_WORDS = (
    "share tweet email print save pin facebook twitter pinterest linkedin whatsapp reddit tumblr"
    " google telegram pocket flipboard messenger instagram youtube copy link comments comment"
    " listen text bookmark rss 0"
)
_ITEM = r"(?-i:[A-Z0-9][\w&’'-]{0,20})(?: [\w&’'-]{1,20}){0,3}"
"""What stands between the bars of a navigation line."""
_NOTICE = r"(?:newsletters?|inbox|e-?mails?|alerts?|briefings?|digest|bulletin|podcast|updates)"
_AGENCY = r"(?:reuters|a\.?p\.?|afp|epa|upi|getty(?: images)?|bloomberg|ap images|shutterstock|cnn)"
_NAME = r"(?-i:[A-Z][\w.’'-]*(?: (?:de|la|van|von|der|bin|al))?)"

RULES: tuple[Rule, ...] = (
    # --- dates, labels, buttons -----------------------------------------------------------------
    Rule(
        "date",
        Scope.LINE,
        rf"(?:{_CLOCK}{_BETWEEN_STAMPS}){{0,6}}{_DATE}(?:{_BETWEEN_STAMPS}{_STAMP}){{0,60}}",
        "Tuesday, October 31, 2023",
        "Tuesday, October 31, 2023, was a cold day",
        _DATE_WORDS,
    ),
    Rule(
        "age",
        Scope.LINE,
        r"\d+\W*(?:s|m|h|d|sec|min|minute|hour|day|week|month|year)s?\W+(?:ago|read)",
        "7 years ago",
        "7 years ago the mill closed",
        "0",
    ),
    Rule(
        "label",
        Scope.LINE,
        r"(?:photos?|videos?|loading|close|tags?|topics?|filed under|skip to (?:main )?content"
        r"|back to (?:top|main menu)|search|home|menu|subscribe"
        r"|(?:log ?in|sign ?in|sign up|register|subscribe)(?: or (?:log ?in|sign ?in|sign up"
        r"|register|subscribe|create an account))?"
        r"|subscribe now|next|previous|prev|source|credits?|caption|image|author|category"
        r"|categories|pullquote|audio-clip|play|replay|watch(?: here| below)?|vote (?:now|here)"
        r"|urgent|transcript|contents?|analysis/opinion|opinion (?:contributor|columnist)"
        r"|(?:toggle|hide) caption|(?:view|show|hide) comments|(?:leave|post) a (?:comment|reply)"
        r"|leave a reply cancel reply|(?:prev|next) image \d+ of \d+|see all|more videos"
        r"|(?:the )?associated press|reuters|usa today)",
        "Filed Under:",
        "Video shows the crash",
        "photo photos video videos loading close tag tags topic topics filed skip back search home"
        " menu log login sign register subscribe next previous prev source credit credits caption"
        " image author category categories pullquote audio play replay transcript content contents"
        " analysis opinion toggle hide view show leave post watch vote urgent usa reuters see more",
        "press",
    ),
    Rule(
        "navigation",
        Scope.LINE,
        rf"{_ITEM}(?:\s?[|•·›»]\s?{_ITEM}){{2,30}}",
        "Home | News | Sport | Business and Money",
        "Home | The mill burns",
        "home news sport sports politics business world uk us opinion culture lifestyle weather"
        " video live about contact privacy terms menu sections latest local national startseite"
        " nachrichten politik inicio portada noticias política accueil actualités politique início"
        " notícias nieuws nyheter hem hjem wiadomości główna",
    ),
    Rule(
        "buttons",
        Scope.LINE,
        rf"{_BUTTON}(?:\W{{1,4}}{_BUTTON}){{0,25}}",
        "SHARE THIS ARTICLE Share Tweet Post Email",
        "Twitter shares fell",
        _BUTTON_WORDS,
    ),
    Rule(
        "share caption",
        Scope.BLOCK,
        r"facebook\W+twitter\W+(?:pinterest|google|e-?mail|linkedin|whatsapp)\b",
        "Facebook Twitter Pinterest The mill before the fire. Photograph: A. Lee",
        "Facebook, Twitter and Google face new rules.",
        "facebook",
    ),
    Rule(
        "share link",
        Scope.LINE,
        r"(?:read or )?share this (?:story|article|page|post)?\b.{0,160}",
        "Read or Share this story: http://example.com/abc",
        "Read the letter",
        "read share",
    ),
    Rule(
        "comments",
        Scope.SENTENCE,
        r"comments are (?:now )?(?:closed|off|disabled|moderated|subject to)\b"
        r"|(?:view|show|see|read) (?:all |the )?(?:\d+ )?comments?\W*\Z"
        r"|(?:join the conversation|leave a (?:comment|reply)|add a comment|load comments)\W*\Z",
        "Comments are closed, but trackbacks and pingbacks are open.",
        "Comments are closely watched by traders.",
        "comments view show see read join leave add load",
    ),
    Rule(
        "advertisement",
        Scope.LINE,
        r"(?:ad|ads|advert|advertisement|sponsored(?: content| post| links?)?|promoted(?: content)?"
        r"|paid (?:content|post)|story continued below|(?:article|story) continues (?:below|after)"
        r"(?: (?:this )?advertisement)?|continue(?:s|d)? reading(?: the main story| below)?"
        r"|report (?:this )?ad)(?:\W{1,6}(?:advertisement|continue reading the main story))*",
        "Advertisement Continue reading the main story",
        "Advertisement revenue fell",
        "ad ads advert advertisement sponsored promoted paid story article continue continues"
        " continued report",
    ),
    # --- pointers to other stories --------------------------------------------------------------
    Rule(
        "list of stories",
        Scope.LIST,
        r"(?:related(?: (?:stor(?:y|ies)|articles?|content|coverage|links?|topics?|posts?|news))?"
        r"|latest(?: stories| news| headlines| posts)?|(?:top|trending|popular|recent) (?:stories"
        r"|news|posts|articles|now)|trending|read more|more|see also|also see|also read|read also"
        r"|read next|up next|most (?:read|popular|viewed|shared|commented)|more (?:on this"
        r"(?: story| topic)?|like this|stories|news|headlines|coverage|from \S+(?: \S+){0,4})"
        r"|recommended(?: for you| stories| reading)?|you (?:may|might) (?:also )?(?:like|enjoy)"
        r"|editors?['’]?s? picks?|don['’]?t miss|more in \S+(?: \S+){0,2}|further reading"
        r"|what (?:to|else to) read next)",
        "Latest stories",
        "Latest stories of abuse shock town",
        "related latest top trending popular recent read more see also up most recommended"
        " editor editors don further you-may you-might what-to what-else",
    ),
    Rule(
        "teaser",
        Scope.LINE,
        r"(?:(?:related(?: \w{1,12})?|read(?: more| also| next)?|more(?: on this)?"
        r"|see(?: also| more| photos)?|also(?: see| read)|also on [\w ]{2,20}"
        r"|photos?|pictures|gallery|slideshow|video|watch(?: live| now)?"
        r"|listen|exclusive video|special coverage|full coverage|interactive|view slideshow"
        r"|click here|don['’]t miss|read the full (?:story|article)|go deeper|vote now"
        r")\s{0,2}:\s?\S.{0,220}|(?:see|read) \S+ full [\w’' ]{3,60}coverage)",
        "( Also on POLITICO: House budget collapsing)",
        "Read carefully",
        "related read more see also photo photos pictures gallery slideshow video watch listen"
        " exclusive special full interactive view click don go vote",
        like_headline=True,
    ),
    Rule(
        "more on",
        Scope.SENTENCE,
        r"(?:(?:click|tap) (?:here|to)|read more (?:about|at|from|on|in|here)|click for more"
        r"|for more (?:(?:from|on|about) [\w .’'&-]{2,40},|(?:news|stories|information),"
        r"|information (?:visit|go))|visit (?:our|us at|[\w.’' ]{2,40} (?:homepage|website) for)"
        r"|watch (?:the )?(?:latest )?videos? (?:at|on)\b|continue reading\b"
        r"|go to .{2,40} for more)",
        "CLICK HERE TO GET THE FOX NEWS APP",
        "Click and collect sales rose.",
        "click tap read for-more visit watch continue go",
    ),
    Rule(
        "linked headline",
        Scope.LINE,
        r"(?-i:.{10,160}[\w?'’”] Read more|Related [A-Z][^.!]{10,150}(?![.!]))",
        "Protesters decry orders in Ohio Read more",
        "The paper asked people what they read more",
        "related",
        "more",
        like_headline=True,
    ),
    # --- pictures, film and sound ---------------------------------------------------------------
    Rule(
        "caption",
        Scope.BLOCK,
        r"(?:image (?:copyright|source|caption|credit)\b|media playback is (?:un|not )"
        r"|(?:media|video) caption\b|enlarge (?:this )?image|toggle caption|hide caption"
        r"|just watched\b|must watch\b|file photo\b|file\s?[—–-]\s?(?:in|this|an?|the)\b"
        r"|photos?: .{1,300}?(?:hide caption|photos: )|slideshow \(\d+ images?\)"
        r"|(?:photo|image|picture|photograph|illustration)s?(?: credit| courtesy| by\b|: )"
        r"|(?:play|watch|view|now playing) (?:video|gallery|photos)\b)",
        "Image copyright Getty Images Image caption The mill before the fire",
        "Image rights were sold.",
        "image media video enlarge toggle hide just must file photo photos slideshow picture"
        " photograph illustration images pictures photographs illustrations play watch view now",
    ),
    Rule(
        "gallery",
        Scope.WITHIN,
        "Hide Caption",
        "The mill – The mill burns. Hide Caption 1 of 21 The mill – The roof falls.",
        "Hide the caption, they said.",
    ),
    Rule(
        "picture credit",
        Scope.LINE,
        rf"(?:.{{0,400}}\()?(?:[^()\n]{{2,90}}(?:[/,]\s?|\bvia ){_AGENCY}[^()\n]{{0,30}}"
        rf"|{_AGENCY} (?:photo|file)[^()\n]{{0,50}}"
        r"|(?:photo|image|screenshot|pixabay|courtesy|file)\b[^()\n]{0,60})\)",
        "The senator at a rally in Iowa, June 3, 2016. (Mike Doe/Reuters)",
        "The senator spoke in Iowa (Reuters)",
        last=")",
    ),
    Rule(
        "credited caption",
        Scope.LINE,
        r"(?-i:.{0,380}(?:(?:Photos?|Photograph|PHOTO|Image|Credit): | \| )[^|:]{2,60}"
        r"|[A-Z][\w.’-]*(?: [\w.’-]+){1,3} ?/[\w /-]{2,40})",
        "A look at the mill as it was before the fire. Photo: Getty Images",
        "The photo was sold by Getty Images",
        last="getty images reuters ap afp epa bloomberg shutterstock photo",
    ),
    Rule(
        "credit",
        Scope.SENTENCE,
        rf"(?:{_AGENCY}\s?/\s?|{_AGENCY} (?:photo|images?|file photo)\b|(?:photo|photograph|image"
        r"|illustration|composite|screenshot)s?(?: ?: | courtesy of | via )).{0,80}\Z",
        "REUTERS/Jane Doe",
        "Reuters reported the loss.",
        "reuters ap afp epa getty photo photos photograph image images illustration composite"
        " screenshot",
    ),
    # --- sign-up, subscription and donation appeals ---------------------------------------------
    Rule(
        "form",
        Scope.WITHIN,
        "By signing up|Choose your country",
        "Playbook Sign up today. Email Sign Up By signing up you agree to our terms.",
        "They agreed to the deal by signing up for it.",
    ),
    Rule(
        "form head",
        Scope.BLOCK,
        r"newsletter sign.?up\b|thank(?:s| you) for (?:subscribing|signing up)",
        "Newsletter Sign Up Continue reading. Please re-enter. An error has occurred.",
        "Newsletter signs of spring were many.",
        "newsletter thank thanks",
    ),
    Rule(
        "sign-up",
        Scope.SENTENCE,
        rf"(?:sign(?:ing)?[ -]up(?= .{{0,160}}?(?:{_NOTICE}|our|here|today|now)\b)"
        r"|(?:get|receive|want) (?=.{0,160}?\b(?:newsletters?"
        r"|(?:your|my) (?:e-?mail )?inbox|(?:news|mobile) app)\b)|stay (?:up to date|informed"
        rf"|in the know)(?=.{{0,80}}?\b{_NOTICE}\b)|subscribe (?:now|today|here|on (?:apple"
        rf"|itunes|spotify|google)|(?:to|for) (?=.{{0,80}}?(?:{_NOTICE}|channel|magazine|feed"
        r"|as little)))|by (?:signing up|subscribing|registering|submitting),? (?:\S+ ){0,8}?"
        r"(?:agree|consent)\b|you (?:will|may) receive (?:occasional|our|e-?mails?|the)\b"
        r"|thank(?:s| you) for (?:registering|your interest in)"
        r"|(?:please )?(?:re-)?enter (?:a valid|your) e-?mail|please (?:verify you|check the opt)"
        r"|already a subscriber|you (?:can )?(?:agree to (?:our|the|receive)|unsubscribe|opt out)\b"
        r"|manage newsletters|e-?mail sign up|invalid e-?mail)",
        "Sign up for our newsletter.",
        "Sign up for coverage ended on Monday.",
        "sign signing get receive want stay subscribe by-signing by-subscribing by-registering"
        " by-submitting you-will you-may you-can you-agree you-unsubscribe you-opt thank thanks"
        " please enter re already manage email invalid",
    ),
    Rule(
        "appeal",
        Scope.SENTENCE,
        r"(?:support (?=.{0,60}?\bjournalism\b)(?:our|us|progressive|independent|quality|local"
        r"|nonprofit|fearless|[\w.]+['’]s)\b|donate (?:now|today|here|to (?:us|support))"
        r"|make a (?:tax-deductible |monthly |one-time )?(?:donation|contribution|gift)"
        r" (?:now|today|to (?:support|us|help))|become a (?:member|subscriber|supporter)\b"
        r"|(?:if you|did you) (?:enjoyed?|liked?|found) (?:this|our)|did you know you can support"
        r"|(?:travel with .{2,30} )?be the first to hear about|.{0,80}\bchip in \$"
        r"|ready to fight back|fight back! sign up|join nrplus|help us (?:report|continue|keep)"
        r"|(?:please )?consider (?:making a (?:donation|contribution)|supporting (?:us|our))"
        r"|we need your (?:help|support))",
        "Support independent journalism with a gift today.",
        "Support for the bill grew.",
        "support donate chip make become if-you did-you ready fight join help please consider"
        " travel be we-need",
        "matter",
    ),
    Rule(
        "follow us",
        Scope.SENTENCE,
        r"(?:(?:please )?follow (?:@\w|(?=.{1,120}?(?:@\w|\bon (?:twitter|facebook|instagram"
        r"|linkedin)))(?:us|me|him|her|them|the|our|(?-i:[A-Z])))"
        r"|(?:like|find|join|tweet|friend) (?:us|me|our)\b(?=.{1,60}?(?:@\w|twitter|facebook"
        r"|instagram|youtube))|(?:write to|contact|e-?mail|reach|let us know) [^@]{0,80}\S@\w)",
        "Follow Kevin on Twitter @example",
        "Like Doe, Roe is widely read on Twitter.",
        "follow please like find join tweet friend write contact email e reach let-us",
    ),
    # --- rights, notices, credits ---------------------------------------------------------------
    Rule(
        "copyright",
        Scope.BLOCK,
        r"(?:copyright\s*(?:©|\(c\)|\d{4}|by\b|the\b|notice)|all rights reserved\b"
        r"|(?<=©) ?.|(?<=© )\S|(?<=\()c\) ?(?:copyright |\d{4})"
        r"|(?:distributed|syndicated) by [\w ]{2,40}(?:syndicate|agency|llc|inc)\b)",
        "Copyright © 2019 Example Times, LLC. Click here for reprint permission.",
        "Copyright law was changed.",
        "copyright all 0 c this distributed syndicated",
    ),
    Rule(
        "notice",
        Scope.SENTENCE,
        r"this (?:(?:story|article|post|report|page|piece|file) (?:has been|was|is being) "
        r"(?:(?:first|originally|last) )?(?:updated|published|corrected|produced|reported|posted"
        r"|translated|amended|edited|shared [\d,]+ times)\b|(?:story|article|post|essay|column"
        r"|piece) (?:first |originally )?(?:appeared|ran)\b|(?:story|article) (?:tagged under"
        r"|is (?:more than|part of|based in part))|(?:is|has been) (?:a )?(?:rush|breaking"
        r"|developing) (?:transcript|news story|story)|text may not be in its final"
        r"|material may not be"
        r"|(?:web)?site (?:uses cookies|is protected by recaptcha))",
        "This story has been updated.",
        "This story has been told before.",
        "this-story this-article this-post this-report this-page this-piece this-file this-essay"
        " this-column this-is this-has this-text this-material this-site this-website",
    ),
    Rule(
        "disclaimer",
        Scope.SENTENCE,
        r"(?:the )?(?:authoritative record of|(?:views|claims|opinions)\b(?: and opinions)?"
        r" (?:expressed|set forth) (?:in|by|here|on|above|are)\b)",
        "The views expressed here are the author's own.",
        "The views of voters have changed.",
        "the-authoritative the-views the-claims the-opinions views claims opinions",
    ),
    Rule(
        "house notice",
        Scope.SENTENCE,
        r"(?:copy may not be in its final form|npr transcripts are created"
        r"|accuracy and availability|content created by .{2,60} is available"
        r"|for (?:licensing opportunities|more on this)|(?:please )?(?:enable|turn on) javascript"
        r"|send (?:letters|tips|a tip|an e-?mail) to|got a tip\b|have you spotted an error"
        r"|don['’]t see the graphic|we (?:use cookies|encourage readers)|by continuing to (?:use"
        r"|browse)|if you continue to use this|(?:read )?our (?:community guidelines|privacy policy"
        r"|terms of)|privacy policy\b|terms (?:of|and) (?:use|service|conditions)\b)",
        "Send letters to letters@example.com",
        "Send help, the mayor said.",
        "copy npr accuracy content for-licensing for-more please enable turn send got have spotted"
        " don-t we-use we-encourage by-continuing if-you read our-community our-privacy our-terms"
        " privacy terms",
    ),
    Rule(
        "editor's note",
        Scope.BLOCK,
        r"(?:editor|publisher|author|producer)s?['’]?s? note\s?[:—–-]",
        "Editor's note: A. Lee teaches history in Ohio.",
        "Editor's notes were found.",
        "editor editors publisher author producer",
    ),
    Rule(
        "contributors",
        Scope.SENTENCE,
        r".{2,300}\bcontributed to this (?:report|story|article|post|piece)\W*\Z",
        "The Associated Press contributed to this report.",
        "Fatigue contributed to this report, he said.",
        last="report story article post piece",
    ),
    Rule(
        "reporters",
        Scope.LINE,
        r"(?:contributing: .{3,300}|with assistance (?:by|from) .{3,300}"
        r"|associated press (?:writers?|reporters?) .{3,300}(?:contributed|reported from).{0,60}"
        r"|(?:additional |writing and )?(?:reporting|writing|editing|compiled) by "
        r"(?:(?-i:[A-Z][\w’'-]*|and|in|by|for|with|additional|reporting|editing|writing"
        r"|graphics?)(?:[\s,;.&)/]+|\Z)){2,60})",
        "Reporting by A. Lee; Editing by B. Roe",
        "Reporting by the paper led to a trial.",
        "contributing with additional reporting writing editing compiled associated",
    ),
    Rule(
        "byline",
        Scope.LINE,
        rf"(?:(?:written |posted |published |analysis )?by):? (?!the ){_NAME}(?: {_NAME}){{1,3}}"
        rf"(?:(?:,| and|,? &| \||/|,? for|,? of|,? in)(?: (?:the|and))? ?{_NAME}"
        rf"(?: {_NAME}){{0,4}}){{0,6}}"
        r"(?: [\w ]{0,30}(?:reporter|correspondent|editor|columnist|writer))?"
        rf"(?:\W{{1,4}}(?:{_STAMP}\W{{0,4}}){{1,10}})?",
        "By Jane Roe and John Doe, Associated Press",
        "By Tuesday the flood had gone",
        "by written posted published analysis",
    ),
    Rule(
        "dateline",
        Scope.LINE,
        r"(?-i:[A-Z]{3,}(?:[ .-]+[A-Z]+){0,3})(?:, [\w. ]{2,20})?"
        rf"(?: ?\((?:{_AGENCY})\)|,? {MONTH}\.? \d{{1,2}})(?: ?\((?:{_AGENCY})\))?",
        "WASHINGTON (AP) —",
        "WASHINGTON (AP) — Rain fell",
        last=f"reuters ap afp epa upi bloomberg cnn {_DAYS_OF_MONTHS}",
    ),
    Rule(
        "script",
        Scope.BLOCK,
        r"(?:googletag\.|window\.\w+ ?=|var \w+ ?=|function ?\(|document\.\w+\()",
        "googletag.cmd.push(function() { googletag.display('div-1'); });",
        "Window seats sell first.",
        "googletag window var function document",
    ),
)
