// What a reader would complain of, as a list of sentences. Everything is
// unfolded first. Run in the page by page_test.go.
(() => {
  const found = [];
  const say = (text) => { if (found.length < 20) { found.push(text); } };
  document.querySelectorAll("details").forEach((d) => { d.open = true; });
  const shown = (e) => e.checkVisibility() && e.getClientRects().length > 0;
  const slack = 1; // pixels that nobody sees

  // Nothing is wider than the page.
  const page = document.documentElement;
  if (page.scrollWidth > innerWidth + slack) { say(`the page is ${page.scrollWidth} wide`); }
  document.querySelectorAll("main *, header *").forEach((e) => {
    if (!shown(e) || e.closest(".scroll, .away, svg") && !e.matches("svg")) { return; }
    const r = e.getBoundingClientRect();
    if (r.right > innerWidth + slack || r.left < -slack) { say(`${e.tagName} ${e.className.baseVal ?? e.className} reaches from ${r.left} to ${r.right}`); }
  });

  // In a drawing, text stays in its box and apart from all other text.
  const inside = (r, box) => r.left >= box.left - slack && r.right <= box.right + slack && r.top >= box.top - slack && r.bottom <= box.bottom + slack;
  const overlap = (a, b) => a.left < b.right - slack && b.left < a.right - slack && a.top < b.bottom - slack && b.top < a.bottom - slack;
  const pictures = [...document.querySelectorAll("svg.picture")].filter(shown);
  const figures = document.querySelectorAll("figure.architecture, figure.chart").length;
  if (pictures.length !== figures || figures === 0) { say(`${pictures.length} pictures are shown in ${figures} figures`); }
  pictures.forEach((svg) => {
    const whole = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll("text")].map((e) => ({ e, r: e.getBoundingClientRect() }));
    if (!texts.length) { say("the picture says nothing"); }
    texts.forEach(({ e, r }, i) => {
      if (!inside(r, whole)) { say(`"${e.textContent}" leaves the picture`); }
      const box = e.parentNode.querySelector(":scope > rect");
      if (e.parentNode.tagName === "g" && !inside(r, box.getBoundingClientRect())) { say(`"${e.textContent}" leaves its box`); }
      texts.slice(i + 1).forEach((other) => {
        if (overlap(r, other.r)) { say(`"${e.textContent}" lies on "${other.e.textContent}"`); }
      });
    });
    const boxes = [...svg.querySelectorAll("g")].map((e) => ({ e, r: e.querySelector("rect").getBoundingClientRect() }));
    boxes.forEach(({ e, r }, i) => {
      boxes.slice(i + 1).forEach((other) => {
        if (overlap(r, other.r)) { say(`${e.dataset.box} lies on ${other.e.dataset.box}`); }
      });
      // Smaller letters are read by nobody. Paper is finer than a screen: 6.5
      // pixels are five points.
      e.querySelectorAll("text").forEach((t) => {
        const size = parseFloat(getComputedStyle(t).fontSize) * whole.width / svg.viewBox.baseVal.width;
        if (size < (matchMedia("print").matches ? 6.5 : 9)) { say(`"${t.textContent}" is ${size.toFixed(1)} pixels high`); }
      });
    });
  });

  // Text stands out from what is behind it, as WCAG 2.2 asks (1.4.3).
  const parse = (c) => { const m = c.match(/[\d.]+/g).map(Number); return { rgb: m.slice(0, 3), alpha: m.length > 3 ? m[3] : 1 }; };
  const light = ({ rgb }) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const known = new Map([[null, { rgb: [255, 255, 255], alpha: 1 }]]);
  const behind = (e) => {
    if (!known.has(e)) {
      const c = parse(getComputedStyle(e).backgroundColor);
      known.set(e, c.alpha > 0 ? c : behind(e.parentElement));
    }
    return known.get(e);
  };
  document.querySelectorAll("body *").forEach((e) => {
    const own = [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
    if (!own || !shown(e) || e.closest(".away, script, title")) { return; }
    const style = getComputedStyle(e);
    const svgText = e.tagName === "text";
    let back = behind(e);
    if (svgText) {
      const box = e.parentNode.tagName === "g" ? e.parentNode.querySelector("rect") : e.ownerSVGElement.querySelector(".panel");
      back = parse(getComputedStyle(box).fill);
    }
    const ratio = contrast(parse(svgText ? style.fill : style.color), back);
    if (ratio < 4.5) { say(`"${e.textContent.trim().slice(0, 30)}" (${e.tagName} ${e.getAttribute("class")}) has a contrast of ${ratio.toFixed(2)}`); }
  });
  return found;
})();
