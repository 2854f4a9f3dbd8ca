// Drawings of lineage: pointing at a table lights up what it comes from and what depends on it. The drawing of all tables
// fills the window, and is moved and zoomed by its view box.
(() => {
  const READABLE = 11 / 12; // Texts are 12 units high, and at least 11 pixels at first.
  const CLOSEST = 4;
  const STEP = 1.3;

  const reach = (edges, start) => {
    const found = new Set([start]);
    for (const name of found) for (const next of edges.get(name) ?? []) found.add(next);
    return found;
  };

  const add = (map, key, value) => map.set(key, [...(map.get(key) ?? []), value]);

  function graphOf(svg) {
    // Names of tables have no blank; those of the legend begin with one word for all.
    const shapes = [...svg.querySelectorAll("[data-node]")].filter((node) => !node.dataset.node.startsWith("layer "));
    const nodes = new Map(shapes.map((node) => [node.dataset.node, node]));
    const edges = [...svg.querySelectorAll("[data-from]")];
    const above = new Map();
    const below = new Map();
    for (const { dataset } of edges) {
      add(above, dataset.to, dataset.from);
      add(below, dataset.from, dataset.to);
    }
    return { nodes, edges, above, below };
  }

  function lighting(svg, { nodes, edges, above, below }) {
    return (name) => {
      svg.classList.toggle("lit", nodes.has(name));
      for (const part of svg.querySelectorAll(".near")) part.classList.remove("near");
      if (!nodes.has(name)) return;
      const ancestors = reach(above, name);
      const descendants = reach(below, name);
      for (const near of [...ancestors, ...descendants]) nodes.get(near)?.classList.add("near");
      for (const edge of edges) {
        const { from, to } = edge.dataset;
        const isNear = (ancestors.has(from) && ancestors.has(to)) || (descendants.has(from) && descendants.has(to));
        edge.classList.toggle("near", isNear);
      }
    };
  }

  function watch(svg, graph, chosen = () => undefined) {
    const light = lighting(svg, graph);
    const named = (event) => event.target.closest?.("[data-node]")?.dataset.node;
    svg.addEventListener("pointerover", (event) => light(named(event) ?? chosen()));
    svg.addEventListener("pointerleave", () => light(chosen()));
    svg.addEventListener("focusin", (event) => light(named(event) ?? chosen()));
    svg.addEventListener("focusout", () => light(chosen()));
    return light;
  }

  function centre(drawing, node) {
    const box = node.getBoundingClientRect();
    const frame = drawing.getBoundingClientRect();
    drawing.scrollLeft += box.left + box.width / 2 - frame.left - frame.width / 2;
    drawing.scrollTop += box.top + box.height / 2 - frame.top - frame.height / 2;
  }

  function movable(drawing, svg, graph) {
    const [left, top, width, height] = svg.getAttribute("viewBox").split(/\s+/).map(Number);
    const view = { x: left, y: top, scale: 1 };
    const size = () => ({ wide: svg.clientWidth || 1, high: svg.clientHeight || 1 });
    const fitting = () => Math.min(size().wide / width, size().high / height, 1.5);
    const told = document.createElement("output");

    const show = () => {
      const { wide, high } = size();
      svg.setAttribute("viewBox", `${view.x} ${view.y} ${wide / view.scale} ${high / view.scale}`);
      told.textContent = `${Math.round(view.scale * 100)}%`;
    };
    const lookAt = (x, y, scale) => {
      const { wide, high } = size();
      Object.assign(view, { scale, x: x - wide / scale / 2, y: y - high / scale / 2 });
      show();
    };
    const fit = () => lookAt(left + width / 2, top + height / 2, fitting());
    const move = (right, down) => {
      view.x += right / view.scale;
      view.y += down / view.scale;
      show();
    };
    // Zoom and keep what is at (x, y) of the drawing where it is.
    const zoom = (factor, x = size().wide / 2, y = size().high / 2) => {
      const scale = Math.min(CLOSEST, Math.max(Math.min(fitting(), 1) / 2, view.scale * factor));
      view.x += x / view.scale - x / scale;
      view.y += y / view.scale - y / scale;
      view.scale = scale;
      show();
    };
    const middleOf = (node) => {
      const box = node.getBBox();
      const point = new DOMPoint(box.x + box.width / 2, box.y + box.height / 2);
      return point.matrixTransform(svg.getScreenCTM().inverse().multiply(node.getScreenCTM()));
    };

    let chosen = "";
    const light = watch(svg, graph, () => chosen);
    const choose = (name) => {
      chosen = graph.nodes.has(name) ? name : "";
      light(chosen);
      if (chosen) {
        const { x, y } = middleOf(graph.nodes.get(chosen));
        lookAt(x, y, Math.max(view.scale, READABLE));
      }
      return chosen;
    };
    const begin = () => {
      fit();
      if (choose(decodeURIComponent(location.hash.slice(1))) || view.scale >= READABLE) return;
      const first = [...graph.nodes].find(([name]) => !graph.above.has(name));
      const isLow = height * READABLE <= size().high;
      const middle = isLow || !first ? top + height / 2 : middleOf(first[1]).y;
      lookAt(left + Math.min(width, size().wide / READABLE) / 2, middle, READABLE);
    };

    drawing.before(toolbar({ graph, choose, zoom, fit, told }));
    listen(drawing, svg, { move, zoom, fit });
    svg.addEventListener("focusin", (event) => {
      const node = event.target.closest("[data-node]");
      if (!node) return;
      const box = node.getBoundingClientRect();
      const frame = svg.getBoundingClientRect();
      const isInside = box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
      if (!isInside) {
        const { x, y } = middleOf(node);
        lookAt(x, y, Math.max(view.scale, READABLE));
      }
    });
    addEventListener("hashchange", () => choose(decodeURIComponent(location.hash.slice(1))));
    addEventListener("resize", show);
    addEventListener("beforeprint", () => svg.setAttribute("viewBox", `${left} ${top} ${width} ${height}`));
    addEventListener("afterprint", show);
    begin();
  }

  function toolbar({ graph, choose, zoom, fit, told }) {
    const bar = document.createElement("div");
    bar.className = "lineage-tools";
    bar.innerHTML = `<a href="${document.documentElement.dataset.content_root}index.html">Overview</a>
      <input type="search" list="lineage-tables" placeholder="Find a table" aria-label="Find a table" autocomplete="off" spellcheck="false">
      <datalist id="lineage-tables"></datalist>
      <span class="zoom"><button type="button" aria-label="Zoom out">\u2212</button><button type="button" aria-label="Zoom in">+</button><button type="button">Show all</button></span>`;
    const [out, closer, whole] = bar.querySelectorAll("button");
    out.addEventListener("click", () => zoom(1 / STEP));
    closer.addEventListener("click", () => zoom(STEP));
    whole.addEventListener("click", fit);
    bar.querySelector(".zoom").append(told);
    const find = bar.querySelector("input");
    for (const name of [...graph.nodes.keys()].sort()) bar.querySelector("datalist").append(new Option(name, name));
    const search = () => {
      const wanted = find.value.trim();
      const names = [...graph.nodes.keys()];
      choose(names.find((name) => name === wanted) ?? (wanted && names.find((name) => name.includes(wanted))) ?? "");
    };
    find.addEventListener("change", search);
    find.addEventListener("input", () => graph.nodes.has(find.value) && search());
    return bar;
  }

  function listen(drawing, svg, { move, zoom, fit }) {
    const pointers = new Map();
    let dragged = 0;
    const at = (event) => {
      const frame = svg.getBoundingClientRect();
      return [event.clientX - frame.left, event.clientY - frame.top];
    };
    svg.addEventListener("wheel", (event) => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), ...at(event));
    }, { passive: false });
    svg.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      pointers.set(event.pointerId, at(event));
      if (pointers.size === 1) dragged = 0;
    });
    svg.addEventListener("pointermove", (event) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const now = at(event);
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const apart = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]) || 1;
        zoom(apart(now) / apart(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      } else {
        move(before[0] - now[0], before[1] - now[1]);
      }
      dragged += Math.hypot(now[0] - before[0], now[1] - before[1]);
      // Only now: a captured pointer clicks on no link.
      if (dragged > 4) svg.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, now);
    });
    for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, (event) => pointers.delete(event.pointerId));
    svg.addEventListener("pointerleave", (event) => svg.hasPointerCapture(event.pointerId) || pointers.delete(event.pointerId));
    svg.addEventListener("click", (event) => {
      if (dragged > 4) event.preventDefault();
      dragged = 0;
    }, true);
    svg.addEventListener("dragstart", (event) => event.preventDefault());
    const keys = {
      ArrowLeft: () => move(-60, 0), ArrowRight: () => move(60, 0), ArrowUp: () => move(0, -60), ArrowDown: () => move(0, 60),
      "+": () => zoom(STEP), "=": () => zoom(STEP), "-": () => zoom(1 / STEP), 0: fit,
    };
    drawing.addEventListener("keydown", (event) => {
      if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      keys[event.key]();
    });
  }

  addEventListener("DOMContentLoaded", () => {
    for (const drawing of document.querySelectorAll(".drawing")) {
      const svg = drawing.querySelector("svg");
      if (!svg) continue;
      const graph = graphOf(svg);
      if (drawing.classList.contains("whole")) {
        document.documentElement.classList.add("whole-lineage");
        movable(drawing, svg, graph);
      } else {
        watch(svg, graph);
        const node = graph.nodes.get(drawing.dataset.of);
        if (node) centre(drawing, node);
      }
    }
  });
})();
