// What the frame gains from scripts: the menu's filter, the tabs of pages that were opened, menus that close.
// Every page works without this file; the filter and the tabs are then not there.
(function () {
  "use strict";
  var MOST = 8;

  // ---- The menu's filter: any part of a label, or the initials of its syllables (dbys for 待办事项) ------------
  var nav = document.getElementById("menu");
  var filter = nav && nav.querySelector(".yb-nav-find");
  if (filter) {
    var items = nav.querySelectorAll("[data-yb-key]");
    var said = filter.querySelector("[role=status]");
    var input = filter.querySelector("input");
    var narrow = function () {
      var wanted = input.value.replace(/\s/g, "").toLowerCase(), shown = 0;
      Array.prototype.forEach.call(items, function (one) {
        one.hidden = wanted !== "" && one.getAttribute("data-yb-key").indexOf(wanted) < 0;
        shown += one.hidden ? 0 : 1;
      });
      Array.prototype.forEach.call(nav.querySelectorAll(".yb-nav-group"), function (group) {
        group.hidden = !group.querySelector("[data-yb-key]:not([hidden])");
      });
      said.textContent = wanted && !shown ? said.getAttribute("data-none") : "";
    };
    filter.hidden = false;
    input.addEventListener("input", narrow);
    input.addEventListener("keydown", function (event) {
      var first = nav.querySelector("[data-yb-key]:not([hidden]) a");
      if (event.key === "Enter" && first && input.value) { event.preventDefault(); first.click(); }
      if (event.key === "Escape" && input.value) { input.value = ""; narrow(); event.stopPropagation(); }
    });
  }

  // ---- Menus and dialogs made of <details>: Esc or a click beside them closes them ------------------------------
  var OPEN = "details.yb-menu[open], details.yb-dialog[open]";
  document.addEventListener("click", function (event) {
    Array.prototype.forEach.call(document.querySelectorAll("details.yb-menu[open]"), function (one) {
      if (!one.contains(event.target)) { one.open = false; }
    });
  });
  document.addEventListener("keydown", function (event) {
    var one = event.key === "Escape" && document.querySelector(OPEN);
    if (one) { one.open = false; one.querySelector("summary").focus(); }
  });

  // ---- A table wider than its place scrolls: by keys as well, where nothing in it takes the focus ---------------
  var boxes = document.querySelectorAll(".yb-scroll, .yb-panel");
  function reachable(box) {
    var scrolls = box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX !== "visible";
    if (!scrolls || box.querySelector("a[href], button, input, select, textarea, [tabindex]")) {
      if (box.hasAttribute("data-yb-scrolls")) { (box.tagName === "SECTION" ? ["tabindex", "data-yb-scrolls"] : ["tabindex", "role", "aria-label", "data-yb-scrolls"]).forEach(function (name) { box.removeAttribute(name); }); }
      return;
    }
    var caption = box.querySelector("caption");
    box.setAttribute("tabindex", "0");
    box.setAttribute("data-yb-scrolls", "");
    if (box.tagName !== "SECTION") {
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", caption ? caption.textContent : document.title);
    }
  }
  if (window.ResizeObserver) {
    var watcher = new ResizeObserver(function (changed) { changed.forEach(function (one) { reachable(one.target); }); });
    Array.prototype.forEach.call(boxes, function (box) { watcher.observe(box); });
  }

  // ---- Tabs: kept in this window for this person and post, gone when it is closed or signed out of ------------
  var bar = document.getElementById("yb-tabs");
  if (!bar || !window.sessionStorage) { return; }
  var place = "yb-tabs:" + bar.getAttribute("data-who");
  function read() {
    try { return JSON.parse(sessionStorage.getItem(place)) || { open: [], closed: [] }; } catch (broken) { return { open: [], closed: [] }; }
  }
  function write(tabs) {
    try { sessionStorage.setItem(place, JSON.stringify(tabs)); } catch (full) { /* tabs are a convenience */ }
  }
  function without(list, path) {
    return list.filter(function (one) { return one.path !== path; });
  }
  var here = location.pathname;
  function remember() {
    var heading = document.querySelector("h1");
    var words = heading ? (heading.firstChild.textContent.trim() || heading.textContent.trim()) : document.title;
    var tabs = read(), mine = { path: here, address: here + location.search, words: words.slice(0, 24) };
    var known = tabs.open.some(function (one) { return one.path === here; });
    tabs.open = known ? tabs.open.map(function (one) { return one.path === here ? mine : one; }) : tabs.open.concat(mine);
    tabs.closed = without(tabs.closed, here);
    if (tabs.open.length > MOST) { tabs.open = tabs.open.slice(-MOST); }
    write(tabs);
    return tabs;
  }
  function close(path) {
    var tabs = read();
    var at = tabs.open.findIndex(function (one) { return one.path === path; });
    if (at < 0) { return; }
    tabs.closed = tabs.open.slice(at, at + 1).concat(without(tabs.closed, path)).slice(0, MOST);
    tabs.open.splice(at, 1);
    write(tabs);
    if (path === here) {
      var next = tabs.open[Math.min(at, tabs.open.length - 1)];
      location.assign(next ? next.address : "/");
    } else { draw(tabs); }
  }
  function element(name, words, attributes) {
    var made = document.createElement(name);
    made.textContent = words;
    Object.keys(attributes || {}).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    return made;
  }
  function draw(tabs) {
    var list = element("ul", "");
    tabs.open.forEach(function (one) {
      var item = element("li", "", one.path === here ? { "class": "yb-tab yb-tab-now" } : { "class": "yb-tab" });
      var link = element("a", one.words, { href: one.address });
      if (one.path === here) { link.setAttribute("aria-current", "page"); }
      var shut = element("button", "×", { type: "button", "aria-label": bar.getAttribute("data-close") + " " + one.words });
      shut.addEventListener("click", function () { close(one.path); });
      item.appendChild(link);
      item.appendChild(shut);
      list.appendChild(item);
    });
    bar.textContent = "";
    bar.appendChild(list);
    if (tabs.closed.length) {
      var again = element("a", bar.getAttribute("data-restore") + " " + tabs.closed[0].words, { href: tabs.closed[0].address, "class": "yb-tab-again" });
      bar.appendChild(again);
    }
    bar.hidden = false;
  }
  draw(remember());
  Array.prototype.forEach.call(document.querySelectorAll("form[data-yb-leaves]"), function (form) {
    form.addEventListener("submit", function () { sessionStorage.removeItem(place); });
  });
})();
