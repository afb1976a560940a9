// What can be measured of WCAG 2.2 AA on the page that is shown; a list of what is wrong.
(() => {
  const wrong = [];
  const name = (e) => `<${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""}> "${(e.textContent || "").trim().slice(0, 30)}"`;
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (c) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const behind = (e) => {
    const layers = [];
    for (let p = e; p; p = p.parentElement) layers.push(rgba(getComputedStyle(p).backgroundColor));
    const base = matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0, 1] : [255, 255, 255, 1];
    return layers.reduceRight((below, layer) => over(layer, below), base);
  };
  const light = (c) => {
    const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().width > 0;

  // 1.4.3 and 1.4.6: text against what is behind it; opacity counts.
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    const e = n.parentElement;
    if (!n.data.trim() || !shown(e) || ["SCRIPT", "STYLE", "OPTION"].includes(e.tagName) || e.closest(".skip")) continue;
    const style = getComputedStyle(e), back = behind(e);
    let colour = rgba(style.color);
    for (let p = e; p; p = p.parentElement) colour[3] *= Number(getComputedStyle(p).opacity);
    const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
    const want = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
    const got = contrast(over(colour, back), back);
    if (got < want) wrong.push(`1.4.3 contrast ${got.toFixed(2)} < ${want}: ${name(e)}`);
  }
  // 1.4.11: what is typed into is seen.
  for (const e of document.querySelectorAll("input:not([type=hidden]), textarea")) {
    if (!shown(e) || e.type === "file") continue;
    const got = contrast(over(rgba(getComputedStyle(e).borderTopColor), behind(e.parentElement)), behind(e.parentElement));
    if (got < 3) wrong.push(`1.4.11 border ${got.toFixed(2)} < 3: ${name(e)}`);
  }
  // 1.4.10: nothing is wider than the window.
  if (document.documentElement.scrollWidth > innerWidth) {
    const wide = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5);
    wrong.push(`1.4.10 ${document.documentElement.scrollWidth} px in a window of ${innerWidth}: ${wide.slice(0, 3).map(name)}`);
  }
  // 1.1.1, 1.3.1, 3.3.1, 3.3.2, 4.1.2: names, labels, and errors at their fields.
  for (const e of document.querySelectorAll("img")) if (!e.hasAttribute("alt")) wrong.push(`1.1.1 no alt: ${e.src}`);
  for (const e of document.querySelectorAll("input:not([type=hidden]), textarea, select"))
    if (!e.labels.length && !e.getAttribute("aria-label")) wrong.push(`3.3.2 no label: ${name(e)}`);
  for (const e of document.querySelectorAll("[aria-describedby]"))
    for (const id of e.getAttribute("aria-describedby").trim().split(/\s+/))
      if (!document.getElementById(id)) wrong.push(`1.3.1 ${name(e)} is described by #${id}, which is not there`);
  for (const e of document.querySelectorAll("[aria-invalid=true]"))
    if (!/-wrong/.test(e.getAttribute("aria-describedby") || "")) wrong.push(`3.3.1 no error at ${name(e)}`);
  for (const e of document.querySelectorAll("a[href], button, summary"))
    if (!(e.textContent.trim() || e.getAttribute("aria-label"))) wrong.push(`4.1.2 no name: ${e.outerHTML.slice(0, 80)}`);
  for (const e of document.querySelectorAll("progress")) if (!e.getAttribute("aria-label")) wrong.push("4.1.2 a progress without a name");
  // 2.4.2, 3.1.1, 1.3.1, 4.1.1: the page itself.
  if (!document.title) wrong.push("2.4.2 no title");
  if (!document.documentElement.lang) wrong.push("3.1.1 no language");
  if (document.querySelectorAll("main").length !== 1) wrong.push("1.3.1 not one main");
  let level = 0;
  for (const h of document.querySelectorAll("h1, h2, h3, h4")) {
    const own = Number(h.tagName[1]);
    if (own > level + 1) wrong.push(`1.3.1 ${h.tagName} after level ${level}`);
    level = own;
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push(`4.1.1 #${id} twice`);
  // 2.5.8: targets of 24 px, but for links within a sentence.
  for (const e of document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), textarea")) {
    if (!shown(e) || e.matches(".skip, li a, p a, h2 a")) continue;
    const box = e.getBoundingClientRect();
    if (box.width < 24 || box.height < 23.5) wrong.push(`2.5.8 ${box.width.toFixed(0)} x ${box.height.toFixed(0)} px: ${name(e)}`);
  }
  // 2.1.1, 2.4.3, 2.4.7: in the order of the page, and seen when it has the focus.
  for (const e of document.querySelectorAll("[tabindex]")) if (e.tabIndex > 0) wrong.push(`2.4.3 tabindex ${e.tabIndex}`);
  for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), textarea, summary")) {
    if (!shown(e) || e.disabled) continue;
    e.focus({ focusVisible: true });
    if (document.activeElement !== e) wrong.push(`2.1.1 no focus: ${name(e)}`);
    else if (parseFloat(getComputedStyle(e).outlineWidth) < 2) wrong.push(`2.4.7 the focus is not seen: ${name(e)}`);
    e.blur();
  }
  return [...new Set(wrong)];
})()
