"""What patients are told before they are asked, as it first was (SVOD 2:2): version 1, in two languages.

A version that somebody may have been given never changes: these texts stay as they are, and a new version or
another language is added in the administration.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FirstText:
    """``language`` as in BCP 47. Paragraphs are set apart by an empty line, points begin with a dash."""

    language: str
    title: str
    body: str


SWEDISH = FirstText(
    "sv",
    "Så delas dina uppgifter",
    """\
Du får vård eller omsorg från flera håll: till exempel sjukhuset, hälsocentralen, hemsjukvården och \
hemtjänsten. Var och en skriver om dig i sitt eget system. Här kan den som hjälper dig se det \
viktigaste från alla på en gång.

Varför? Den som hjälper dig ska veta vad du tål, vilka läkemedel du tar, vad som är bestämt och vem \
som redan gör vad. Då slipper du berätta allt på nytt, och risken för misstag blir mindre.

Vem får se? Bara den som deltar i din vård eller omsorg och behöver uppgifterna för det. Den som \
vill läsa vad en annan vårdgivare eller omsorgsgivare har skrivit frågar dig först. Innan du har \
svarat går det att se att det kan finnas uppgifter, men inte var eller vad. Allt som öppnas skrivs \
upp: vem, när och vad.

Du bestämmer:

- Du får säga ja eller nej. Säger du nej får du hjälp ändå, men den som hjälper dig vet mindre.
- Du får ändra dig när du vill. Säg till någon som hjälper dig, så slutar ditt ja att gälla direkt.
- Du får säga ja för en viss tid, för en enhet, för flera enheter eller bara för en person.

Du får spärra uppgifter. Då kan andra inte läsa dem. En vårdgivare kan däremot se att det finns \
spärrade uppgifter, men inte vad som står där. Du kan låta ta bort spärren när du vill. En \
vårdnadshavare kan inte spärra ett barns uppgifter.

Om du inte kan svara själv, och det inte bara är för stunden, får uppgifterna läsas om de behövs för \
din vård eller omsorg och inget tyder på att du hade sagt nej. Barn som är för små för att svara får \
vård på samma sätt.

Är det fara för ditt liv, och går det inte att fråga dig, får hälso- och sjukvården läsa det som \
behövs för att hjälpa dig. Det som är spärrat är spärrat också då. Sådana läsningar kontrolleras \
alltid efteråt.

Du får veta vem som har läst om dig. Be om ett loggutdrag hos den som ger dig vård eller omsorg.

Fråga gärna. Du kan få texten uppläst, och du kan få tolk.
""",
)

ENGLISH = FirstText(
    "en",
    "How your information is shared",
    """\
You get care from several places: for example the hospital, the health centre, home nursing and home \
help. Each of them writes about you in a system of its own. Here, those who help you can see the \
most important things from all of them at once.

Why? Those who help you need to know what you cannot tolerate, which medicines you take, what has \
been decided and who already does what. Then you do not have to tell everything again, and there is \
less risk of mistakes.

Who may look? Only those who take part in your care and need the information for it. Anyone who \
wants to read what another care provider has written asks you first. Before you have answered they \
can see that there may be information, but not where or what. Everything that is opened is written \
down: who, when and what.

You decide:

- You may say yes or no. If you say no you still get help, but those who help you know less.
- You may change your mind at any time. Tell somebody who helps you, and your yes ends at once.
- You may say yes for a certain time, for one unit, for several units or for one person only.

You may block information. Then others cannot read it. A health care provider can still see that \
something is blocked, but not what it says. You can have the block removed whenever you like. A \
guardian cannot block a child's information.

If you cannot answer for yourself, and not only for the moment, the information may be read if your \
care needs it and nothing suggests that you would have said no. Children who are too young to answer \
get care in the same way.

If your life is in danger and you cannot be asked, health care may read what is needed to help you. \
What is blocked stays blocked even then. Such readings are always checked afterwards.

You may know who has read about you. Ask those who give you care for an extract of the log.

Please ask. The text can be read aloud to you, and you can have an interpreter.
""",
)

FIRST_TEXTS = (SWEDISH, ENGLISH)
