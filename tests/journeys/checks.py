"""What must hold on every page, whatever it shows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.db import connection

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKS = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]
OF_MARKUP = {
    "runOnly": {"type": "tag", "values": WCAG},
    "rules": {rule: {"enabled": False} for rule in LOOKS},
    "resultTypes": ["violations"],
}
OF_LOOKS = {"runOnly": {"type": "rule", "values": LOOKS}, "resultTypes": ["violations"]}
# The first combination meets all rules, the second those that depend on how a page looks. The markup of both languages
# is the same, so each width meets all rules once and each of the four combinations the rules of looks.
COMBINATIONS = {
    "ko": {1280: ("dark", True), 390: ("light", False)},
    "en": {390: ("dark", True), 1280: ("light", False)},
}
# The parts a page is made of: what stands around its main part, and what lies in the main part one below the other. Many
# are the same on other pages, or before and after something is opened: how they look is looked at once in each combination.
# A part counts as the same where it lies in the same, below the same sheets, and no more differs than where it leads, what
# hidden fields hold, and which item is the current.
PARTS = """() => {
  const whole = "body, main, main > .work, main > .stack, .work > .stack, .work > .list-page", parts = [];
  const name = (e) => e.cloneNode(false).outerHTML.replace(/ data-(hx-headers|part)="[^"]*"/g, "");
  const walk = (e, above) => {
    for (const child of e.children) {
      if (child.matches(whole)) walk(child, above + name(child));
      else parts.push([child, above]);
    }
  };
  for (const e of document.querySelectorAll("[data-part]")) delete e.dataset.part;
  walk(document.body, [...document.styleSheets].map((sheet) => sheet.href).join() + name(document.documentElement) + name(document.body));
  return parts.map(([e, above], n) => {
    e.dataset.part = n;
    const copy = e.cloneNode(true);
    const marked = copy.querySelector("[aria-current]") !== null;
    for (const each of copy.querySelectorAll("*")) {
      for (const name of ["href", "action", "aria-current", "data-hx-get", "formaction"]) each.removeAttribute(name);
      if (each.type === "hidden") each.removeAttribute("value");
    }
    copy.removeAttribute("data-part");
    return [`[data-part="${n}"]`, `${above} ${marked} ${copy.outerHTML}`];
  });
}"""
WIDTHS = (1920, 1280, 390, 320)
# What sticks out of the page, and whose fault it is.
STICKS_OUT = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return "";
  const far = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > wide + 1);
  return far.slice(-3).map((e) => `${e.tagName} ${e.className} ${(e.textContent || "").trim().slice(0, 40)}`).join(" | ")
    || `${document.documentElement.scrollWidth} px`;
}"""
STRUCTURE = """() => ({
  h1: document.querySelectorAll("h1").length,
  main: document.querySelectorAll("main").length,
  lang: document.documentElement.lang,
  title: document.title,
  levels: [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((h) => Number(h.tagName[1])),
})"""

axe = Axe()
# What has been looked at already, by combination.
_looked_at: dict[tuple[str, int, str], set[str]] = defaultdict(set)


@dataclass
class Findings:
    """All that is wrong on some pages, told at once."""

    said: list[str] = field(default_factory=list)

    def expect(self, holds: bool, where: str, what: str) -> None:
        if not holds:
            self.said.append(f"{where}: {what}")

    def none(self) -> None:
        assert not self.said, "\n" + "\n".join(self.said)


def _violations(page: Any, options: dict[str, Any], but: Sequence[str] = ()) -> list[str]:
    """What axe finds on the page, leaving out the parts that the selectors ``but`` name."""
    found = page.evaluate("([but, options]) => axe.run({exclude: but.map((e) => [e])}, options)", [list(but), options])
    return [
        f"{rule['id']}: {node['html'][:160]} {(node.get('failureSummary') or '')[:260]}"
        for rule in found["violations"]
        for node in rule["nodes"][:3]
    ]


def accessible(page: Any, where: str, language: str, findings: Findings) -> None:
    """axe-core has nothing to say, wide and narrow, light and dark; nothing sticks out at any width."""
    page.evaluate(axe.axe_script)
    looks = COMBINATIONS[language]
    for wide in WIDTHS:
        page.set_viewport_size({"width": wide, "height": 844})
        far = page.evaluate(STICKS_OUT)
        findings.expect(not far, f"{where} ({wide} px)", f"sticks out: {far}")
        if wide in looks:
            scheme, all_rules = looks[wide]
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            known, parts = _looked_at[language, wide, scheme], dict(page.evaluate(PARTS))
            found = _violations(page, OF_LOOKS, [part for part, markup in parts.items() if markup in known])
            known.update(parts.values())
            found += _violations(page, OF_MARKUP) if all_rules else []
            for violation in found:
                findings.expect(False, f"{where} ({wide} px, {scheme})", violation)


def built_well(page: Any, where: str, language: str, findings: Findings) -> None:
    """One heading of the first order, one main part, the right language, a title, headings that do not jump."""
    found = page.evaluate(STRUCTURE)
    findings.expect(found["h1"] == 1, where, f"{found['h1']} h1")
    findings.expect(found["main"] == 1, where, f"{found['main']} main")
    findings.expect(found["lang"] == language, where, "html lang")
    findings.expect(len(found["title"].strip(" ·")) > 1, where, "no title")
    jumps = [(a, b) for a, b in pairwise(found["levels"]) if b > a + 1]
    findings.expect(not jumps, where, f"headings jump {jumps}")


def sound(page: Any, where: str, language: str, findings: Findings) -> None:
    built_well(page, where, language, findings)
    # How a page looks does not depend on the database: the suite on SQLite looks, the other goes the same ways.
    if connection.vendor == "sqlite":
        accessible(page, where, language, findings)
