// The theme's menu has headings without a level.
addEventListener("DOMContentLoaded", () => {
  for (const heading of document.querySelectorAll('[role="heading"]:not([aria-level])')) heading.setAttribute("aria-level", "2");
});
// A table that is wider than the page can be scrolled with the keyboard, and is told as a region.
addEventListener("DOMContentLoaded", () => {
  for (const wrapper of document.querySelectorAll(".table-wrapper")) {
    const update = () => {
      if (wrapper.scrollWidth > wrapper.clientWidth) {
        wrapper.tabIndex = 0;
        wrapper.setAttribute("role", "region");
        let heading = wrapper;
        while (heading && !/^H[1-6]$/.test(heading.tagName)) heading = heading.previousElementSibling || heading.parentElement;
        wrapper.setAttribute("aria-label", heading ? `Table: ${heading.firstChild.textContent}` : "Table");
      } else {
        for (const name of ["tabindex", "role", "aria-label"]) wrapper.removeAttribute(name);
      }
    };
    new ResizeObserver(update).observe(wrapper);
  }
});
