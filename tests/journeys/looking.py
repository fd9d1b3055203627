"""What is asked of an open page, in its own language; and how far two colours are apart.

Everything looks through slots and shadow trees, as the eye does.
"""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

Colour = tuple[int, int, int]


WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page: Page, rules: Any) -> list[Any]:
    """What axe finds by these rules. The program is put into a page once, and does not tell what passes."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(Axe().axe_script)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found: list[Any] = page.evaluate(
        "(options) => axe.run(document, options).then((told) => told.violations)", options
    )
    return found


def contrast_of(one: Colour, other: Colour) -> float:
    """WCAG 2.2's contrast ratio of two sRGB colours, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


DEEP = """
  let at = document.activeElement;
  while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
"""
# The focused element, or null at the end of the page.
FOCUSED = f"""() => {{{DEEP}
  if (!at || at === document.body || at === document.documentElement) return null;
  const box = at.getBoundingClientRect();
  const kind = at.matches("a.key") ? at.getAttribute("href").split("/").filter(Boolean).pop() : "";
  const words = at.innerText || at.getAttribute("aria-label") || at.name || at.id || at.tagName;
  return {{ words: words.trim().slice(0, 60),
    button: kind, page: scrollY + box.top,
    left: box.left, top: box.top, width: box.width, height: box.height }};
}}"""
# Whether something else lies over every part of the focused element that was tried.
COVERED = f"""() => {{{DEEP}
  const box = at.getBoundingClientRect();
  const leads = (node) => {{
    for (; node; node = node.assignedSlot || node.parentNode || node.host) if (node === at) return true;
    return false;
  }};
  for (const x of [.1, .5, .9]) for (const y of [.1, .5, .9]) {{
    const point = [box.left + box.width * x, box.top + box.height * y];
    let hit = document.elementFromPoint(...point);
    while (hit && hit.shadowRoot) {{
      const inner = hit.shadowRoot.elementFromPoint(...point);
      if (!inner || inner === hit) break;
      hit = inner;
    }}
    if (leads(hit) || (hit && hit.contains(at))) return false;
  }}
  return true;
}}"""
# Elements whose text is cut off.
CLIPPED = """() => {
  const found = [];
  const walk = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    const style = getComputedStyle(node);
    const cuts = ["hidden", "clip"];
    const isAside = node.closest(".vh, .skip") || style.clipPath !== "none";
    const isHidden = isAside || (node.checkVisibility && !node.checkVisibility());
    if (!isHidden && (cuts.includes(style.overflowX) || cuts.includes(style.overflowY))
        && (node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1)) {
      found.push(`${node.tagName}.${node.className}: ${node.innerText.slice(0, 80)}`);
    }
    for (const child of node.children) walk(child);
    if (node.shadowRoot) for (const child of node.shadowRoot.children) walk(child);
  };
  walk(document.body);
  return found;
}"""
# The twelve as they can be seen.
TILES = """() => [...document.querySelectorAll("[data-button]")]
  .filter((tile) => tile.assignedSlot && tile.getClientRects().length)
  .filter((tile) => tile.checkVisibility({ visibilityProperty: true }))
  .map((tile) => {
    const style = getComputedStyle(tile);
    return { key: tile.dataset.button, state: tile.dataset.state, style: style.borderTopStyle,
      border: parseFloat(style.borderTopWidth), text: tile.innerText,
      word: tile.querySelector(".state")?.innerText || "" };
  })"""
