"""Is a page accessible? axe-core's answer, asked for again only where something may change it.

A text is read well or not by its colour, its size, its weight and what is painted behind it, wherever it stands: each
such appearance is judged once. To judge every cell of every grid took axe-core three quarters of its time.
"""

from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Browser, BrowserContext, Page

# Handed to the browser once, compiled where a page is looked at: half of what it costs to send it each time.
_LOAD = f"globalThis.loadAxe = function () {{{AXE_SCRIPT}}};"
# What is in sight on a page: each kind of element under each kind of parent, whatever its texts and how many there
# are. What scrolls at one width may not at another.
_KINDS = """() => {
  const kinds = new Map();
  const kind = one => {
    if (!kinds.has(one)) kinds.set(one, [one.tagName, one.getAttribute("class"), one.getAttribute("role"), one.hidden,
      one.open, one.scrollWidth > one.clientWidth, ...one.getAttributeNames().sort()].join(" "));
    return kinds.get(one);
  };
  const seen = [...document.body.querySelectorAll("*")].filter(one => one.checkVisibility({visibilityProperty: true}));
  return [...new Set(seen.map(one => kind(one.parentElement) + " > " + kind(one)))];
}"""
# Every rule on the whole page; but of the texts painted alike, the contrast of the first that axe-core can judge. One
# that it leaves undecided, over an image say, teaches nothing: its like is asked again on the next page.
_RUN = """async known => {
  loadAxe();
  const nothing = "rgba(0, 0, 0, 0) none 1 none normal static";
  const grounds = new Map([[null, ""]]), asked = new Map();
  const ground = one => {
    if (!grounds.has(one)) {
      const style = getComputedStyle(one);
      const painted = [style.backgroundColor, style.backgroundImage, style.opacity, style.filter, style.mixBlendMode,
        style.position.replace("relative", "static")].join(" ");
      grounds.set(one, ground(one.parentElement) + (painted === nothing ? "" : `${painted} | `));
    }
    return grounds.get(one);
  };
  const appearance = one => {
    const style = getComputedStyle(one);
    return [ground(one), style.color, style.fontSize, style.fontWeight, style.textShadow].join("; ");
  };
  const judged = new Set(known), contrast = axe._audit.rules.find(rule => rule.id === "color-contrast");
  const applies = contrast.matches;
  contrast.matches = (one, ...more) => {
    const mine = appearance(one);
    if (judged.has(mine) || asked.has(mine) || !applies.call(contrast, one, ...more)) return false;
    asked.set(mine, one);
    return true;
  };
  const {violations, incomplete} = await axe.run({
    resultTypes: ["violations", "incomplete"], elementRef: true, iframes: false, preload: false
  });
  contrast.matches = applies;
  const undecided = new Set(incomplete.flatMap(rule => rule.nodes.map(node => node.element)));
  for (const node of violations.flatMap(rule => rule.nodes)) delete node.element;
  return {violations, judged: [...asked].filter(([, one]) => !undecided.has(one)).map(([mine]) => mine)};
}"""


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """A context whose pages can be looked at."""
    context = browser.new_context(**options)
    context.add_init_script(_LOAD)
    return context


@dataclass(frozen=True, slots=True)
class Eyes:
    """What was seen since the browser opened: what each screen is made of, and how the
    texts look whose contrast was judged enough."""

    made_of: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    appearances: set[str] = field(default_factory=set)

    def sees_something_new(self, page: Page, screen: tuple[str, str]) -> bool:
        """Whether something is in sight on this screen that was not before."""
        kinds = set(page.evaluate(_KINDS))
        seen = self.made_of.setdefault(screen, set())
        new = not kinds <= seen
        seen |= kinds
        return new

    def look(self, page: Page) -> None:
        """Fails, with axe-core's report, when a rule is violated."""
        found = page.evaluate(_RUN, list(self.appearances))
        results = AxeResults(found)
        assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"
        self.appearances.update(found["judged"])
