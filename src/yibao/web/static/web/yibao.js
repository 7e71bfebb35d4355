// Keys that save time at a counter. Every page works without this file: it adds no function of its own.
// F2 finds a person, Ctrl+Enter submits, Enter goes to the next field, Alt+1 … is the page's own.
(function () {
  "use strict";

  function fieldsOf(form) {
    return Array.prototype.filter.call(form.elements, function (one) {
      return one.type !== "hidden" && !one.disabled && !one.readOnly && one.tabIndex >= 0 && one.offsetParent !== null;
    });
  }

  function focusNext(field) {
    var fields = fieldsOf(field.form);
    var next = fields[fields.indexOf(field) + 1];
    if (next) { next.focus(); if (next.select) { next.select(); } }
    return Boolean(next);
  }

  function walksByEnter(target) {
    return target.form && target.form.method === "post" && target.form.hasAttribute("data-enter-next") &&
      (target.tagName === "SELECT" || (target.tagName === "INPUT" && target.type !== "submit" && target.type !== "file"));
  }

  document.addEventListener("keydown", function (event) {
    if (event.isComposing) { return; }
    if (event.key === "F2") {
      var find = document.getElementById("yb-find");
      if (find) { event.preventDefault(); find.focus(); find.select(); }
    } else if (event.key === "Enter" && event.ctrlKey) {
      var inside = event.target.form;
      var submit = inside && inside.method === "post" ? inside.querySelector("[type=submit], button:not([type])") : document.querySelector(".decide .btn-primary");
      if (submit) { event.preventDefault(); submit.click(); }
    } else if (event.key === "Enter" && walksByEnter(event.target)) {
      if (focusNext(event.target)) { event.preventDefault(); }
    }
  });

  // What is typed is checked by the server a moment later; the button 检查 does the same without this.
  function checksAsTyped(form) {
    var into = document.getElementById(form.getAttribute("data-check-into"));
    var waiting = null, asked = 0;
    function ask() {
      var mine = asked += 1;
      fetch(form.getAttribute("data-check"), { method: "POST", body: new FormData(form), credentials: "same-origin" })
        .then(function (answer) { return answer.ok ? answer.text() : null; })
        .then(function (text) {
          if (text === null || mine !== asked) { return; }
          into.outerHTML = text;
          into = document.getElementById(form.getAttribute("data-check-into"));
        })
        .catch(function () { /* the button still checks */ });
    }
    form.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(ask, 400); });
  }
  Array.prototype.forEach.call(document.querySelectorAll("form[data-check]"), checksAsTyped);

  var summary = document.querySelector(".errsum");
  if (summary) { summary.focus(); }
})();
