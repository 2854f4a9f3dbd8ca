// The tables of each layer in the menu. They come from one file, so that no page need hold the names of all.
addEventListener("DOMContentLoaded", () => {
  const menu = document.querySelector(".sidebar-tree");
  if (!menu || !window.siteTables) return;
  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const root = document.documentElement.dataset.content_root;
  const here = decodeURIComponent(location.pathname).match(/\/models\/([^/]+)\.html$/)?.[1];
  const list = make("ul", {});
  window.siteTables.forEach(([layer, names], number) => {
    const isCurrent = names.includes(here);
    const id = `layer-toggle-${number + 1}`;
    const toggle = make("input", {
      class: "toctree-checkbox", id, type: "checkbox", role: "switch", "aria-label": `Toggle navigation of ${layer}`,
    });
    toggle.checked = isCurrent;
    const icon = make("span", { class: "icon" });
    icon.innerHTML = '<svg><use href="#svg-arrow-right"></use></svg>';
    const tables = names.map((name) => {
      const link = make("a", { class: "reference internal", href: `${root}models/${encodeURIComponent(name)}.html` }, name);
      if (name === here) link.setAttribute("aria-current", "page");
      return make("li", { class: `toctree-l2${name === here ? " current current-page" : ""}` }, link);
    });
    const head = make("a", { class: "reference internal", href: `${root}index.html#layer-${number + 1}` }, `${layer} (${names.length})`);
    const label = make("label", { for: id }, icon);
    list.append(
      make("li", { class: `toctree-l1 has-children${isCurrent ? " current" : ""}` }, head, toggle, label, make("ul", {}, ...tables)),
    );
  });
  const caption = make("p", { class: "caption", role: "heading", "aria-level": "2" }, make("span", { class: "caption-text" }, "Models and sources"));
  // After the pages of the site itself, before the project's own.
  const first = menu.querySelector("ul");
  if (first) first.after(caption, list);
  else menu.append(caption, list);
  const scroller = menu.closest(".sidebar-scroll");
  const current = list.querySelector(".current-page");
  if (scroller && current) scroller.scrollTop = current.offsetTop - scroller.clientHeight / 2;
});
