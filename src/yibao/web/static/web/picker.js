// The entity picker: a list under a search field, by the keyboard alone (the combobox pattern of ARIA).
// Without this file the button 查找 lists what was found, to be chosen by radio buttons or links.
(function () {
  "use strict";

  var WAIT = 250, made = 0;

  function start(place) {
    var input = place.matches("input") ? place : place.querySelector("input:not([type=hidden])");
    var kind = place.getAttribute("data-picker"), go = place.getAttribute("data-go");
    var into = place.getAttribute("data-into"), number = into && place.querySelector("input[type=hidden][name=\"" + CSS.escape(into) + "\"]");
    var list = document.createElement("ul"), said = document.createElement("p"), id = "yb-picker-" + (made += 1);
    var found = [], chosen = -1, waiting = null, asked = 0, settled = input.value;

    list.id = id;
    list.className = "yb-picker-list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", labelOf());
    list.hidden = true;
    said.className = "sr";
    said.setAttribute("role", "status");
    var box = place.matches("input") ? place.parentNode : place;
    box.classList.add("yb-picker-box");
    box.appendChild(list);
    box.appendChild(said);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", id);

    function labelOf() { return input.labels && input.labels[0] ? input.labels[0].textContent.trim() : input.name; }
    function words(name, otherwise) { return place.getAttribute("data-" + name) || otherwise; }

    function open(isOpen) {
      list.hidden = !isOpen;
      input.setAttribute("aria-expanded", String(isOpen));
      if (!isOpen) { mark(-1); }
    }

    function mark(n) {
      chosen = n;
      Array.prototype.forEach.call(list.children, function (one, at) { one.setAttribute("aria-selected", String(at === n)); });
      var option = list.children[n];
      if (option) { input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
      else { input.removeAttribute("aria-activedescendant"); }
    }

    function draw(told) {
      found = told.found;
      list.textContent = "";
      found.forEach(function (one, n) {
        var option = document.createElement("li"), detail = document.createElement("small");
        option.id = id + "-" + n;
        option.setAttribute("role", "option");
        option.textContent = one.label + " ";
        detail.textContent = one.detail;
        option.appendChild(detail);
        // The list is pressed before the field loses the cursor.
        option.addEventListener("mousedown", function (event) { event.preventDefault(); take(n); });
        list.appendChild(option);
      });
      if (told.recent && !found.length) { open(false); return; }
      said.textContent = !found.length ? words("none", "") : told.recent ? words("recent", "") : words("some", "").replace("{n}", found.length);
      open(found.length > 0);
    }

    function ask() {
      var mine = (asked += 1), here = new URLSearchParams(location.search), to = new URLSearchParams();
      to.set("q", input.value.trim());
      ["year", "area"].forEach(function (name) { if (here.get(name)) { to.set(name, here.get(name)); } });
      fetch("/pick/" + kind + "/?" + to, { credentials: "same-origin" })
        .then(function (answer) { return answer.ok && /json/.test(answer.headers.get("Content-Type")) ? answer.json() : null; })
        .then(function (told) { if (told && mine === asked && document.activeElement === input) { draw(told); } })
        .catch(function () { /* the button still finds */ });
    }

    function take(n) {
      var one = found[n];
      if (!one) { return; }
      open(false);
      if (go) { location.assign(go.replace("{id}", one.id).replace("{code}", encodeURIComponent(one.code))); return; }
      input.value = settled = one.label;
      if (number) { number.value = String(one.id); }
      input.dispatchEvent(new Event("change", { bubbles: true }));
      var radios = box.parentNode.querySelector(".yb-picked");
      if (radios) { radios.remove(); }
    }

    input.addEventListener("input", function () {
      if (number && input.value !== settled) { number.value = ""; }
      clearTimeout(waiting);
      waiting = setTimeout(ask, WAIT);
    });
    input.addEventListener("focus", function () { if (!input.value.trim()) { ask(); } });
    input.addEventListener("blur", function () { clearTimeout(waiting); asked += 1; open(false); });
    input.addEventListener("keydown", function (event) {
      if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) { return; }
      var last = found.length - 1;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) { if (found.length) { open(true); mark(0); } else { ask(); } return; }
        mark(event.key === "ArrowDown" ? (chosen >= last ? 0 : chosen + 1) : (chosen <= 0 ? last : chosen - 1));
      } else if (event.key === "Enter" && !list.hidden && chosen >= 0) {
        event.preventDefault();
        event.stopPropagation();
        take(chosen);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        event.stopPropagation();
        open(false);
      } else if (event.key === "Enter" && into && number && number.value && input.value === settled) {
        // Chosen: on to the next field, as Enter does everywhere.
        var all = Array.prototype.filter.call(input.form.elements, function (one) { return one.type !== "hidden" && one.type !== "submit" && !one.disabled && one.getClientRects().length; });
        var next = all[all.indexOf(input) + 1];
        event.preventDefault();
        if (next) { next.focus(); if (next.select) { next.select(); } }
      }
    });
  }

  Array.prototype.forEach.call(document.querySelectorAll("[data-picker]"), start);
})();
