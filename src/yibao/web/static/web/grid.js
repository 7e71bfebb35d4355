// The entry grid: arrows and Enter between cells, a block pasted from WPS or Excel, its undoing, sums, doubles.
// Without this file the grid is a table of inputs with a button that adds a line.
(function () {
  "use strict";

  var all = function (words, within) { return Array.prototype.slice.call(within.querySelectorAll(words)); };

  function fen(text) {
    var plain = text.replace(/[,，\s￥¥元]/g, "");
    if (!/^-?\d+(\.\d{1,2})?$/.test(plain)) { return null; }
    var parts = plain.replace("-", "").split("."), whole = Number(parts[0]) * 100 + Number(((parts[1] || "") + "00").slice(0, 2));
    return plain[0] === "-" ? -whole : whole;
  }

  function yuan(sum) {
    var digits = String(Math.abs(sum) + 100), whole = String(Math.floor(Math.abs(sum) / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
    return (sum < 0 ? "\u2212" : "") + whole + "." + digits.slice(-2);
  }

  // Lines and cells of what a spreadsheet puts on the clipboard; a quoted cell may hold breaks and tabs.
  function block(text) {
    var rows = [[""]], quoted = false, plain = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    for (var at = 0; at < plain.length; at += 1) {
      var letter = plain[at], row = rows[rows.length - 1], last = row.length - 1;
      if (quoted) {
        if (letter === "\"" && plain[at + 1] === "\"") { row[last] += "\""; at += 1; }
        else if (letter === "\"") { quoted = false; }
        else { row[last] += letter === "\n" || letter === "\t" ? " " : letter; }
      } else if (letter === "\"" && row[last] === "") { quoted = true; }
      else if (letter === "\t") { row.push(""); }
      else if (letter === "\n") { rows.push([""]); }
      else { row[last] += letter; }
    }
    return rows;
  }

  function start(grid) {
    var body = grid.querySelector("tbody"), count = grid.querySelector("[data-grid-count]"), pattern = grid.querySelector("template[data-grid-row]");
    var said = grid.querySelector("[data-grid-said]"), undo = grid.querySelector("[data-grid-undo]"), before = null;
    var fixed = grid.hasAttribute("data-fixed"), most = 300;

    function rows() { return all("tr[data-row]", body); }
    function cells(row) { return all("input[data-key], select[data-key]", row); }
    function place(one) {
      var lines = rows(), row = one.closest("tr");
      return { row: lines.indexOf(row), column: cells(row).indexOf(one) };
    }
    function at(row, column) { var line = rows()[row]; return line ? cells(line)[column] || null : null; }
    function go(one) { if (one) { one.focus(); if (one.select) { one.select(); } } return Boolean(one); }

    function add() {
      var number = rows().length + 1;
      if (fixed || number > most) { return null; }
      var made = pattern.content.querySelector("tr").cloneNode(true);
      all("*", made).concat(made).forEach(function (one) {
        ["id", "name", "aria-label"].forEach(function (name) {
          if (one.hasAttribute(name)) { one.setAttribute(name, one.getAttribute(name).replace("__n__", number)); }
        });
        if (one.tagName === "TH") { one.textContent = String(number); }
      });
      body.appendChild(made);
      count.value = String(number);
      return made;
    }

    function put(one, text) {
      if (one.tagName !== "SELECT") { one.value = text; return; }
      var known = Array.prototype.some.call(one.options, function (option) { return option.value === text; });
      if (!known && text) { one.add(new Option(text, text)); }
      one.value = text;
    }

    function paste(one, text) {
      var lines = block(text), from = place(one);
      if (lines.length === 1 && lines[0].length === 1) { return false; }
      before = { values: rows().map(function (row) { return cells(row).map(function (cell) { return cell.value; }); }), focus: from };
      lines.forEach(function (line, down) {
        if (!rows()[from.row + down] && !add()) { return; }
        line.forEach(function (words, across) {
          var cell = at(from.row + down, from.column + across);
          if (cell) { put(cell, words.trim()); }
        });
      });
      undo.hidden = false;
      said.textContent = grid.getAttribute("data-pasted");
      changed();
      return true;
    }

    function takeBack() {
      if (!before) { return false; }
      var lines = rows();
      lines.forEach(function (row, n) {
        if (n >= before.values.length) { row.remove(); return; }
        cells(row).forEach(function (cell, c) { put(cell, before.values[n][c]); });
      });
      count.value = String(rows().length);
      var back = before.focus;
      before = null;
      undo.hidden = true;
      said.textContent = grid.getAttribute("data-undone");
      changed();
      go(at(back.row, back.column));
      return true;
    }

    function sums() {
      all("output[data-sum]", grid).forEach(function (place_) {
        var key = place_.getAttribute("data-sum"), sum = 0, any = false;
        all("[data-key=\"" + key + "\"]", body).forEach(function (one) {
          var part = fen(one.value);
          if (part !== null) { sum += part; any = true; }
        });
        place_.textContent = any ? yuan(sum) : "";
      });
    }

    function doubles() {
      all(".yb-twice", body).forEach(function (one) { one.remove(); });
      var seen = {};
      rows().forEach(function (row, n) {
        all("[data-unique]", row).forEach(function (one) {
          var text = one.value.trim().toUpperCase(), key = one.getAttribute("data-key") + " " + text;
          if (!text) { return; }
          if (!(key in seen)) { seen[key] = n + 1; return; }
          var words = document.createElement("p");
          words.className = "warn yb-twice";
          words.textContent = "\u25b2 " + grid.getAttribute("data-twice").replace("{n}", seen[key]);
          one.parentNode.appendChild(words);
        });
      });
    }

    function changed() { sums(); doubles(); }

    function edge(one, key) {
      if (one.tagName === "SELECT") { return true; }
      var whole = one.selectionStart === 0 && one.selectionEnd === one.value.length;
      if (key === "ArrowLeft") { return whole || (one.selectionStart === 0 && one.selectionEnd === 0); }
      return whole || one.selectionStart === one.value.length;
    }

    grid.addEventListener("keydown", function (event) {
      var one = event.target;
      if (event.isComposing || !one.hasAttribute("data-key")) { return; }
      var here = place(one), moved = false;
      if (event.key === "z" && event.ctrlKey && before) { moved = takeBack(); }
      else if (event.ctrlKey || event.altKey || event.metaKey) { return; }
      else if (event.key === "Enter" && event.shiftKey) { moved = true; go(at(here.row - 1, here.column)); }
      else if (event.key === "Enter") {
        moved = true;
        if (!at(here.row + 1, here.column)) { add(); }
        if (!go(at(here.row + 1, here.column))) {
          var button = one.form && Array.prototype.filter.call(one.form.elements, function (b) { return b.type === "submit" && b.classList.contains("btn-primary"); })[0];
          if (button) { button.focus(); }
        }
      }
      else if (event.key === "ArrowDown" && one.tagName !== "SELECT") { moved = go(at(here.row + 1, here.column)); }
      else if (event.key === "ArrowUp" && one.tagName !== "SELECT") { moved = go(at(here.row - 1, here.column)); }
      else if (event.key === "ArrowRight" && edge(one, event.key)) { moved = go(at(here.row, here.column + 1)); }
      else if (event.key === "ArrowLeft" && edge(one, event.key)) { moved = go(at(here.row, here.column - 1)); }
      if (moved) { event.preventDefault(); event.stopPropagation(); }
    });
    grid.addEventListener("paste", function (event) {
      if (!event.target.hasAttribute("data-key")) { return; }
      var text = (event.clipboardData || window.clipboardData).getData("text");
      if (paste(event.target, text)) { event.preventDefault(); }
    });
    grid.addEventListener("input", function (event) {
      if (!event.target.hasAttribute("data-key")) { return; }
      // What is typed after a paste is not thrown away by its undoing.
      before = null;
      undo.hidden = true;
      changed();
    });
    undo.addEventListener("click", takeBack);
    var adder = grid.querySelector("button[name$=\"-add\"]");
    if (adder) {
      adder.addEventListener("click", function (event) { var made = add(); if (made) { event.preventDefault(); go(cells(made)[0]); } });
    }
    changed();
  }

  Array.prototype.forEach.call(document.querySelectorAll("[data-grid]"), start);
})();
