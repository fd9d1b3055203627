"""What of the municipality's records may be part of the overview, by type and by law (SVOD 1:3)."""

from connectors.viva.entries import Draft

# Social services outside SVOD 1:3 (children, income, addiction, violence): never kept or counted.
OUTSIDE_TYPES = frozenset(
    {
        "barnavard",
        "barnavardsutredning",
        "barn_och_unga",
        "orosanmalan",
        "umgange",
        "familjehem",
        "familjehemsvard",
        "familjeratt",
        "kontaktfamilj",
        "hvb",
        "oppenvard_unga",
        "ekonomiskt_bistand",
        "forsorjningsstod",
        "budget_och_skuldradgivning",
        "missbruksvard",
        "beroendevard",
        "vald_i_nara_relation",
        "skyddat_boende",
    }
)
OUTSIDE_LAWS = frozenset({"LVU", "LVM", "FB", "LUL", "OSL"})
SERVICE_TYPES = frozenset(
    {
        "hemtjanst",
        "trygghetslarm",
        "matdistribution",
        "sarskilt_boende",
        "vard_och_omsorgsboende",
        "korttidsboende",
        "korttidsplats",
        "korttidsvistelse",
        "korttidstillsyn",
        "vaxelvard",
        "avlosning",
        "avlosarservice",
        "anhorigstod",
        "dagverksamhet",
        "daglig_verksamhet",
        "ledsagning",
        "ledsagarservice",
        "boendestod",
        "kontaktperson",
        "personlig_assistans",
        "bostad_med_sarskild_service",
        "gruppbostad",
        "servicebostad",
        "rad_och_stod",
        "turbunden_resa",
    }
)


def is_outside_the_law(draft: Draft) -> bool:
    """Whether the entry concerns something that may never be part of the overview (SVOD 1:3)."""
    return draft.type.replace("å", "a").replace("ä", "a").replace("ö", "o").replace(
        " ", "_"
    ) in OUTSIDE_TYPES or (draft.law in OUTSIDE_LAWS)
