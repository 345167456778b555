// What a person with other eyes or other hands needs of the page, read from the browser itself.
import type { Page } from 'playwright-core';

/** A text that is too faint: what it says, and the contrast that it has. */
export interface Faint {
  readonly text: string;
  readonly contrast: number;
}

/**
 * Every text that is shown with less contrast to what is behind it than WCAG 2.2 AA asks for: 4.5, of large text 3. Text on
 * a picture, of which there is none here, would not be found.
 */
export async function faintTexts(page: Page): Promise<readonly Faint[]> {
  return page.evaluate<readonly Faint[]>(`(() => {
    const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const luminance = ([r, g, b]) => {
      const [x, y, z] = [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const behind = (node) => {
      for (let one = node; one !== null; one = one.parentElement) {
        const [r, g, b, a = 1] = channels(getComputedStyle(one).backgroundColor);
        if (a === 1) return [r, g, b];
      }
      return [255, 255, 255];
    };
    const faint = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text !== null; text = walker.nextNode()) {
      const node = text.parentElement;
      if (text.data.trim() === '' || ['SCRIPT', 'STYLE', 'NOSCRIPT'].includes(node.tagName)) continue;
      if (!node.checkVisibility({ visibilityProperty: true })) continue;
      const style = getComputedStyle(node);
      const size = parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      const [light, dark] = [luminance(channels(style.color)), luminance(behind(node))].toSorted((a, b) => b - a);
      const contrast = (light + 0.05) / (dark + 0.05);
      if (contrast < (isLarge ? 3 : 4.5)) faint.push({ text: text.data.trim(), contrast });
    }
    return faint;
  })()`);
}

/** Controls without a name, duplicate ids, headings that skip a level, and references to what is not there. */
export async function flawsOf(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`(() => {
    const flaws = [];
    const all = (selector) => [...document.querySelectorAll(selector)];
    for (const control of all('a[href], button, input, summary')) {
      const label = control.labels?.[0]?.textContent ?? control.getAttribute('aria-label') ?? control.textContent;
      if (label.trim() === '' && control.checkVisibility()) flaws.push('no name: ' + control.outerHTML);
    }
    const ids = all('[id]').map(({ id }) => id);
    for (const id of new Set(ids)) if (ids.filter((one) => one === id).length > 1) flaws.push('twice: #' + id);
    for (const node of all('[aria-labelledby], [for]')) {
      const id = node.getAttribute('aria-labelledby') ?? node.getAttribute('for');
      if (document.getElementById(id) === null) flaws.push('refers to nothing: ' + id);
    }
    const levels = all('h1, h2, h3, h4').map(({ tagName }) => Number(tagName[1]));
    if (levels[0] !== 1 || levels.filter((level) => level === 1).length !== 1) flaws.push('not one h1 in front');
    levels.forEach((level, index) => {
      if (index > 0 && level > levels[index - 1] + 1) flaws.push('a level is skipped');
    });
    for (const table of all('table')) {
      if (table.querySelectorAll('thead th[scope=col]').length === 0) flaws.push('no column headers: ' + table.id);
      for (const row of table.querySelectorAll('tbody tr'))
        if (row.querySelectorAll('th[scope=row]').length !== 1) flaws.push('no row header in ' + table.id);
    }
    if (document.documentElement.lang === '') flaws.push('no language');
    for (const bar of all('.track')) if (bar.getAttribute('aria-hidden') !== 'true') flaws.push('a bar without its text');
    return flaws;
  })()`);
}

/** The focused element, as a person would name it, and whether it shows that it is focused. */
export async function focused(page: Page): Promise<{ readonly name: string; readonly visible: boolean }> {
  return page.evaluate<{ readonly name: string; readonly visible: boolean }>(`(() => {
    const node = document.activeElement;
    const style = getComputedStyle(node);
    return {
      name: (node.labels?.[0]?.textContent ?? node.textContent).trim().replace(/\\s+/g, ' ').slice(0, 40),
      visible: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    };
  })()`);
}
