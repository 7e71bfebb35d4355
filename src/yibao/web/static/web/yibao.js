// What is typed into a form that can check itself is checked a moment later. Every page works without this file.
(function () {
  "use strict";

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
})();
