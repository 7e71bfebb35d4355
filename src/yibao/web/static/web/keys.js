// Hands stay on the keyboard. Every page works without this file.
//
// A key that is shown works: <kbd>Alt N</kbd> inside a button or a link is pressed by Alt+N. Besides: Enter and
// Shift+Enter walk through the fields of a form that is sent by POST, arrows through the rows of a list, F2 finds a
// person, Alt+J goes to the menu's filter, Ctrl+S keeps, Ctrl+Enter submits, Esc closes or goes back, F1 opens the help of the field that one is in,
// elsewhere F1, and everywhere Alt+/, show the keys. No single letters.
// What is typed is kept every ten seconds and on leaving; a form is sent once.
(function () {
  "use strict";

  var EVERY = 10000;
  var all = function (words, within) { return Array.prototype.slice.call((within || document).querySelectorAll(words)); };
  var isSeen = function (one) { return one.getClientRects().length > 0; };

  // ---------- fields of a form ----------
  function fieldsOf(form) {
    return Array.prototype.filter.call(form.elements, function (one) {
      return one.type !== "hidden" && one.tagName !== "FIELDSET" && one.tagName !== "OUTPUT" && !one.disabled && !one.readOnly && one.tabIndex >= 0 && isSeen(one);
    });
  }

  function isButton(one) { return one.tagName === "BUTTON" || one.type === "submit" || one.type === "image" || one.type === "reset"; }

  function mainButton(form) {
    var buttons = fieldsOf(form).filter(isButton);
    return buttons.filter(function (one) { return one.classList.contains("btn-primary"); }).pop() || buttons[0] || null;
  }

  function showsEnter(form) {
    return all("kbd", form).some(function (one) { return one.textContent.trim() === "Enter"; });
  }

  function go(one) { one.focus(); if (one.select && one.type !== "checkbox" && one.type !== "radio") { one.select(); } }

  // Radios of one name are one field: Tab and Enter meet the chosen one, else the first.
  function stopsOf(form) {
    var seen = {};
    return fieldsOf(form).filter(function (one) {
      if (one.type !== "radio") { return true; }
      var chosen = form.querySelector("input[type=radio][name=\"" + CSS.escape(one.name) + "\"]:checked");
      if (chosen) { return chosen === one; }
      if (seen[one.name]) { return false; }
      seen[one.name] = true;
      return true;
    });
  }

  function walk(field, back) {
    var stops = stopsOf(field.form), here = stops.indexOf(field);
    if (back) { if (here > 0) { go(stops[here - 1]); } return true; }
    var next = stops.slice(here + 1).filter(function (one) { return !isButton(one); })[0];
    if (next) { go(next); return true; }
    if (showsEnter(field.form)) { return false; }
    var button = mainButton(field.form);
    if (!button) { return false; }
    button.focus();
    return true;
  }

  function walksByEnter(one) {
    if (!one.form || one.form.method !== "post" || one.closest("[data-grid]") || one.getAttribute("role") === "combobox") { return false; }
    return one.tagName === "SELECT" || (one.tagName === "INPUT" && !isButton(one) && one.type !== "file");
  }

  // ---------- keys that are shown ----------
  function chord(event) {
    var key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    if (key === "Escape") { key = "Esc"; }
    return (event.ctrlKey || event.metaKey ? "Ctrl " : "") + (event.altKey ? "Alt " : "") + (event.shiftKey && key.length > 1 ? "Shift " : "") + key;
  }

  function shown(name, within) {
    return all("kbd", within).filter(function (one) { return one.textContent.trim() === name; })
      .map(function (one) { return one.closest("button, a[href], summary"); })
      // On a phone the key cap itself is hidden; what counts is whether its button is there.
      .filter(function (one) { return one && isSeen(one) && !one.disabled; })[0] || null;
  }

  function submitButton(form) {
    if (form && form.method === "post") { return mainButton(form); }
    var bar = document.querySelector(".decide .btn-primary");
    if (bar && isSeen(bar)) { return bar; }
    var forms = all("main form").filter(function (one) { return one.method === "post" && isSeen(one) && mainButton(one); });
    return forms.length === 1 ? mainButton(forms[0]) : null;
  }

  // ---------- help beside a field: F1 opens it, so that Tab goes from field to field ----------
  function helpOf(one) {
    var field = one && one.closest && one.closest(".field");
    return field ? field.querySelector(".yb-help") : null;
  }

  all(".field .yb-help > summary").forEach(function (one) {
    // Where there is nothing to stand in while one presses F1, Tab has to meet the help itself.
    if (one.closest(".field").querySelector("input:not([type=hidden]), select, textarea")) { one.tabIndex = -1; }
  });

  function press(one) { one.focus(); one.click(); }

  function back() {
    var help = helpOf(document.activeElement);
    if (help && help.open) { help.open = false; return true; }
    var open = all("details[open]").filter(function (one) { return one.closest("main, header") && one.matches(".yb-dialog, .yb-menu"); }).pop();
    if (open) { open.removeAttribute("open"); var head = open.querySelector("summary"); if (head) { head.focus(); } return true; }
    var inside = document.activeElement && document.activeElement.closest ? document.activeElement.closest("form") : null;
    var cancel = all("main a.btn-text, main .decide a.btn").filter(isSeen)[0];
    var crumbs = all(".yb-crumb a[href]").filter(isSeen);
    var to = (inside && all("a.btn-text", inside).filter(isSeen)[0]) || cancel || crumbs[crumbs.length - 1];
    if (!to) { return false; }
    to.click();
    return true;
  }

  function fallback(name, form) {
    var find = document.getElementById("yb-find");
    if (name === "F2" && find && isSeen(find)) { go(find); return true; }
    var menu = name === "Alt J" && document.getElementById("yb-nav-find");
    if (menu && isSeen(menu)) { go(menu); return true; }
    var help = name === "F1" && helpOf(document.activeElement);
    if (help) { help.open = !help.open; return true; }
    if (name === "F1" || name === "Alt /") {
      var keys = document.querySelector("[data-keys]");
      if (keys) { location.assign(keys.href); return true; }
      return false;
    }
    if (name === "Ctrl Enter") { var submit = submitButton(form); if (submit) { press(submit); return true; } return false; }
    if (name === "Ctrl S") { keepNow(form); return true; }
    if (name === "Esc") { return back(); }
    return false;
  }

  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.defaultPrevented) { return; }
    var target = event.target, form = target.form || (target.closest && target.closest("form")) || null;
    // A key that is held down decides once: on the page that comes next it is still the same press.
    if (event.repeat && (event.key === "Enter" || event.key === " " || event.ctrlKey) && isButton(target)) { event.preventDefault(); return; }
    if (event.key === "Enter" && !event.ctrlKey && !event.altKey && !event.metaKey) {
      if (walksByEnter(target) && walk(target, event.shiftKey)) { event.preventDefault(); }
      return;
    }
    if (inList(event)) { return; }
    if (!event.ctrlKey && !event.altKey && !event.metaKey && !/^(F\d+|Escape)$/.test(event.key)) { return; }
    var name = chord(event);
    if (name === "Ctrl C" || name === "Ctrl V" || name === "Ctrl X" || name === "Ctrl Z" || name === "Ctrl A") { return; }
    var there = (form && form.method === "post" && shown(name, form)) || shown(name);
    if (there) { event.preventDefault(); press(there); return; }
    if (fallback(name, form)) { event.preventDefault(); }
  });

  // ---------- lists: arrows move through rows, Enter opens; the table stays a plain table ----------
  function rowsOf(table) {
    return all("tbody tr", table).map(function (row) { return row.querySelector("th a[href], td a[href]"); })
      .filter(function (one) { return one && isSeen(one); });
  }

  function rove(links, chosen) {
    links.forEach(function (one) {
      one.tabIndex = one === chosen ? 0 : -1;
      var row = one.closest("tr");
      all("a[href], button", row).forEach(function (other) { if (other !== one) { other.tabIndex = one === chosen ? 0 : -1; } });
    });
  }

  // From the page itself, from a heading's link to it, or from the query above it: the arrow down meets the first row.
  function leadsToRows(one) {
    return one === document.body || one.id === "main" || (one.tagName === "INPUT" && one.matches("main form.yb-query input:not([role=combobox])"));
  }

  function inList(event) {
    var steps = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
    if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey) { return false; }
    var table = event.target.closest && event.target.closest("table.tb[data-rows]");
    if (!table && event.key === "ArrowDown" && leadsToRows(event.target)) {
      var first = all("main table.tb[data-rows]").map(rowsOf).filter(function (links) { return links.length; })[0];
      if (!first) { return false; }
      event.preventDefault();
      rove(first, first[0]);
      first[0].focus();
      return true;
    }
    if (!table || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) { return false; }
    var links = rowsOf(table), here = links.findIndex(function (one) { return one.closest("tr").contains(event.target); });
    var next = Math.max(0, Math.min(links.length - 1, here + steps[event.key]));
    if (here < 0) { return false; }
    if (next === here) {
      // Beyond the last row the next list begins; above the first ends the one before.
      var tables = all("main table.tb[data-rows]").filter(function (one) { return rowsOf(one).length; });
      var beside = tables[tables.indexOf(table) + (event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0)];
      if (!beside || beside === table) { return false; }
      links = rowsOf(beside);
      next = event.key === "ArrowDown" ? 0 : links.length - 1;
    }
    event.preventDefault();
    rove(links, links[next]);
    links[next].focus();
    return true;
  }

  all("main table.tb").forEach(function (table) {
    if (table.closest("[data-grid]") || table.hasAttribute("data-grid")) { return; }
    var links = rowsOf(table);
    if (!links.length) { return; }
    table.setAttribute("data-rows", String(links.length));
    rove(links, links[0]);
    // By mouse or by Tab into a row: the list goes on from there.
    table.addEventListener("focusin", function (event) {
      var row = event.target.closest("tbody tr"), link = row && row.querySelector("th a[href], td a[href]");
      if (link) { rove(rowsOf(table), link); }
    });
  });

  // ---------- drafts: every ten seconds and on leaving ----------
  function markedForms() {
    return all("main form").filter(function (one) { return one.method === "post" && one.querySelector("input[name=yb_mark]"); });
  }

  function typedOf(form) {
    var data = new FormData(form);
    Array.prototype.forEach.call(form.elements, function (one) {
      if (one.name && (one.type === "password" || one.type === "file" || one.getAttribute("autocomplete") === "one-time-code")) { data.delete(one.name); }
    });
    return data;
  }

  function wordsOf(form) {
    var words = [];
    typedOf(form).forEach(function (value, name) { if (name !== "yb_mark" && name !== "csrfmiddlewaretoken") { words.push(name + "=" + value); } });
    return words.join("&");
  }

  var known = new Map();

  function say(words) {
    var place = document.getElementById("yb-kept");
    if (!place) {
      place = document.createElement("p");
      place.id = "yb-kept";
      place.className = "yb-kept noprint";
      place.setAttribute("role", "status");
      document.body.appendChild(place);
    }
    place.textContent = words;
  }

  function keep(form, leaving) {
    var words = wordsOf(form);
    if (known.get(form) === words || form.hasAttribute("data-sent")) { return; }
    known.set(form, words);
    var data = typedOf(form);
    data.append("yb_action", new URL(form.action, location.href).pathname);
    fetch("/drafts/", { method: "POST", body: new URLSearchParams(data), credentials: "same-origin", keepalive: Boolean(leaving) })
      .then(function (answer) { return answer.json(); })
      .then(function (told) { if (!leaving && told.said) { say(told.said); } })
      .catch(function () { known.delete(form); });
  }

  function keepNow(form) {
    markedForms().forEach(function (one) { if (!form || form === one || form.method !== "post") { known.set(one, ""); keep(one); } });
  }

  function keepAll(leaving) { markedForms().forEach(function (one) { keep(one, leaving); }); }

  markedForms().forEach(function (one) { known.set(one, wordsOf(one)); });
  if (known.size) {
    setInterval(function () { keepAll(false); }, EVERY);
    window.addEventListener("pagehide", function () { keepAll(true); });
    document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden") { keepAll(true); } });
  }

  // ---------- a form is sent once; the server answers a second sending with the first's result ----------
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) { return; }
    if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
    form.setAttribute("data-sent", "");
    // A file that is downloaded leaves the page as it is; so does a line that broke.
    setTimeout(function () { form.removeAttribute("data-sent"); }, 4000);
  });
  window.addEventListener("pageshow", function () { all("form[data-sent]").forEach(function (one) { one.removeAttribute("data-sent"); }); });

  // ---------- where the cursor stands ----------
  var summary = document.querySelector(".errsum");
  if (summary) { summary.focus(); return; }
  if (location.hash || document.querySelector("[autofocus]") || !window.matchMedia("(min-width: 901px)").matches) { return; }
  // Where something is decided, the cursor stands in the first field of the decision, or on its button, which has to be
  // seen then: Space and Enter press it.
  var deciding = all("main form[data-decides]").filter(isSeen)[0], choice = deciding && stopsOf(deciding)[0];
  if (choice) { choice.focus({ preventScroll: !isButton(choice) }); return; }
  // On a page that is one form the cursor stands in its first field: after a save, in that of the next record.
  var entry = all("main form.form, main form[data-entry]").filter(function (one) { return one.method === "post" && isSeen(one); });
  var stops = entry.length === 1 ? stopsOf(entry[0]).filter(function (one) { return !isButton(one) && one.type !== "file"; }) : [];
  // Where cells are wrong, in the first wrong one.
  var first = stops.filter(function (one) { return one.getAttribute("aria-invalid") === "true"; })[0] || stops[0];
  if (first) { first.focus({ preventScroll: true }); }
})();
